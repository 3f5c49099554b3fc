package cellblock.inet.ip;

import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.mbuf.MbufPool;
import cellblock.wire.BigEndian;
import cellblock.wire.Ip4Header;
import cellblock.wire.Ip4Options;

/**
 * Cuts a packet into fragments (ancestor: ip_fragment and ip_optcopy of netinet/ip_output.c). The
 * first keeps all options, the others those that ask to be copied. Threading: the vnet's lane.
 */
final class Ip4Fragment {
  private Ip4Fragment() {}

  /**
   * Cuts {@code m} so that each part fits {@code mtu}. The parts hang on {@code m} by nextPacket;
   * every header checksum is filled in. Returns how many there are, 0 when nothing can be cut.
   */
  static int cut(Mbuf m, int mtu, MbufPool pool, Ip4Stats stats) {
    int header = Ip4Header.headerLength(m.buf, m.off);
    int piece = mtu - header & ~7;
    if (piece < 8) {
      return 0;
    }
    int total = m.len;
    int offset = Ip4Header.fragmentOffset(m.buf, m.off);
    boolean moreBehind = Ip4Header.moreFragments(m.buf, m.off);
    byte[] copied = new byte[header];
    int otherHeader = copyHeader(m, copied, header);
    Mbuf tail = m;
    int parts = 1;
    int rest = mtu - otherHeader & ~7;
    for (int at = header + piece; at < total; at += rest) {
      int data = Math.min(rest, total - at);
      boolean more = moreBehind || at + data < total;
      Mbuf f = pool.alloc(otherHeader + data);
      System.arraycopy(copied, 0, f.buf, f.off, otherHeader);
      System.arraycopy(m.buf, m.off + at, f.buf, f.off + otherHeader, data);
      finish(f, offset + at - header, more);
      f.flags = m.flags;
      f.fib = m.fib;
      f.priority = m.priority;
      f.flowId = m.flowId;
      tail.nextPacket = f;
      tail = f;
      parts++;
    }
    m.len = header + piece;
    finish(m, offset, true);
    stats.fragmented++;
    stats.ofragments += parts;
    return parts;
  }

  private static void finish(Mbuf f, int offset, boolean more) {
    Ip4Header.putTotalLength(f.buf, f.off, f.len);
    Ip4Header.putOffsetField(f.buf, f.off, offset >> 3 | (more ? Ip4Header.MF : 0));
    Ip4Header.fillChecksum(f.buf, f.off);
  }

  /** The header of the later fragments; returns its length. */
  private static int copyHeader(Mbuf m, byte[] to, int header) {
    System.arraycopy(m.buf, m.off, to, 0, Ip4Header.LENGTH);
    int length = Ip4Header.LENGTH;
    int end = m.off + header;
    for (int at = m.off + Ip4Header.LENGTH; at < end; ) {
      int type = m.buf[at] & 0xff;
      int option = Ip4Options.length(m.buf, at, end);
      if (type == Ip4Options.EOL || option < 0) {
        break;
      }
      if (type != Ip4Options.NOP && (type & Ip4Options.COPIED) != 0) {
        System.arraycopy(m.buf, at, to, length, option);
        length += option;
      }
      at += option;
    }
    while ((length & 3) != 0) {
      to[length++] = 0;
    }
    BigEndian.put8(to, 0, Ip4Header.VERSION << 4 | length >> 2);
    return length;
  }
}
