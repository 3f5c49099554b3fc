package cellblock.inet.igmp;

import cellblock.inet.ip.InIfinfo;
import cellblock.inet.ip.Ip4;
import cellblock.inet.ip.Ip4Output;
import cellblock.inet.ip.Ip4Protocol;
import cellblock.inet.mcast.InMulti;
import cellblock.inet.mcast.Multicast;
import cellblock.inet.mcast.Reporter;
import cellblock.inet.mcast.Wanted;
import cellblock.kern.drop.DropReason;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.wire.BigEndian;
import cellblock.wire.Defect;
import cellblock.wire.IgmpMessage;
import cellblock.wire.Ip4Address;
import cellblock.wire.Ip4Header;
import cellblock.wire.Ip4Options;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * IGMP for hosts, versions 1 to 3 (RFC 1112, 2236, 3376; ancestor: netinet/igmp.c igmp_input). What
 * it has looked at goes on to raw sockets, for routing programs. Threading: turns of the vnet's
 * lane.
 */
public final class Igmp implements Ip4Protocol, Multicast.Listener {
  private static final long TENTH = 100_000_000L;

  /** Tenths of a second in which a version 1 query is answered. */
  private static final int VERSION1_RESPONSE = 100;

  private final Vnet vnet;
  private final IgmpStats stats;
  private final IgmpSettings settings;
  private final IgmpReport report;
  private final RandomGenerator random;
  private final Ip4Protocol raw;
  private Map<InIfinfo, Reporter<InIfinfo>> interfaces = Map.of(); // until a group is joined

  /**
   * @param raw takes over each message afterwards
   */
  public Igmp(
      Vnet vnet,
      Ip4Output output,
      IgmpStats stats,
      IgmpSettings settings,
      RandomGenerator random,
      Ip4Protocol raw) {
    this.vnet = vnet;
    this.stats = stats;
    this.settings = settings;
    this.report = new IgmpReport(vnet, output, stats, settings);
    this.random = random;
    this.raw = raw;
  }

  /** The version spoken on an interface: 1, 2 or 3. */
  public int version(InIfinfo in) {
    Reporter<InIfinfo> i = interfaces.get(in);
    return i == null ? settings.defaultVersion : i.version();
  }

  @Override
  public void changed(InMulti group, Wanted before) {
    InIfinfo in = Ip4.of(group.in().ifnet());
    int g = (int) (group.hi() >>> 32);
    boolean silent =
        in == null
            || in.isLoopback()
            || g == Ip4Address.ALL_HOSTS.bits()
            || (Ip4Address.isLocalGroup(g) && settings.sendlocal == 0);
    if (in != null && !silent) {
      at(in).changed(group, before);
    }
  }

  private Reporter<InIfinfo> at(InIfinfo in) {
    if (interfaces.isEmpty()) {
      interfaces = new LinkedHashMap<>(4);
    }
    return interfaces.computeIfAbsent(in, i -> new Reporter<>(vnet, i, report, random));
  }

  @Override
  public void input(Mbuf m, int headerLength, InIfinfo in) {
    stats.total++;
    int at = m.off + headerLength;
    int length = m.len - headerLength;
    DropReason bad = check(m, at, length);
    if (bad != null) {
      vnet.drop(m, bad);
      return;
    }
    switch (IgmpMessage.type(m.buf, at)) {
      case IgmpMessage.QUERY -> query(m, at, length, in);
      case IgmpMessage.REPORT1, IgmpMessage.REPORT2 -> legacyReport(m, at, in);
      case IgmpMessage.REPORT3 -> {
        if (headerLength == Ip4Header.LENGTH || Ip4Options.find(m.buf, m.off, Ip4Options.RA) < 0) {
          stats.noRouterAlert++;
        }
      }
      default -> {}
    }
    raw.input(m, headerLength, in);
  }

  private @Nullable DropReason check(Mbuf m, int at, int length) {
    if (length < IgmpMessage.LENGTH) {
      stats.tooshort++;
      return DropReason.IGMP_MALFORMED;
    }
    if (!IgmpMessage.verifies(m.buf, at, length)) {
      stats.badsum++;
      return DropReason.IGMP_MALFORMED;
    }
    if (Ip4Header.ttl(m.buf, m.off) != 1 && IgmpMessage.type(m.buf, at) != IgmpMessage.DVMRP) {
      stats.badttl++;
      return DropReason.IGMP_MALFORMED;
    }
    if (IgmpMessage.check(m.buf, at, length) != Defect.NONE) {
      if (IgmpMessage.type(m.buf, at) == IgmpMessage.QUERY) {
        stats.badQueries++;
      } else {
        stats.badReports++;
      }
      return DropReason.IGMP_MALFORMED;
    }
    return null;
  }

  private void query(Mbuf m, int at, int length, InIfinfo in) {
    if (in.isLoopback()) {
      return;
    }
    int version = IgmpMessage.queryVersion(m.buf, at, length);
    int group = IgmpMessage.group(m.buf, at);
    boolean toAll = Ip4Header.destination(m.buf, m.off) == Ip4Address.ALL_HOSTS.bits();
    if (version == 3) {
      stats.v3Queries++;
      query3(m, at, group, toAll, in);
      return;
    }
    stats.v1v2Queries++;
    boolean enabled = (version == 1 ? settings.v1enable : settings.v2enable) != 0;
    boolean sane = group == 0 ? toAll : version == 2 && Ip4Address.isMulticast(group);
    if (!enabled || !sane) {
      stats.badQueries += sane ? 0 : 1;
      return;
    }
    if (group == 0) {
      stats.generalQueries++;
    } else {
      stats.groupQueries++;
    }
    int most = version == 1 ? VERSION1_RESPONSE : IgmpMessage.maxResponse(m.buf, at);
    at(in).legacyQuery(version, group == 0 ? null : new Ip4Address(group), most * TENTH);
  }

  private void query3(Mbuf m, int at, int group, boolean toAll, InIfinfo in) {
    int sources = BigEndian.get16(m.buf, at + 10);
    if (group == 0 ? !toAll || sources > 0 : !Ip4Address.isMulticast(group)) {
      stats.badQueries++;
      return;
    }
    Reporter<InIfinfo> i = at(in);
    long most = Math.max(1, IgmpMessage.decode(IgmpMessage.maxResponse(m.buf, at))) * TENTH;
    if (group == 0) {
      stats.generalQueries++;
      i.generalQuery(most, m.buf[at + 8] & 7, IgmpMessage.decode(m.buf[at + 9] & 0xff));
      return;
    }
    if (sources == 0) {
      stats.groupQueries++;
    } else {
      stats.groupSourceQueries++;
    }
    if (!i.groupQuery(new Ip4Address(group), most, sources(m, at, sources))) {
      stats.droppedGroupSourceQueries++;
    }
  }

  private static List<Ip4Address> sources(Mbuf m, int at, int count) {
    List<Ip4Address> list = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      list.add(new Ip4Address(BigEndian.get32(m.buf, at + IgmpMessage.QUERY3_LENGTH + 4 * i)));
    }
    return list;
  }

  private void legacyReport(Mbuf m, int at, InIfinfo in) {
    stats.reports++;
    int group = IgmpMessage.group(m.buf, at);
    if (!Ip4Address.isMulticast(group) || Ip4Header.destination(m.buf, m.off) != group) {
      stats.badReports++;
      return;
    }
    if (in.isLoopback() || in.group(group) == null) {
      return;
    }
    stats.ourReports++;
    Reporter<InIfinfo> i = interfaces.get(in);
    if (i != null) {
      i.reported(new Ip4Address(group));
    }
  }

  /** The interface left the vnet: igmp_domifdetach. */
  public void interfaceLeft(InIfinfo in) {
    Reporter<InIfinfo> i = interfaces.get(in);
    if (i != null) {
      interfaces.remove(in);
      i.stop();
    }
  }

  /** Stops every timer: the shutdown stage. */
  public void stop() {
    interfaces.values().forEach(Reporter::stop);
    interfaces = Map.of();
  }
}
