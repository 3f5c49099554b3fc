package cellblock.inet.nd6;

import cellblock.inet.icmp6.Icmp6Stats;
import cellblock.inet.ip6.In6Address;
import cellblock.inet.ip6.In6Ifinfo;
import cellblock.inet.ip6.Ip6;
import cellblock.kern.mbuf.Mbuf;
import cellblock.wire.Icmp6Message;
import cellblock.wire.Ip6Address;
import cellblock.wire.Ip6Header;
import cellblock.wire.IpProtocol;
import cellblock.wire.MacAddress;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes discovery's messages (ancestor: nd6_ns_output, nd6_na_output of netinet6/nd6_nbr.c,
 * icmp6_redirect_output). Threading: the vnet's lane.
 */
final class Nd6Output {
  static final int HOP_LIMIT = 255;
  static final int OPTION_SOURCE = 1;
  static final int OPTION_TARGET = 2;
  static final int OPTION_REDIRECTED = 4;
  static final int OPTION_NONCE = 14;

  /** Flags of an advertisement, in the message's second word. */
  static final int ROUTER = 0x80000000;

  static final int SOLICITED = 0x40000000;
  static final int OVERRIDE = 0x20000000;

  private static final int TARGETED = Icmp6Message.LENGTH + Ip6Address.LENGTH;
  private static final int LINK_OPTION = 8;

  private final Ip6 ip;
  private final Icmp6Stats stats;

  Nd6Output(Ip6 ip, Icmp6Stats stats) {
    this.ip = ip;
    this.stats = stats;
  }

  /**
   * Asks for a neighbour.
   *
   * @param from null while looking for duplicates: the unspecified address
   * @param unicast to the neighbour itself, to probe it
   * @param nonce six bytes that tell our own question when it comes back; 0 = none
   */
  void solicit(
      In6Ifinfo in, long hi, long lo, @Nullable In6Address from, boolean unicast, long nonce) {
    boolean link = from != null && in.isEther();
    int length = TARGETED + (link ? LINK_OPTION : 0) + (nonce != 0 ? 8 : 0);
    Mbuf m = ip.vnet.mbufs().alloc(Ip6Header.LENGTH + length);
    int at = start(m, Icmp6Message.NEIGHBOR_SOLICIT, 0);
    Ip6Address.put(m.buf, at + 8, hi, lo);
    int end = at + TARGETED;
    if (link) {
      end = option(m, end, OPTION_SOURCE, in.ifnet().lladdr());
    }
    if (nonce != 0) {
      option(m, end, OPTION_NONCE, nonce & 0xffff_ffff_ffffL);
    }
    long fromHi = from == null ? 0 : from.hi();
    long fromLo = from == null ? 0 : from.lo();
    long toHi = unicast ? hi : 0xff02L << 48;
    long toLo = unicast ? lo : 0x1_ff00_0000L | lo & 0xff_ffff;
    send(m, in, fromHi, fromLo, toHi, toLo);
  }

  /** Answers, or tells everybody. */
  void advertise(
      In6Ifinfo in, long hi, long lo, long mac, int flags, In6Address from, long toHi, long toLo) {
    boolean link = mac >= 0;
    Mbuf m = ip.vnet.mbufs().alloc(Ip6Header.LENGTH + TARGETED + (link ? LINK_OPTION : 0));
    int at = start(m, Icmp6Message.NEIGHBOR_ADVERT, flags);
    Ip6Address.put(m.buf, at + 8, hi, lo);
    if (link) {
      option(m, at + TARGETED, OPTION_TARGET, mac);
    }
    send(m, in, from.hi(), from.lo(), toHi, toLo);
  }

  /** Tells the sender of {@code about} of a better first hop. */
  void redirect(Mbuf about, In6Ifinfo in, In6Address from, long hopHi, long hopLo, long mac) {
    int fixed = Icmp6Message.LENGTH + 2 * Ip6Address.LENGTH + (mac >= 0 ? LINK_OPTION : 0);
    int quote = Math.min(about.len, Ip6Header.MINIMUM_MTU - Ip6Header.LENGTH - fixed - 8) & ~7;
    Mbuf m = ip.vnet.mbufs().alloc(Ip6Header.LENGTH + fixed + 8 + quote);
    int at = start(m, Icmp6Message.REDIRECT, 0);
    Ip6Address.put(m.buf, at + 8, hopHi, hopLo);
    System.arraycopy(about.buf, about.off + 24, m.buf, at + 24, Ip6Address.LENGTH);
    int end = at + Icmp6Message.LENGTH + 2 * Ip6Address.LENGTH;
    if (mac >= 0) {
      end = option(m, end, OPTION_TARGET, mac);
    }
    Arrays.fill(m.buf, end, end + 8, (byte) 0);
    m.buf[end] = OPTION_REDIRECTED;
    m.buf[end + 1] = (byte) (quote + 8 >> 3);
    System.arraycopy(about.buf, about.off, m.buf, end + 8, quote);
    long toHi = Ip6Header.sourceHi(about.buf, about.off);
    long toLo = Ip6Header.sourceLo(about.buf, about.off);
    send(m, in, from.hi(), from.lo(), toHi, toLo);
  }

  private static int start(Mbuf m, int type, int word) {
    int at = m.off + Ip6Header.LENGTH;
    Icmp6Message.putType(m.buf, at, type);
    Icmp6Message.putCode(m.buf, at, 0);
    Icmp6Message.putWord(m.buf, at, word);
    return at;
  }

  private static int option(Mbuf m, int at, int type, long six) {
    m.buf[at] = (byte) type;
    m.buf[at + 1] = 1;
    MacAddress.put(m.buf, at + 2, six);
    return at + 8;
  }

  private void send(Mbuf m, In6Ifinfo in, long fromHi, long fromLo, long toHi, long toLo) {
    int length = m.len - Ip6Header.LENGTH;
    Ip6Header.putFlow(m.buf, m.off, 0, 0);
    Ip6Header.putPayloadLength(m.buf, m.off, length);
    Ip6Header.putNextHeader(m.buf, m.off, IpProtocol.ICMPV6);
    Ip6Header.putHopLimit(m.buf, m.off, HOP_LIMIT);
    Ip6Header.putSource(m.buf, m.off, fromHi, fromLo);
    Ip6Header.putDestination(m.buf, m.off, toHi, toLo);
    int at = m.off + Ip6Header.LENGTH;
    int pseudo = Ip6Header.pseudo(m.buf, m.off, IpProtocol.ICMPV6, length);
    Icmp6Message.fillChecksum(m.buf, at, pseudo, length);
    stats.sent(Icmp6Message.type(m.buf, at));
    m.fib = in.ifnet().fib();
    ip.output.onLink(m, in);
  }
}
