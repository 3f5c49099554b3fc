package cellblock.inet.tcp;

import cellblock.kern.errno.Errno;
import cellblock.wire.TcpHeader;

/** SYN-SENT (RFC 9293 section 3.10.7.3), simultaneous open included. */
final class SynSentInput {
  private final Tcp tcp;

  SynSentInput(Tcp tcp) {
    this.tcp = tcp;
  }

  Step segment(Tcb t, Segment s) {
    boolean ack = s.has(TcpHeader.ACK);
    if (ack && (Seq.leq(s.ack, t.iss) || Seq.gt(s.ack, t.sndMax))) {
      return Step.RESET_DROP;
    }
    if (s.has(TcpHeader.RST)) {
      if (ack) {
        t.drop(Errno.ECONNREFUSED);
      }
      return Step.DROP;
    }
    if (!s.has(TcpHeader.SYN)) {
      return Step.DROP;
    }
    t.receiveSequence(s.seq);
    t.rcvWnd = t.receiveSpace();
    t.rcvAdv = t.rcvNxt + Math.min(t.rcvWnd, 65535);
    t.rcvWnd = Math.min(t.rcvWnd, 65535);
    t.lastAckSent = t.rcvNxt;
    SynNegotiation.take(t, s);
    t.ecn.answered(s);
    s.clear(TcpHeader.SYN);
    s.seq++;
    t.ackNow = true;
    if (ack) {
      connected(t, s);
    } else {
      t.state(TcpState.SYN_RECEIVED); // both sides opened: the SYN goes again, with an ACK
      t.sndNxt = t.iss;
      t.sndWl1 = s.seq - 1;
    }
    trim(t, s);
    return Step.NEXT;
  }

  private void connected(Tcb t, Segment s) {
    int shift = t.rxtShift;
    if (t.cookie != null) {
      tcp.fastOpen.answered(t, s);
    }
    int data = Math.clamp(s.ack - t.sndBase, 0, t.so.send.size());
    t.so.send.drop(data);
    t.sndBase += data;
    t.sndUna = s.ack;
    t.sndNxt = t.sndUna; // data of the SYN that was not taken goes again
    t.timers.stopRexmt();
    if (t.timestamps && s.tsEcr != 0) {
      t.timers.sample((t.tsNow() - s.tsEcr) * Tcp.MS);
    } else if (t.rttStart != 0 && shift == 0) {
      t.timers.sample(t.now() - t.rttStart);
    }
    t.rxtShift = 0;
    t.sndWnd = s.windowField; // never scaled in a SYN
    t.maxSndWnd = t.sndWnd;
    t.sndWl1 = s.seq - 1;
    t.sndWl2 = s.ack;
    if (shift > 0) {
      t.sndCwnd = t.segmentSize(); // RFC 5681: the SYN was lost
    }
    t.established();
  }

  /** What does not fit the window: data beyond it waits for its retransmission. */
  private void trim(Tcb t, Segment s) {
    if (s.dataLen > t.rcvWnd) {
      int over = s.dataLen - t.rcvWnd;
      s.dataLen = t.rcvWnd;
      s.clear(TcpHeader.FIN);
      tcp.stats.rcvpackafterwin++;
      tcp.stats.rcvbyteafterwin += over;
    }
  }
}
