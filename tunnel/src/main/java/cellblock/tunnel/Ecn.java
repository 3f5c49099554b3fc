package cellblock.tunnel;

import cellblock.wire.BigEndian;
import cellblock.wire.Checksum;
import cellblock.wire.Ip4Header;
import cellblock.wire.Ip6Header;

/**
 * Congestion marks on their way into a tunnel and out (ancestor: netinet/ip_ecn.c). The normal mode
 * of RFC 6040, section 4.
 */
public final class Ecn {
  private static final int MASK = 3;
  private static final int ECT_1 = 1;
  private static final int ECT_0 = 2;
  private static final int CE = 3;

  private Ecn() {}

  /** TOS or traffic class of the IP packet that begins at {@code off}. */
  public static int tos(byte[] buf, int off) {
    return Ip4Header.version(buf, off) == Ip4Header.VERSION
        ? Ip4Header.tos(buf, off)
        : Ip6Header.trafficClass(buf, off);
  }

  /**
   * Takes the outer header's mark over into the inner packet at {@code off} (section 4.2).
   *
   * @return false: congestion is marked on a packet that cannot say so, it is to be dropped
   */
  public static boolean egress(int outer, byte[] buf, int off) {
    int mark = outer & MASK;
    int inner = tos(buf, off) & MASK;
    if (mark == CE && inner == 0) {
      return false;
    }
    if (mark == CE && inner != CE || mark == ECT_1 && inner == ECT_0) {
      put(buf, off, mark);
    }
    return true;
  }

  private static void put(byte[] buf, int off, int mark) {
    if (Ip4Header.version(buf, off) == Ip4Header.VERSION) {
      int before = BigEndian.get16(buf, off);
      int after = before & ~MASK | mark;
      BigEndian.put16(buf, off, after);
      Ip4Header.putChecksum(
          buf, off, Checksum.update16(Ip4Header.checksum(buf, off), before, after));
    } else {
      int traffic = Ip6Header.trafficClass(buf, off) & ~MASK | mark;
      Ip6Header.putFlow(buf, off, traffic, Ip6Header.flowLabel(buf, off));
    }
  }
}
