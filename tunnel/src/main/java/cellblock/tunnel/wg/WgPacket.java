package cellblock.tunnel.wg;

import cellblock.kern.mbuf.Mbuf;
import cellblock.wire.Ip4Header;
import cellblock.wire.Ip6Header;

/** What WireGuard looks at in the packets that it carries (ancestor: determine_af_and_pullup). */
final class WgPacket {
  private WgPacket() {}

  /** Whether a packet that is of IPv4 or IPv6 is of IPv4. */
  static boolean isFour(Mbuf m) {
    return m.buf[m.off] >> 4 == Ip4Header.VERSION;
  }

  /** Whether a packet has a whole header of IPv4 or IPv6. */
  static boolean isIp(Mbuf m) {
    if (m.len < Ip4Header.LENGTH) {
      return false;
    }
    int version = m.buf[m.off] >> 4 & 0xf;
    return version == 4 || version == 6 && m.len >= Ip6Header.LENGTH;
  }

  /** Cuts the padding off; false: it is no packet. */
  static boolean trim(Mbuf m) {
    if (!isIp(m)) {
      return false;
    }
    int length =
        isFour(m)
            ? Ip4Header.totalLength(m.buf, m.off)
            : Ip6Header.payloadLength(m.buf, m.off) + Ip6Header.LENGTH;
    if (length >= Ip4Header.LENGTH && length < m.len) {
      m.len = length;
    }
    return true;
  }
}
