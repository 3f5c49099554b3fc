package cellblock.inet.icmp6;

import cellblock.inet.ip6.In6Address;
import cellblock.inet.ip6.In6Ifinfo;
import cellblock.inet.ip6.Ip6;
import cellblock.inet.ip6.Ip6Input;
import cellblock.inet.ip6.Ip6Protocol;
import cellblock.kern.drop.DropReason;
import cellblock.kern.errno.Errno;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.wire.BigEndian;
import cellblock.wire.Icmp6Message;
import cellblock.wire.Ip6Address;
import cellblock.wire.Ip6Header;
import cellblock.wire.IpProtocol;
import org.jspecify.annotations.Nullable;

/**
 * Takes ICMPv6 messages in: answers echo, hands errors to the protocol that sent the quoted packet,
 * discovery to ND and MLD; raw sockets see what is left (ancestor: icmp6_input of
 * netinet6/icmp6.c). Node information is not answered. Threading: turns of the vnet's lane.
 */
public final class Icmp6 implements Ip6Protocol {
  /** Who takes a family of messages: ND, MLD. The checksum is right; m stays the caller's. */
  public interface Messages {
    /** A message of {@code length} bytes at {@code at} in the buffer of {@code m}. */
    void message(Mbuf m, int at, int length, In6Ifinfo in);
  }

  private final Vnet vnet;
  private final Ip6 ip;
  private final Ip6Input protocols;
  private final Icmp6Error errors;
  private final Icmp6Stats stats;
  private final Ip6Protocol raw;
  private final Messages nd;
  private final Messages mld;

  public Icmp6(
      Ip6 ip,
      Ip6Input protocols,
      Icmp6Error errors,
      Icmp6Stats stats,
      Ip6Protocol raw,
      Messages nd,
      Messages mld) {
    this.vnet = ip.vnet;
    this.ip = ip;
    this.protocols = protocols;
    this.errors = errors;
    this.stats = stats;
    this.raw = raw;
    this.nd = nd;
    this.mld = mld;
  }

  @Override
  public void input(Mbuf m, int header, int protocol, In6Ifinfo in) {
    vnet.room(m, "Icmp6Input");
    int at = m.off + header;
    int length = m.len - header;
    if (length < Icmp6Message.LENGTH) {
      stats.tooshort++;
      vnet.drop(m, DropReason.ICMP_TOO_SHORT);
      return;
    }
    int pseudo = Ip6Header.pseudo(m.buf, m.off, IpProtocol.ICMPV6, length);
    if ((m.csumFlags & Mbuf.CSUM_DATA_VALID) == 0
        && !Icmp6Message.verifies(m.buf, at, pseudo, length)) {
      stats.checksum++;
      vnet.drop(m, DropReason.ICMP_BAD_CHECKSUM);
      return;
    }
    int type = Icmp6Message.type(m.buf, at);
    stats.received(type);
    switch (type) {
      case Icmp6Message.ECHO_REQUEST -> echo(m, header, in);
      case Icmp6Message.UNREACH,
          Icmp6Message.PACKET_TOO_BIG,
          Icmp6Message.TIME_EXCEEDED,
          Icmp6Message.PARAM_PROB ->
          advice(m, at, length, type, in);
      case Icmp6Message.LISTENER_QUERY, Icmp6Message.LISTENER_REPORT, Icmp6Message.LISTENER_DONE ->
          mld.message(m, at, length, in);
      case Icmp6Message.ROUTER_SOLICIT,
          Icmp6Message.ROUTER_ADVERT,
          Icmp6Message.NEIGHBOR_SOLICIT,
          Icmp6Message.NEIGHBOR_ADVERT,
          Icmp6Message.REDIRECT ->
          nd.message(m, at, length, in);
      default -> {
        // Replies and unknown ones are for raw sockets only.
      }
    }
    raw.input(m, header, protocol, in);
  }

  private void echo(Mbuf m, int header, In6Ifinfo in) {
    long toHi = Ip6Header.sourceHi(m.buf, m.off);
    long toLo = Ip6Header.sourceLo(m.buf, m.off);
    if ((toHi | toLo) == 0) {
      return;
    }
    int scope = Ip6Address.isLinkLocal(toHi) ? in.ifnet().index() : 0;
    In6Address from =
        ip.addresses.find(
            Ip6Header.destinationHi(m.buf, m.off),
            Ip6Header.destinationLo(m.buf, m.off),
            in.ifnet().index());
    if (from == null || from.is(In6Address.ANYCAST)) {
      In6Ifinfo out = ip.sources.way(toHi, toLo, scope, m.fib, null);
      from = out == null ? null : ip.sources.select(toHi, toLo, out);
    }
    if (from == null) {
      return;
    }
    int length = m.len - header;
    Mbuf r = vnet.mbufs().alloc(Ip6Header.LENGTH + length);
    int at = r.off + Ip6Header.LENGTH;
    System.arraycopy(m.buf, m.off + header, r.buf, at, length);
    Icmp6Message.putType(r.buf, at, Icmp6Message.ECHO_REPLY);
    Icmp6Message.putCode(r.buf, at, 0);
    r.fib = m.fib;
    errors.finish(r, from, toHi, toLo, ip.settings.hlim);
    stats.reflect++;
    ip.output.output(r, scope, 0, null);
  }

  // ---- errors ----

  private void advice(Mbuf m, int at, int length, int type, In6Ifinfo in) {
    int quoted = at + Icmp6Message.LENGTH;
    int end = at + length;
    int upper = upper(m.buf, quoted, end);
    if (upper < 0 || end - upper < 8) {
      stats.tooshort++;
      return;
    }
    int code = Icmp6Message.code(m.buf, at);
    if (code > most(type)) {
      stats.badcode++;
      return;
    }
    long toHi = Ip6Header.destinationHi(m.buf, quoted);
    long toLo = Ip6Header.destinationLo(m.buf, quoted);
    int mtu = 0;
    if (type == Icmp6Message.PACKET_TOO_BIG) {
      mtu = Math.max(Icmp6Message.word(m.buf, at), 0);
      int scope = Ip6Address.isLinkLocal(toHi) ? in.ifnet().index() : 0;
      boolean ours =
          ip.addresses.find(Ip6Header.sourceHi(m.buf, quoted), Ip6Header.sourceLo(m.buf, quoted), 0)
              != null;
      if (!ours || mtu < Ip6Header.MINIMUM_MTU) {
        return; // RFC 8201 section 4: nothing below the minimum is believed
      }
      if (ip.pathMtu.learn(toHi, toLo, scope, mtu)) {
        stats.pmtuchg++;
      }
    }
    Ip6Protocol to = protocols.protocol(upperProtocol(m.buf, quoted, end));
    if (to != null) {
      to.control(meaning(type, code), m, quoted, upper, mtu, in);
    }
  }

  private static int most(int type) {
    return switch (type) {
      case Icmp6Message.UNREACH -> 6;
      case Icmp6Message.TIME_EXCEEDED -> 1;
      case Icmp6Message.PARAM_PROB -> 3;
      default -> 255;
    };
  }

  private static @Nullable Errno meaning(int type, int code) {
    return switch (type) {
      case Icmp6Message.UNREACH ->
          switch (code) {
            case Icmp6Message.UNREACH_ADMIN, Icmp6Message.UNREACH_NOPORT -> Errno.ECONNREFUSED;
            default -> Errno.EHOSTUNREACH;
          };
      case Icmp6Message.PACKET_TOO_BIG -> Errno.EMSGSIZE;
      case Icmp6Message.TIME_EXCEEDED -> code == 0 ? Errno.EHOSTUNREACH : null;
      default -> code == 1 ? Errno.ECONNREFUSED : Errno.ENOPROTOOPT;
    };
  }

  // ---- what a packet carries ----

  /**
   * Where the upper header of an IPv6 packet starts in the buffer, or -1 when it cannot be seen.
   */
  static int upper(byte[] buf, int off, int end) {
    long found = walk(buf, off, end);
    return found < 0 ? -1 : (int) (found >>> 8);
  }

  /** Its protocol, or -1. */
  static int upperProtocol(byte[] buf, int off, int end) {
    long found = walk(buf, off, end);
    return found < 0 ? -1 : (int) (found & 0xff);
  }

  private static long walk(byte[] buf, int off, int end) {
    if (end - off < Ip6Header.LENGTH) {
      return -1;
    }
    int next = Ip6Header.nextHeader(buf, off);
    int at = off + Ip6Header.LENGTH;
    while (Ip6Header.isExtension(next)) {
      boolean later = next == IpProtocol.FRAGMENT && end - at >= 4 && fragmentOffset(buf, at) != 0;
      int after = Ip6Header.skip(buf, next, at, end);
      if (after < 0 || later) {
        return -1;
      }
      next = buf[at] & 0xff;
      at = after;
    }
    return (long) at << 8 | next;
  }

  private static int fragmentOffset(byte[] buf, int at) {
    return BigEndian.get16(buf, at + 2) & 0xfff8;
  }
}
