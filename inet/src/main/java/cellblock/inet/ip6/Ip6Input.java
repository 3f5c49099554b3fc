package cellblock.inet.ip6;

import cellblock.kern.drop.DropReason;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.netisr.ProtocolInput;
import cellblock.wire.Icmp6Message;
import cellblock.wire.Ip6Address;
import cellblock.wire.Ip6Header;
import cellblock.wire.IpProtocol;
import org.jspecify.annotations.Nullable;

/**
 * Takes IPv6 packets in: validates, filters, decides between here and elsewhere, walks the
 * extension headers, hands up (ancestor: ip6_input of netinet6/ip6_input.c). Threading: turns of
 * the vnet's lane. Takes every mbuf over.
 */
public final class Ip6Input implements ProtocolInput {
  private final Vnet vnet;
  private final Ip6 ip;
  private final Ip6Stats stats;
  private final Ip6Settings settings;
  private final Ip6Forward forward;
  private final Ip6Errors errors;
  private final Ip6Options options;
  private Ip6Protocol[] protocols = {}; // few: found by looking through
  private int[] numbers = {};
  private final Ip6Protocol raw;

  /**
   * @param raw takes what no protocol is registered for
   */
  public Ip6Input(Ip6 ip, Ip6Forward forward, Ip6Errors errors, Ip6Protocol raw) {
    this.vnet = ip.vnet;
    this.ip = ip;
    this.stats = ip.stats;
    this.settings = ip.settings;
    this.forward = forward;
    this.errors = errors;
    this.options = new Ip6Options(ip, errors);
    this.raw = raw;
    ip.reassembly.errors(errors);
  }

  /** Registers a protocol, or takes it out with null: ip6proto_register. */
  public void protocol(int number, @Nullable Ip6Protocol protocol) {
    int count = 0;
    Ip6Protocol[] now = new Ip6Protocol[protocols.length + 1];
    int[] nowNumbers = new int[now.length];
    for (int i = 0; i < protocols.length; i++) {
      if (numbers[i] != number) {
        now[count] = protocols[i];
        nowNumbers[count++] = numbers[i];
      }
    }
    if (protocol != null) {
      now[count] = protocol;
      nowNumbers[count++] = number;
    }
    protocols = java.util.Arrays.copyOf(now, count);
    numbers = java.util.Arrays.copyOf(nowNumbers, count);
  }

  /** The protocol of that number, or null. */
  public @Nullable Ip6Protocol protocol(int number) {
    int[] known = numbers;
    for (int i = 0; i < known.length; i++) {
      if (known[i] == number) {
        return protocols[i];
      }
    }
    return null;
  }

  @Override
  public void input(Ifnet rcvif, Mbuf m) {
    vnet.room(m, "Ip6Input");
    In6Ifinfo in = Ip6.of(rcvif);
    if (in == null) {
      vnet.drop(m, DropReason.STALE_INTERFACE);
      return;
    }
    stats.total++;
    DropReason bad = in.disabled() ? DropReason.IP6_DISABLED : validate(m, in);
    if (bad != null) {
      vnet.drop(m, bad);
      return;
    }
    if (ip.filter.passes(m, rcvif, false)) {
      decide(m, in);
    }
  }

  // ---- validation ----

  private @Nullable DropReason validate(Mbuf m, In6Ifinfo in) {
    if (m.len < Ip6Header.LENGTH) {
      stats.toosmall++;
      return DropReason.TRUNCATED;
    }
    if (Ip6Header.version(m.buf, m.off) != Ip6Header.VERSION) {
      stats.badvers++;
      return DropReason.IP_BAD_VERSION;
    }
    int total = Ip6Header.LENGTH + Ip6Header.payloadLength(m.buf, m.off);
    if (total > m.len) {
      stats.tooshort++;
      return DropReason.TRUNCATED;
    }
    m.len = total; // what the link padded goes
    stats.next.count(Ip6Header.nextHeader(m.buf, m.off));
    long fromHi = Ip6Header.sourceHi(m.buf, m.off);
    long fromLo = Ip6Header.sourceLo(m.buf, m.off);
    long toHi = Ip6Header.destinationHi(m.buf, m.off);
    long toLo = Ip6Header.destinationLo(m.buf, m.off);
    boolean outside = !in.isLoopback() && (m.flags & Mbuf.M_LOOP) == 0;
    boolean impossible =
        Ip6Address.isMulticast(fromHi)
            || (toHi | toLo) == 0
            || Ip6.isMapped(fromHi, fromLo)
            || Ip6.isMapped(toHi, toLo)
            || (Ip6Address.isMulticast(toHi) && badScope(toHi, outside))
            || (outside && (Ip6.isLoopback(fromHi, fromLo) || Ip6.isLoopback(toHi, toLo)));
    if (impossible) {
      stats.badscope++;
      return DropReason.IP_BAD_ADDRESS;
    }
    if (outside
        && settings.sourceAddressValidation != 0
        && !Ip6Address.isLinkLocal(fromHi)
        && ip.addresses.find(toHi, toLo, 0) != null
        && ip.addresses.find(fromHi, fromLo, 0) != null) {
      return DropReason.IP_BAD_ADDRESS; // an own address from outside
    }
    return null;
  }

  private static boolean badScope(long hi, boolean outside) {
    int scope = (int) (hi >>> 48) & 0xf;
    return scope == 0 || (scope == 1 && outside);
  }

  // ---- here or elsewhere ----

  private void decide(Mbuf m, In6Ifinfo in) {
    long hi = Ip6Header.destinationHi(m.buf, m.off);
    long lo = Ip6Header.destinationLo(m.buf, m.off);
    boolean here;
    if (Ip6Address.isMulticast(hi)) {
      m.flags |= Mbuf.M_MCAST;
      if (in.group(hi, lo) == null) {
        stats.notmember++;
        vnet.drop(m, DropReason.IP_MULTICAST_NOT_MEMBER);
        return;
      }
      here = true;
    } else {
      In6Address own = ip.addresses.find(hi, lo, in.ifnet().index());
      if (own == null && in.isLoopback()) {
        own = ip.addresses.find(hi, lo, 0);
      }
      if (own != null && !own.ready()) {
        vnet.drop(m, DropReason.IP6_NOT_READY);
        return;
      }
      here = own != null;
    }
    int first = 0;
    if (Ip6Header.nextHeader(m.buf, m.off) == IpProtocol.HOPOPTS) {
      first = options.read(m, Ip6Header.LENGTH, in, true);
      if (first < 0) {
        return;
      }
    }
    if (here) {
      stats.delivered++;
      up(m, in, first);
    } else if (settings.forwarding != 0) {
      forward.forward(m, in);
    } else {
      stats.cantforward++;
      vnet.drop(m, DropReason.IP_NOT_FOR_US);
    }
  }

  // ---- up ----

  /** Walks the headers behind the first {@code hopByHop} bytes of options. */
  private void up(Mbuf packet, In6Ifinfo in, int hopByHop) {
    Mbuf m = packet;
    int field = hopByHop > 0 ? Ip6Header.LENGTH : 6;
    int at = Ip6Header.LENGTH + hopByHop;
    for (int nest = 0; ; nest++) {
      if (settings.hdrnestlimit > 0 && nest > settings.hdrnestlimit) {
        stats.toomanyhdr++;
        vnet.drop(m, DropReason.IP6_TOO_MANY_HEADERS);
        return;
      }
      int next = m.buf[m.off + field] & 0xff;
      int length;
      switch (next) {
        case IpProtocol.DSTOPTS -> length = options.read(m, at, in, false);
        case IpProtocol.ROUTING -> length = routing(m, at, in);
        case IpProtocol.FRAGMENT -> {
          Mbuf whole = ip.reassembly.input(m, at, field, in);
          if (whole == null) {
            return;
          }
          m = whole;
          continue;
        }
        default -> {
          deliver(m, at, next, field, in);
          return;
        }
      }
      if (length < 0) {
        return;
      }
      field = at;
      at += length;
    }
  }

  /** No type of routing header is known; one with nothing left to visit is passed over. */
  private int routing(Mbuf m, int at, In6Ifinfo in) {
    int length = m.len - at < 8 ? 8 : (m.buf[m.off + at + 1] & 0xff) + 1 << 3;
    if (length > m.len - at) {
      stats.tooshort++;
      vnet.drop(m, DropReason.TRUNCATED);
      return -1;
    }
    if (m.buf[m.off + at + 3] == 0) {
      return length;
    }
    stats.badoptions++;
    errors.error(
        m,
        in,
        Icmp6Message.PARAM_PROB,
        Icmp6Message.PARAMPROB_HEADER,
        at + 2,
        DropReason.IP_SOURCE_ROUTE);
    return -1;
  }

  private void deliver(Mbuf m, int at, int next, int field, In6Ifinfo in) {
    if (next == IpProtocol.NONE) {
      vnet.drop(m, DropReason.CONSUMED);
    } else if (next == IpProtocol.HOPOPTS) {
      stats.badoptions++;
      errors.error(
          m,
          in,
          Icmp6Message.PARAM_PROB,
          Icmp6Message.PARAMPROB_NEXTHEADER,
          field,
          DropReason.IP6_BAD_HEADER);
    } else {
      Ip6Protocol p = protocol(next);
      (p == null ? raw : p).input(m, at, next, in);
    }
  }

  /** The raw room, for protocols that leave packets to it. */
  public Ip6Protocol raw() {
    return raw;
  }
}
