package cellblock.inet.tcp;

import cellblock.inet.socket.SocketOption;
import cellblock.net.ifnet.OffloadOutput;
import cellblock.wire.TcpHeader;

/**
 * How much one segment carries where the link takes large ones whole: a multiple of the segment
 * size, so that cutting it on the way, which is {@link OffloadOutput}'s, gives full segments
 * (ancestor: TSO of tcp_default_output, netinet/tcp_output.c). Whether the link takes them is known
 * from the segment before: it may be another one with every packet. Threading: turns of the vnet's
 * lane.
 */
final class LargeSegment {
  /** Most bytes of an IP packet. */
  private static final int MOST = 65_535;

  private LargeSegment() {}

  /**
   * Data bytes of the next segment.
   *
   * @param len what may be sent, more than {@code mss}
   */
  static int length(Tcb t, int len, int mss) {
    boolean one =
        !t.takesLarge
            || t.inRecovery
            || t.dupAcks > 0
            || t.force
            || t.udpPort != 0
            || t.has(SocketOption.TCP_MD5SIG)
            || Seq.gt(t.sndUp, t.sndUna)
            || t.ecn.owesCwr()
            || t.tcp.settings.tso.get() == 0
            || !t.report.isEmpty()
            || t.ipOptionsOf().length > 0;
    if (one) {
      return mss;
    }
    int most = MOST - t.domain.headers() - (TcpHeader.MAXIMUM_LENGTH - TcpHeader.LENGTH);
    int whole = Math.min(len, most);
    return Math.max(mss, whole - whole % mss);
  }
}
