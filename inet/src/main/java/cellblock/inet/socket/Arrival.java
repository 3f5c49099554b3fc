package cellblock.inet.socket;

import cellblock.wire.Family;
import cellblock.wire.Ip6Header;

/**
 * What is known of a packet besides its bytes when it is put into a receive buffer, or taken out of
 * it; one object of a vnet or of a reader, filled in anew for each packet. Addresses are
 * left-aligned keys ({@code IpAddress.hi}, {@code lo}). Threading: the lane, or the reader.
 */
public final class Arrival {
  private static final long MAPPED = 0xffffL << 32;

  public Family family = Family.INET;
  public long fromHi;
  public long fromLo;
  public int fromPort;
  public long toHi;
  public long toLo;
  public int ttl;
  public int tos;
  public int toPort;
  public int ifindex;

  /** Bits of {@link CmsgType}: what the socket asks for. */
  int asked;

  /** Where the extension headers of an IPv6 packet stand, and what the first is; none for IPv4. */
  private byte[] headers = {};

  int headersOff;
  int headersLength;
  int firstHeader;
  public long nanos;

  /** The addresses of an IPv4 packet. */
  public void inet(int from, int port, int to) {
    family = Family.INET;
    fromHi = (long) from << 32;
    fromLo = 0;
    fromPort = port;
    toPort = 0;
    headersLength = 0;
    toHi = (long) to << 32;
    toLo = 0;
  }

  /** The same for a socket of IPv6: in6_sin_2_v4mapsin6. */
  public void mapped() {
    family = Family.INET6;
    fromLo = MAPPED | fromHi >>> 32;
    fromHi = 0;
    toLo = MAPPED | toHi >>> 32;
    toHi = 0;
  }

  /** What the IPv6 header at {@code off} says. */
  public void inet6(byte[] buf, int off, int port, int index) {
    family = Family.INET6;
    fromHi = Ip6Header.sourceHi(buf, off);
    fromLo = Ip6Header.sourceLo(buf, off);
    fromPort = port;
    toPort = 0;
    headersLength = 0;
    toHi = Ip6Header.destinationHi(buf, off);
    toLo = Ip6Header.destinationLo(buf, off);
    ttl = Ip6Header.hopLimit(buf, off);
    tos = Ip6Header.trafficClass(buf, off);
    ifindex = index;
  }

  /** The extension headers of an IPv6 packet are the first {@code length} bytes behind its own. */
  public void headers(byte[] buf, int off, int length) {
    headers = buf;
    headersOff = off + Ip6Header.LENGTH;
    headersLength = length;
    firstHeader = Ip6Header.nextHeader(buf, off);
  }

  /** How many bytes of extension headers the socket is told of. */
  int headersAsked() {
    return (asked & CmsgType.HEADERS) == 0 ? 0 : headersLength;
  }

  byte[] headers() {
    return headers;
  }
}
