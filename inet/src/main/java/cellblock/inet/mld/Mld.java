package cellblock.inet.mld;

import cellblock.inet.icmp6.Icmp6;
import cellblock.inet.icmp6.Icmp6Stats;
import cellblock.inet.ip6.In6Ifinfo;
import cellblock.inet.ip6.Ip6;
import cellblock.inet.mcast.InMulti;
import cellblock.inet.mcast.Multicast;
import cellblock.inet.mcast.Reporter;
import cellblock.inet.mcast.Wanted;
import cellblock.kern.mbuf.Mbuf;
import cellblock.net.ifnet.IfEvent;
import cellblock.net.ifnet.IfListener;
import cellblock.net.ifnet.Ifnet;
import cellblock.wire.BigEndian;
import cellblock.wire.Icmp6Message;
import cellblock.wire.IgmpMessage;
import cellblock.wire.Ip6Address;
import cellblock.wire.Ip6Header;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells routers which groups, and whose packets to them, somebody here listens to (ancestor:
 * netinet6/mld6.c; RFC 3810, and RFC 2710 while a router of version 1 is about). Threading: the
 * vnet's lane.
 */
public final class Mld implements Multicast.Listener, Icmp6.Messages, IfListener {
  private static final long MILLI = 1_000_000L;
  private static final int QUERY1 = 24;
  private static final int QUERY2 = 28;

  private final Ip6 ip;
  private final Icmp6Stats stats;
  private final MldSettings settings;
  private final MldReport report;
  private Map<In6Ifinfo, Reporter<In6Ifinfo>> interfaces = Map.of(); // until a group is joined

  public Mld(Ip6 ip, Icmp6Stats stats, MldSettings settings) {
    this.ip = ip;
    this.stats = stats;
    this.settings = settings;
    this.report = new MldReport(ip, stats, settings);
  }

  private Reporter<In6Ifinfo> at(In6Ifinfo in) {
    if (interfaces.isEmpty()) {
      interfaces = new LinkedHashMap<>(2);
    }
    return interfaces.computeIfAbsent(in, i -> new Reporter<>(ip.vnet, i, report, ip.random));
  }

  /** The version spoken on an interface. */
  public int version(In6Ifinfo in) {
    Reporter<In6Ifinfo> i = interfaces.get(in);
    return i == null ? report.defaultVersion() : i.version();
  }

  /** RFC 3810 section 6: nothing is said of ff02::1 and of what does not leave the node. */
  private static boolean silent(long hi, long lo) {
    int scope = (int) (hi >>> 48) & 0xf;
    return scope < 2 || (hi == Ip6Address.ALL_NODES.hi() && lo == 1);
  }

  @Override
  public void changed(InMulti group, Wanted before) {
    In6Ifinfo in = Ip6.of(group.in().ifnet());
    if (in != null && !in.isLoopback() && !silent(group.hi(), group.lo())) {
      at(in).changed(group, before);
    }
  }

  // ---- messages ----

  @Override
  public void message(Mbuf m, int at, int length, In6Ifinfo in) {
    boolean local =
        Ip6Address.isLinkLocal(Ip6Header.sourceHi(m.buf, m.off))
            && Ip6Header.hopLimit(m.buf, m.off) == 1;
    if (!local || length < QUERY1) {
      stats.badlen += length < QUERY1 ? 1 : 0;
      return;
    }
    long hi = BigEndian.get64(m.buf, at + 8);
    long lo = BigEndian.get64(m.buf, at + 16);
    switch (Icmp6Message.type(m.buf, at)) {
      case Icmp6Message.LISTENER_QUERY -> query(m, at, length, in, hi, lo);
      case Icmp6Message.LISTENER_REPORT -> {
        Reporter<In6Ifinfo> i = interfaces.get(in);
        if (i != null) {
          i.reported(new Ip6Address(hi, lo, 0)); // somebody else has answered
        }
      }
      default -> {
        // Done is for routers.
      }
    }
  }

  private void query(Mbuf m, int at, int length, In6Ifinfo in, long hi, long lo) {
    boolean general = (hi | lo) == 0;
    if (length > QUERY1 && length < QUERY2
        || in.isLoopback()
        || !general && !Ip6Address.isMulticast(hi)) {
      stats.badlen++;
      return;
    }
    Ip6Address group = general ? null : new Ip6Address(hi, lo, 0);
    int code = BigEndian.get16(m.buf, at + 4);
    if (length > QUERY1) {
      query2(m, at, length, in, group, Math.max(1, decode(code)) * MILLI);
    } else if (settings.v1enable != 0) {
      at(in).legacyQuery(1, group, code * MILLI);
    }
  }

  private void query2(
      Mbuf m, int at, int length, In6Ifinfo in, @Nullable Ip6Address group, long most) {
    int count = BigEndian.get16(m.buf, at + 26);
    boolean fits = QUERY2 + Ip6Address.LENGTH * count <= length && (group != null || count == 0);
    if (!fits) {
      stats.badlen++;
    } else if (settings.v2enable != 0 && group == null) {
      at(in).generalQuery(most, m.buf[at + 24] & 7, IgmpMessage.decode(m.buf[at + 25] & 0xff));
    } else if (settings.v2enable != 0 && group != null) {
      at(in).groupQuery(group, most, sources(m, at + QUERY2, count));
    }
  }

  /** The number behind a maximum response code: itself below 32768, else mantissa, exponent. */
  private static long decode(int code) {
    return code < 0x8000 ? code : (long) (code & 0xfff | 0x1000) << (code >> 12 & 7) + 3;
  }

  private static List<Ip6Address> sources(Mbuf m, int at, int count) {
    List<Ip6Address> list = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      list.add(Ip6Address.get(m.buf, at + Ip6Address.LENGTH * i));
    }
    return list;
  }

  // ---- interfaces ----

  @Override
  public void event(Ifnet ifp, IfEvent event) {
    In6Ifinfo in = Ip6.of(ifp);
    Reporter<In6Ifinfo> i = in == null ? null : interfaces.get(in);
    if (event == IfEvent.UP && i != null) {
      i.again();
    }
  }

  /** Forgets an interface that leaves. */
  public void interfaceLeft(In6Ifinfo gone) {
    Reporter<In6Ifinfo> i = interfaces.isEmpty() ? null : interfaces.remove(gone);
    if (i != null) {
      i.stop();
    }
  }

  /** Stops every timer: the shutdown stage. */
  public void stop() {
    interfaces.values().forEach(Reporter::stop);
    interfaces = Map.of();
  }
}
