package cellblock.inet.tcp;

import cellblock.wire.Ip4Header;
import cellblock.wire.TcpHeader;

/**
 * Explicit congestion notification of one connection (RFC 3168; ancestor: netinet/tcp_ecn.c, of
 * which accurate ECN is left out). Threading: turns of the vnet's lane.
 */
final class Ecn {
  private static final int ECT0 = 2;

  private final Tcb t;

  /** Both sides speak it: TF2_ECN_PERMIT. */
  boolean permitted;

  private boolean offered;

  /** A mark was seen and the peer does not know that we told it: TF2_ECN_SND_ECE. */
  private boolean sendEce;

  private boolean sendCwr;
  private boolean reduced;
  private int recover;

  Ecn(Tcb t) {
    this.t = t;
  }

  // ---- handshake ----

  /** The flags of a SYN without an acknowledgment: tcp_ecn_output_syn_sent. */
  int syn() {
    boolean offers =
        t.tcp.settings.ecnEnable.get() == 1 && t.rxtShift <= t.tcp.settings.ecnMaxretries.get();
    offered |= offers;
    return offers ? TcpHeader.ECE | TcpHeader.CWR : 0;
  }

  /** The flags of a SYN that acknowledges one. */
  int synAck() {
    return permitted ? TcpHeader.ECE : 0;
  }

  /** Whether the peer's SYN asks for it, and this host grants it. */
  static boolean wanted(TcpSettings settings, Segment s) {
    return settings.ecnEnable.get() != 0
        && (s.flags & (TcpHeader.ECE | TcpHeader.CWR)) == (TcpHeader.ECE | TcpHeader.CWR);
  }

  /** In SYN-SENT a SYN came: tcp_ecn_input_syn_sent, and tcp_ecn_input_parallel_syn. */
  void answered(Segment s) {
    boolean both = s.has(TcpHeader.ECE) && s.has(TcpHeader.CWR);
    boolean echo = s.has(TcpHeader.ECE) && !s.has(TcpHeader.CWR);
    if (s.has(TcpHeader.ACK) ? echo && offered : both && wanted(t.tcp.settings, s)) {
      begin();
    }
  }

  void begin() {
    permitted = true;
    t.tcp.stats.ecnShs++;
  }

  // ---- segments ----

  /** A segment came: tcp_ecn_input_segment. */
  void received(Segment s) {
    if (!permitted) {
      return;
    }
    TcpStats stats = t.tcp.stats;
    int mark = s.tos & Ip4Header.ECN_CE;
    switch (mark) {
      case Ip4Header.ECN_CE -> stats.ecnCe++;
      case ECT0 -> stats.ecnEct0++;
      case 1 -> stats.ecnEct1++;
      default -> {}
    }
    if (s.has(TcpHeader.CWR)) {
      sendEce = false;
      t.ackNow = true;
    }
    if (mark == Ip4Header.ECN_CE) {
      sendEce = true;
    }
    if (s.has(TcpHeader.ACK) && reduced && Seq.geq(s.ack, recover)) {
      reduced = false;
    }
    if (s.has(TcpHeader.ECE) && s.has(TcpHeader.ACK) && Seq.gt(s.ack, t.sndUna)) {
      reduce();
    }
  }

  /** The path is congested: CC_ECN, once a window. */
  private void reduce() {
    if (reduced || t.inRecovery) {
      return;
    }
    t.tcp.stats.ecnRcwnd++;
    t.cc.loss(t.ccVar);
    t.sndCwnd = t.sndSsthresh;
    recover = t.sndMax + 1;
    reduced = true;
    sendCwr = true;
  }

  /** Loss recovery cut the window: the peer may stop its echo. */
  void cut() {
    sendCwr |= permitted;
  }

  /** The flags of a segment of an open connection; {@link #mark} tells its codepoint. */
  int output(boolean newData) {
    if (!permitted) {
      return 0;
    }
    int flags = sendEce ? TcpHeader.ECE : 0;
    if (newData && sendCwr) {
      flags |= TcpHeader.CWR;
      sendCwr = false;
    }
    return flags;
  }

  /** Whether the next new data says that the window was cut: in one segment alone. */
  boolean owesCwr() {
    return sendCwr;
  }

  /** The codepoint in the IP header: new data alone is capable of ECN. */
  int mark(boolean newData) {
    return permitted && newData ? ECT0 : 0;
  }
}
