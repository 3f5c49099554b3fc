package cellblock.net.ifnet;

import cellblock.kern.errno.Errno;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.mbuf.MbufPool;
import cellblock.wire.Checksum;
import cellblock.wire.EtherHeader;
import cellblock.wire.Ip4Header;
import cellblock.wire.Ip6Header;
import cellblock.wire.IpProtocol;
import cellblock.wire.TcpHeader;
import cellblock.wire.UdpHeader;
import org.jspecify.annotations.Nullable;

/**
 * What a sender left to the link and the link does not do: transport checksums, and the cutting of
 * large TCP segments. {@link Ifnet#transmit} comes here with every packet of which something was
 * left undone, so that it holds for what this host sends, forwards or bridges (ancestors:
 * in_delayed_cksum of netinet/ip_output.c, in6_delayed_cksum of netinet6; the cutting is what
 * FreeBSD leaves to network cards, tso_segsz of struct pkthdr). Threading: the vnet's lane.
 */
public final class OffloadOutput {
  private static final int PSH = TcpHeader.PSH;

  private OffloadOutput() {}

  /** Whether something of {@code m} was left to the link. */
  static boolean owes(Mbuf m) {
    return m.segmentSize != 0 || (m.csumFlags & Mbuf.CSUM_DATA_DELAYED) != 0;
  }

  // ---- for IP, with m at its IP header ----

  /**
   * Whether {@code m} needs no fragments on a link of {@code mtu} bytes: a large segment fits where
   * the segments do that it may be cut into.
   */
  public static boolean fits(Mbuf m, int mtu) {
    return m.len <= mtu || (m.segmentSize > 0 && headers(m, 0) + m.segmentSize <= mtu);
  }

  /**
   * Leaves the checksum of a TCP or UDP packet to the link: the field gets the sum of the
   * pseudo-header, as FreeBSD's does.
   *
   * @param field offset of the checksum field in the buffer
   * @param pseudo partial sum of the pseudo-header
   */
  public static void delayChecksum(Mbuf m, int field, int pseudo) {
    m.buf[field] = (byte) (pseudo >>> 8);
    m.buf[field + 1] = (byte) pseudo;
    m.csumFlags |= Mbuf.CSUM_DATA_DELAYED;
  }

  /**
   * Does what was left undone before {@code m} is cut into fragments, which no link understands.
   */
  public static void fillChecksum(Mbuf m) {
    if ((m.csumFlags & Mbuf.CSUM_DATA_DELAYED) != 0) {
      fill(m, 0);
    }
  }

  // ---- for the link, with m at its link header ----

  /** Transmits {@code m}, of which the link is owed something, as the link can take it. */
  static @Nullable Errno transmit(Ifnet ifp, Mbuf m) {
    int link = linkHeader(ifp, m);
    if (m.len <= link) {
      return ifp.deliver(m);
    }
    int does = ifp.hwassist();
    boolean four = m.buf[m.off + link] >> 4 == Ip4Header.VERSION;
    boolean sums = (does & (four ? IfFacts.ASSIST_CSUM : IfFacts.ASSIST_CSUM_IPV6)) != 0;
    boolean cuts = (does & (four ? IfFacts.ASSIST_TSO4 : IfFacts.ASSIST_TSO6)) != 0;
    if (m.segmentSize > 0 && !cuts && isTcp(m, link)) {
      return cut(ifp, m, link, sums);
    }
    if (!sums && (m.csumFlags & Mbuf.CSUM_DATA_DELAYED) != 0) {
      fill(m, link);
    }
    return ifp.deliver(m);
  }

  private static int linkHeader(Ifnet ifp, Mbuf m) {
    int link = ifp.headerLen();
    boolean tagged =
        link == EtherHeader.LENGTH && m.len > link && EtherHeader.isTagged(m.buf, m.off);
    return tagged ? link + EtherHeader.TAG_LENGTH : link;
  }

  private static boolean isTcp(Mbuf m, int link) {
    int at = m.off + link;
    return m.buf[at] >> 4 == Ip4Header.VERSION
        ? Ip4Header.protocol(m.buf, at) == IpProtocol.TCP
        : Ip6Header.nextHeader(m.buf, at) == IpProtocol.TCP;
  }

  private static int ipHeader(Mbuf m, int link) {
    int at = m.off + link;
    return m.buf[at] >> 4 == Ip4Header.VERSION
        ? Ip4Header.headerLength(m.buf, at)
        : Ip6Header.LENGTH;
  }

  /** IP and TCP headers of a large segment, bytes. */
  private static int headers(Mbuf m, int link) {
    int ip = ipHeader(m, link);
    return ip + TcpHeader.headerLength(m.buf, m.off + link + ip);
  }

  /** Computes the checksum of the TCP or UDP packet behind {@code link} bytes of link header. */
  private static void fill(Mbuf m, int link) {
    m.csumFlags &= ~(Mbuf.CSUM_DATA_DELAYED | Mbuf.CSUM_DATA_VALID);
    int ip = m.off + link;
    boolean four = m.buf[ip] >> 4 == Ip4Header.VERSION;
    int header = four ? Ip4Header.headerLength(m.buf, ip) : Ip6Header.LENGTH;
    int protocol = four ? Ip4Header.protocol(m.buf, ip) : Ip6Header.nextHeader(m.buf, ip);
    int length = m.len - link - header;
    int pseudo =
        four ? Ip4Header.pseudo(m.buf, ip, length) : Ip6Header.pseudo(m.buf, ip, protocol, length);
    int at = ip + header;
    if (protocol == IpProtocol.TCP && length >= TcpHeader.LENGTH) {
      TcpHeader.fillChecksum(m.buf, at, pseudo, length);
    } else if (protocol == IpProtocol.UDP && length >= UdpHeader.LENGTH) {
      UdpHeader.putChecksum(m.buf, at, 0);
      int sum = Checksum.add(pseudo, Checksum.sum(m.buf, at, length));
      UdpHeader.putChecksum(m.buf, at, Checksum.finishUdp(sum));
    }
  }

  /** Cuts a large segment; stops at the first part that the link refuses. Takes {@code m}. */
  private static @Nullable Errno cut(Ifnet ifp, Mbuf m, int link, boolean sums) {
    MbufPool pool = ifp.vnet().mbufs();
    int headers = link + headers(m, link);
    Errno error = null;
    for (int at = headers, nth = 0; at < m.len && error == null; at += m.segmentSize, nth++) {
      Mbuf part = part(pool, m, link, headers, at, nth);
      if (!sums) {
        fill(part, link);
      }
      error = ifp.deliver(part);
    }
    pool.free(m);
    return error;
  }

  /** The segment of {@code m} that begins at byte {@code at}, its checksum not yet computed. */
  private static Mbuf part(MbufPool pool, Mbuf m, int link, int headers, int at, int nth) {
    int data = Math.min(m.segmentSize, m.len - at);
    boolean last = at + data == m.len;
    Mbuf part = pool.alloc(headers + data);
    System.arraycopy(m.buf, m.off, part.buf, part.off, headers);
    System.arraycopy(m.buf, m.off + at, part.buf, part.off + headers, data);
    part.flags = m.flags;
    part.csumFlags = m.csumFlags;
    part.flowId = m.flowId;
    part.fib = m.fib;
    part.hops = m.hops;
    byte[] b = part.buf;
    int ip = part.off + link;
    int tcp = ip + ipHeader(part, link);
    int length = part.off + part.len - tcp;
    int flags = TcpHeader.flags(b, tcp);
    if (!last) {
      flags &= ~(TcpHeader.FIN | PSH);
    }
    if (nth > 0) {
      flags &= ~TcpHeader.CWR; // once is enough (RFC 3168 section 6.1.2)
    }
    TcpHeader.putLengthAndFlags(b, tcp, TcpHeader.headerLength(b, tcp), flags);
    TcpHeader.putSequence(b, tcp, TcpHeader.sequence(b, tcp) + at - headers);
    int pseudo;
    if (b[ip] >> 4 == Ip4Header.VERSION) {
      Ip4Header.putTotalLength(b, ip, part.len - link);
      int id = Ip4Header.id(b, ip);
      Ip4Header.putId(b, ip, id == 0 ? 0 : id + nth & 0xffff); // an atomic one has none (RFC 6864)
      Ip4Header.fillChecksum(b, ip);
      pseudo = Ip4Header.pseudo(b, ip, length);
    } else {
      Ip6Header.putPayloadLength(b, ip, part.len - link - Ip6Header.LENGTH);
      pseudo = Ip6Header.pseudo(b, ip, IpProtocol.TCP, length);
    }
    TcpHeader.putChecksum(b, tcp, pseudo);
    return part;
  }
}
