package cellblock.inet.icmp;

import cellblock.inet.ip.InAddress;
import cellblock.inet.ip.InIfinfo;
import cellblock.inet.ip.Ip4;
import cellblock.inet.ip.Ip4Control;
import cellblock.inet.ip.Ip4Input;
import cellblock.inet.ip.Ip4Protocol;
import cellblock.kern.drop.DropReason;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.IfFlags;
import cellblock.wire.BigEndian;
import cellblock.wire.Icmp4Message;
import cellblock.wire.Ip4Address;
import cellblock.wire.Ip4Header;
import org.jspecify.annotations.Nullable;

/**
 * Takes ICMP messages in: answers echo, timestamp and mask requests, hands errors to the protocol
 * that sent the quoted packet, learns from redirects; raw sockets see what is left (ancestor:
 * icmp_input of netinet/ip_icmp.c). Threading: turns of the vnet's lane.
 */
public final class Icmp implements Ip4Protocol {
  private static final long SECOND = 1_000_000_000L;
  private static final long DAY = 86_400_000L;
  private static final int TIMESTAMP_LENGTH = 20;
  private static final int MASK_LENGTH = 12;

  /** A quoted header and eight bytes behind it: ICMP_ADVLENMIN. */
  private static final int ADVICE = Icmp4Message.LENGTH + Ip4Header.LENGTH + 8;

  /** Sizes of links, for routers that do not say theirs: ip_next_mtu. */
  private static final int[] PLATEAUS = {
    65535, 32000, 17914, 8166, 4352, 2002, 1492, 1280, 1006, 508, 296, 68
  };

  private final Vnet vnet;
  private final Ip4 ip;
  private final Ip4Input protocols;
  private final IcmpError errors;
  private final IcmpStats stats;
  private final IcmpSettings settings;
  private final IcmpLimit limit;
  private final Ip4Protocol raw;

  public Icmp(
      Ip4 ip,
      Ip4Input protocols,
      IcmpError errors,
      IcmpStats stats,
      IcmpSettings settings,
      IcmpLimit limit,
      Ip4Protocol raw) {
    this.vnet = ip.vnet;
    this.ip = ip;
    this.protocols = protocols;
    this.errors = errors;
    this.stats = stats;
    this.settings = settings;
    this.limit = limit;
    this.raw = raw;
  }

  @Override
  public void input(Mbuf m, int headerLength, InIfinfo in) {
    vnet.room(m, "IcmpInput");
    int at = m.off + headerLength;
    int length = m.len - headerLength;
    if (length < Icmp4Message.LENGTH) {
      stats.tooshort++;
      vnet.drop(m, DropReason.ICMP_TOO_SHORT);
      return;
    }
    if (!Icmp4Message.verifies(m.buf, at, length)) {
      stats.checksum++;
      vnet.drop(m, DropReason.ICMP_BAD_CHECKSUM);
      return;
    }
    int type = Icmp4Message.type(m.buf, at);
    stats.received(type);
    boolean taken =
        switch (type) {
          case Icmp4Message.ECHO -> echo(m, headerLength, in);
          case Icmp4Message.TSTAMP -> timestamp(m, headerLength, in);
          case Icmp4Message.MASKREQ -> mask(m, headerLength, in);
          case Icmp4Message.UNREACH, Icmp4Message.TIMXCEED, Icmp4Message.PARAMPROB ->
              advice(m, at, length, type);
          case Icmp4Message.REDIRECT -> redirect(m, at, length, in);
          default -> false;
        };
    if (!taken) {
      raw.input(m, headerLength, in);
    }
  }

  private static boolean toMany(Mbuf m) {
    return (m.flags & (Mbuf.M_BCAST | Mbuf.M_MCAST)) != 0;
  }

  // ---- queries ----

  private boolean echo(Mbuf m, int headerLength, InIfinfo in) {
    if (settings.bmcastecho == 0 && toMany(m)) {
      stats.bmcastecho++;
      return false;
    }
    if (!limit.allows(IcmpLimit.Class.ECHO)) {
      vnet.drop(m, DropReason.ICMP_RATE_LIMIT);
      return true;
    }
    Icmp4Message.putType(m.buf, m.off + headerLength, Icmp4Message.ECHOREPLY);
    errors.reflect(m, headerLength, in);
    return true;
  }

  private boolean timestamp(Mbuf m, int headerLength, InIfinfo in) {
    if (settings.tstamprepl == 0) {
      return false;
    }
    if (settings.bmcastecho == 0 && toMany(m)) {
      stats.bmcasttstamp++;
      return false;
    }
    if (m.len - headerLength < TIMESTAMP_LENGTH) {
      stats.badlen++;
      return false;
    }
    if (!limit.allows(IcmpLimit.Class.TSTAMP)) {
      vnet.drop(m, DropReason.ICMP_RATE_LIMIT);
      return true;
    }
    int at = m.off + headerLength;
    int now = (int) (vnet.machine().clock().wallNanos() / 1_000_000 % DAY);
    Icmp4Message.putType(m.buf, at, Icmp4Message.TSTAMPREPLY);
    BigEndian.put32(m.buf, at + 12, now);
    BigEndian.put32(m.buf, at + 16, now);
    errors.reflect(m, headerLength, in);
    return true;
  }

  private boolean mask(Mbuf m, int headerLength, InIfinfo in) {
    if (settings.maskrepl == 0 || m.len - headerLength < MASK_LENGTH) {
      return false;
    }
    InAddress a = in.sourceFor(Ip4Header.source(m.buf, m.off));
    if (a == null) {
      return false;
    }
    int at = m.off + headerLength;
    Icmp4Message.putType(m.buf, at, Icmp4Message.MASKREPLY);
    BigEndian.put32(m.buf, at + 8, a.mask());
    if (Ip4Header.source(m.buf, m.off) == 0 && in.has(IfFlags.BROADCAST)) {
      Ip4Header.putSource(m.buf, m.off, a.broadcast());
    }
    errors.reflect(m, headerLength, in);
    return true;
  }

  // ---- errors ----

  private boolean advice(Mbuf m, int at, int length, int type) {
    Ip4Control what = meaning(type, Icmp4Message.code(m.buf, at));
    if (what == null) {
      stats.badcode++;
      return false;
    }
    int quoted = at + Icmp4Message.LENGTH;
    if (!quotes(m, at, length)) {
      stats.badlen++;
      vnet.drop(m, DropReason.ICMP_TOO_SHORT);
      return true;
    }
    if (Ip4Address.isMulticast(Ip4Header.destination(m.buf, quoted))) {
      stats.badcode++;
      return false;
    }
    int mtu = what == Ip4Control.MSGSIZE ? mtu(m, at, quoted) : 0;
    Ip4Protocol to = protocols.protocol(Ip4Header.protocol(m.buf, quoted));
    if (to != null) {
      to.control(what, m, quoted, length - Icmp4Message.LENGTH, mtu);
    }
    return false;
  }

  /** Whether a header and eight bytes of data are quoted. */
  private static boolean quotes(Mbuf m, int at, int length) {
    if (length < ADVICE) {
      return false;
    }
    int header = Ip4Header.headerLength(m.buf, at + Icmp4Message.LENGTH);
    return header >= Ip4Header.LENGTH && length >= Icmp4Message.LENGTH + header + 8;
  }

  private static int mtu(Mbuf m, int at, int quoted) {
    int mtu = Icmp4Message.nextHopMtu(m.buf, at);
    if (mtu != 0) {
      return mtu;
    }
    int sent = Ip4Header.totalLength(m.buf, quoted);
    for (int p : PLATEAUS) {
      if (p < sent) {
        return p;
      }
    }
    return Ip4Header.MINIMUM_MTU;
  }

  private static @Nullable Ip4Control meaning(int type, int code) {
    return switch (type) {
      case Icmp4Message.UNREACH -> unreachable(code);
      case Icmp4Message.TIMXCEED ->
          code > 1 ? null : code == 0 ? Ip4Control.TIMXCEED_INTRANS : Ip4Control.TIMXCEED_REASS;
      default -> code > 1 ? null : Ip4Control.PARAMPROB;
    };
  }

  private static @Nullable Ip4Control unreachable(int code) {
    return switch (code) {
      case Icmp4Message.UNREACH_NET,
          Icmp4Message.UNREACH_HOST,
          Icmp4Message.UNREACH_SRCFAIL,
          Icmp4Message.UNREACH_NET_UNKNOWN,
          Icmp4Message.UNREACH_HOST_UNKNOWN,
          Icmp4Message.UNREACH_ISOLATED,
          Icmp4Message.UNREACH_TOSNET,
          Icmp4Message.UNREACH_TOSHOST,
          Icmp4Message.UNREACH_HOST_PRECEDENCE,
          Icmp4Message.UNREACH_PRECEDENCE_CUTOFF ->
          Ip4Control.UNREACH_NET;
      case Icmp4Message.UNREACH_NEEDFRAG -> Ip4Control.MSGSIZE;
      case Icmp4Message.UNREACH_PROTOCOL -> Ip4Control.UNREACH_PROTOCOL;
      case Icmp4Message.UNREACH_PORT -> Ip4Control.UNREACH_PORT;
      case Icmp4Message.UNREACH_NET_PROHIB,
          Icmp4Message.UNREACH_HOST_PROHIB,
          Icmp4Message.UNREACH_FILTER_PROHIB ->
          Ip4Control.UNREACH_ADMIN;
      default -> null;
    };
  }

  // ---- redirects ----

  private boolean redirect(Mbuf m, int at, int length, InIfinfo in) {
    if (settings.logRedirect != 0) {
      log(m, at);
    }
    if (settings.dropRedirect != 0 || ip.settings.forwarding != 0) {
      return false; // a router does not listen to others
    }
    if (Icmp4Message.code(m.buf, at) > 3) {
      stats.badcode++;
      return false;
    }
    if (!quotes(m, at, length)) {
      stats.badlen++;
      return false;
    }
    int destination = Ip4Header.destination(m.buf, at + Icmp4Message.LENGTH);
    try {
      ip.routes.redirect(
          in.ifnet().fib(),
          new Ip4Address(destination),
          new Ip4Address(Icmp4Message.gateway(m.buf, at)),
          new Ip4Address(Ip4Header.source(m.buf, m.off)),
          in.ifnet(),
          settings.redirtimeout * SECOND);
    } catch (ErrnoException e) {
      // Not from the router that we use, or not to a neighbour: as if it had not come.
    }
    return false;
  }

  private void log(Mbuf m, int at) {
    vnet.machine()
        .messages()
        .log(
            "icmp redirect from "
                + Ip4Address.toString(Ip4Header.source(m.buf, m.off))
                + ": "
                + Ip4Address.toString(
                    m.len >= at - m.off + ADVICE
                        ? Ip4Header.destination(m.buf, at + Icmp4Message.LENGTH)
                        : 0)
                + " => "
                + Ip4Address.toString(Icmp4Message.gateway(m.buf, at)));
  }
}
