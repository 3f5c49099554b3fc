package cellblock.inet.ip6;

import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.mbuf.MbufPool;
import cellblock.wire.BigEndian;
import cellblock.wire.Ip6Header;
import cellblock.wire.IpProtocol;

/**
 * Cuts a packet of this host into fragments (ancestor: ip6_fragment of netinet6/ip6_output.c; RFC
 * 8200 section 4.5). Threading: the vnet's lane.
 */
final class Ip6Fragment {
  private Ip6Fragment() {}

  /**
   * Cuts {@code m}: the parts hang on the first by nextPacket; {@code m} is freed. Null when
   * nothing can be cut, {@code m} is untouched then.
   */
  static @org.jspecify.annotations.Nullable Mbuf cut(
      Mbuf m, int mtu, int id, MbufPool pool, Ip6Stats stats) {
    int fixed = unfragmentable(m);
    int piece = mtu - fixed - Ip6Header.FRAGMENT_LENGTH & ~7;
    if (fixed < 0 || piece < 8) {
      return null;
    }
    int nextAt = lastNext(m, fixed);
    int next = m.buf[m.off + nextAt] & 0xff;
    Mbuf first = null;
    Mbuf last = null;
    for (int at = fixed; at < m.len; at += piece) {
      int data = Math.min(piece, m.len - at);
      Mbuf f = pool.alloc(fixed + Ip6Header.FRAGMENT_LENGTH + data);
      System.arraycopy(m.buf, m.off, f.buf, f.off, fixed);
      f.buf[f.off + nextAt] = (byte) IpProtocol.FRAGMENT;
      int header = f.off + fixed;
      f.buf[header] = (byte) next;
      f.buf[header + 1] = 0;
      BigEndian.put16(f.buf, header + 2, at - fixed | (at + data < m.len ? 1 : 0));
      BigEndian.put32(f.buf, header + 4, id);
      System.arraycopy(m.buf, m.off + at, f.buf, header + Ip6Header.FRAGMENT_LENGTH, data);
      Ip6Header.putPayloadLength(f.buf, f.off, f.len - Ip6Header.LENGTH);
      f.flags = m.flags;
      f.fib = m.fib;
      f.priority = m.priority;
      f.flowId = m.flowId;
      if (last == null) {
        first = f;
      } else {
        last.nextPacket = f;
      }
      last = f;
      stats.ofragments++;
    }
    stats.fragmented++;
    pool.free(m);
    return first;
  }

  /** Bytes that every fragment repeats: all up to the hop-by-hop and routing headers; -1 = bad. */
  private static int unfragmentable(Mbuf m) {
    int at = m.off + Ip6Header.LENGTH;
    int end = m.off + m.len;
    int next = Ip6Header.nextHeader(m.buf, m.off);
    int keep = at;
    while (next == IpProtocol.HOPOPTS || next == IpProtocol.ROUTING || next == IpProtocol.DSTOPTS) {
      int kind = next;
      int after = Ip6Header.skip(m.buf, kind, at, end);
      if (after < 0) {
        return -1;
      }
      next = m.buf[at] & 0xff;
      at = after;
      if (kind != IpProtocol.DSTOPTS || next == IpProtocol.ROUTING) {
        keep = at;
      }
    }
    return keep - m.off;
  }

  /** Where the next-header field stands that names what follows the first {@code fixed} bytes. */
  private static int lastNext(Mbuf m, int fixed) {
    int field = 6;
    int at = Ip6Header.LENGTH;
    int next = Ip6Header.nextHeader(m.buf, m.off);
    while (at < fixed) {
      int after = Ip6Header.skip(m.buf, next, m.off + at, m.off + fixed);
      if (after < 0) {
        break;
      }
      field = at;
      next = m.buf[m.off + at] & 0xff;
      at = after - m.off;
    }
    return field;
  }
}
