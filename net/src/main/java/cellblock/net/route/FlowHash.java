package cellblock.net.route;

import cellblock.wire.BigEndian;
import cellblock.wire.Family;
import cellblock.wire.Ip4Header;
import cellblock.wire.Ip6Header;
import cellblock.wire.IpProtocol;

/**
 * Which flow a packet belongs to, for routes with several paths: packets of one flow take the same
 * one, and flows are spread. By addresses, protocol and ports; fragments, and what has extension
 * headers, by addresses alone (ancestor: fib4_calc_packet_hash and fib6_calc_packet_hash of
 * net/route, which use Toeplitz; here multiplications mix). Stateless.
 */
final class FlowHash {
  private static final long MIX = 0x9e3779b97f4a7c15L;

  private FlowHash() {}

  /** The flow of the packet of {@code len} bytes at {@code off}. */
  static int of(Family family, byte[] buf, int off, int len) {
    return family == Family.INET ? of4(buf, off, len) : of6(buf, off, len);
  }

  private static int of4(byte[] buf, int off, int len) {
    long source = Ip4Header.source(buf, off);
    long addresses = source << 32 ^ Ip4Header.destination(buf, off) & 0xffff_ffffL;
    int protocol = Ip4Header.protocol(buf, off);
    int header = Ip4Header.isFragment(buf, off) ? len : Ip4Header.headerLength(buf, off);
    return mixed(addresses, protocol, ports(buf, off + header, len - header, protocol));
  }

  private static int of6(byte[] buf, int off, int len) {
    long source = Ip6Header.sourceHi(buf, off) * MIX ^ Ip6Header.sourceLo(buf, off);
    long destination = Ip6Header.destinationHi(buf, off) * MIX ^ Ip6Header.destinationLo(buf, off);
    int protocol = Ip6Header.nextHeader(buf, off);
    int header = Ip6Header.LENGTH;
    return mixed(
        source * MIX ^ destination, protocol, ports(buf, off + header, len - header, protocol));
  }

  private static int ports(byte[] buf, int at, int left, int protocol) {
    boolean has = protocol == IpProtocol.TCP || protocol == IpProtocol.UDP;
    return has && left >= 4 ? BigEndian.get32(buf, at) : 0;
  }

  private static int mixed(long addresses, int protocol, int ports) {
    long h = (addresses ^ (long) protocol << 56) * MIX;
    h = (h ^ h >>> 32 ^ ports) * MIX;
    return (int) (h >>> 32);
  }
}
