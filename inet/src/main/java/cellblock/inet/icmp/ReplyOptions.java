package cellblock.inet.icmp;

import cellblock.kern.mbuf.Mbuf;
import cellblock.wire.Ip4Header;
import cellblock.wire.Ip4Options;

/**
 * The options that go back with an answer: recorded routes and timestamps (ancestor: the second
 * half of icmp_reflect). Differs: a source route is not turned round; the answer goes by our own
 * route.
 */
final class ReplyOptions {
  private ReplyOptions() {}

  /** Keeps what goes back and cuts the rest out of the header; returns the header's new length. */
  static int keep(Mbuf m, int headerLength) {
    if (headerLength == Ip4Header.LENGTH) {
      return headerLength;
    }
    byte[] kept = new byte[Ip4Header.MAXIMUM_LENGTH];
    int length = 0;
    int end = m.off + headerLength;
    for (int at = m.off + Ip4Header.LENGTH; at < end; ) {
      int type = Ip4Options.type(m.buf, at);
      int option = Ip4Options.length(m.buf, at, end);
      if (type == Ip4Options.EOL || option < 0) {
        break;
      }
      if (type == Ip4Options.RR || type == Ip4Options.TS || type == Ip4Options.SECURITY) {
        System.arraycopy(m.buf, at, kept, length, option);
        length += option;
      }
      at += option;
    }
    length = length + 3 & ~3;
    int cut = headerLength - Ip4Header.LENGTH - length;
    System.arraycopy(m.buf, m.off, m.buf, m.off + cut, Ip4Header.LENGTH);
    m.adjust(cut);
    System.arraycopy(kept, 0, m.buf, m.off + Ip4Header.LENGTH, length);
    int header = Ip4Header.LENGTH + length;
    Ip4Header.putHeaderLength(m.buf, m.off, header);
    return header;
  }
}
