package cellblock.inet.tcp;

import cellblock.kern.errno.Errno;
import cellblock.wire.TcpHeader;

/**
 * First to fourth of RFC 9293 section 3.10.7.4: RST and SYN in the window (RFC 5961), PAWS (RFC
 * 7323), and the part of the segment that lies in the window.
 */
final class SequenceCheck {
  private static final long PAWS_IDLE = 24L * 86_400 * 1_000_000_000L;

  private final Tcp tcp;
  private final TcpStats stats;

  SequenceCheck(Tcp tcp) {
    this.tcp = tcp;
    this.stats = tcp.stats;
  }

  Step segment(Tcb t, Segment s) {
    t.rcvWnd = Math.max(t.receiveSpace(), t.rcvAdv - t.rcvNxt);
    if (s.has(TcpHeader.RST)) {
      return reset(t, s);
    }
    if (t.timestamps && !s.hasTs && tcp.settings.tolerateMissingTs.get() == 0) {
      return Step.DROP; // RFC 7323 section 3.2
    }
    if (s.has(TcpHeader.SYN) && t.state != TcpState.SYN_RECEIVED) {
      return syn(t, s);
    }
    if (t.timestamps && s.hasTs && t.tsRecent != 0 && Seq.lt(s.tsVal, t.tsRecent)) {
      Step step = paws(t, s);
      if (step != Step.NEXT) {
        return step;
      }
    }
    if (t.state == TcpState.SYN_RECEIVED && Seq.lt(s.seq, t.irs)) {
      return Step.RESET_DROP;
    }
    front(t, s);
    if (t.so.isClosed() && t.state.compareTo(TcpState.CLOSE_WAIT) > 0 && s.dataLen > 0) {
      stats.rcvafterclose++;
      t.close();
      return Step.RESET_DROP;
    }
    Step step = back(t, s);
    if (step != Step.NEXT) {
      return step;
    }
    if (t.timestamps
        && s.hasTs
        && Seq.leq(s.seq, t.lastAckSent)
        && Seq.leq(t.lastAckSent, s.seq + s.length())) {
      t.tsRecent = s.tsVal;
      t.tsRecentAge = t.now();
    }
    if (!s.has(TcpHeader.ACK)) {
      return t.ackNow ? Step.ACK_DROP : Step.DROP;
    }
    return Step.NEXT;
  }

  /** RFC 5961 section 4.2, or what was done before it when so asked. */
  private Step syn(Tcb t, Segment s) {
    stats.badsyn++;
    boolean inWindow = Seq.geq(s.seq, t.lastAckSent) && Seq.lt(s.seq, t.lastAckSent + t.rcvWnd);
    if (inWindow && tcp.settings.insecureSyn.get() != 0) {
      t.drop(Errno.ECONNRESET);
      return Step.DROP;
    }
    return Step.CHALLENGE;
  }

  private Step reset(Tcb t, Segment s) {
    boolean inWindow =
        Seq.geq(s.seq, t.lastAckSent) && Seq.lt(s.seq, t.lastAckSent + t.rcvWnd)
            || t.rcvWnd == 0 && t.lastAckSent == s.seq;
    if (!inWindow) {
      stats.badrst++;
      return Step.DROP;
    }
    if (s.seq != t.lastAckSent && tcp.settings.insecureRst.get() == 0) {
      stats.badrst++;
      return Step.CHALLENGE;
    }
    switch (t.state) {
      case SYN_RECEIVED -> t.so.fail(Errno.ECONNREFUSED);
      case ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, CLOSE_WAIT, CLOSING, LAST_ACK ->
          t.so.fail(Errno.ECONNRESET);
      default -> {}
    }
    stats.drops++;
    t.close();
    return Step.DROP;
  }

  private Step paws(Tcb t, Segment s) {
    if (t.now() - t.tsRecentAge > PAWS_IDLE) {
      t.tsRecent = 0;
      return Step.NEXT;
    }
    stats.rcvduppack++;
    stats.rcvdupbyte += s.dataLen;
    stats.pawsdrop++;
    return s.dataLen > 0 ? Step.ACK_DROP : Step.DROP;
  }

  /** Cuts off what came before. */
  private void front(Tcb t, Segment s) {
    int todrop = t.rcvNxt - s.seq;
    if (todrop <= 0) {
      return;
    }
    if (s.has(TcpHeader.SYN)) {
      s.clear(TcpHeader.SYN);
      s.seq++;
      todrop--;
    }
    if (todrop > s.dataLen || todrop == s.dataLen && !s.has(TcpHeader.FIN)) {
      // All of it is known, the FIN too; the peer may have missed our acknowledgment.
      s.clear(TcpHeader.FIN);
      t.ackNow = true;
      twice(t, s.seq, s.dataLen);
      todrop = s.dataLen;
      stats.rcvduppack++;
      stats.rcvdupbyte += todrop;
      s.trimFront(todrop);
      return;
    }
    stats.rcvpartduppack++;
    stats.rcvpartdupbyte += todrop;
    twice(t, s.seq, todrop);
    s.trimFront(todrop);
  }

  /** It is told at once, before the next segment in order takes the news away. */
  private static void twice(Tcb t, int from, int bytes) {
    if (t.sackPermitted && bytes > 0) {
      t.report.head(from, from + bytes, t.rcvNxt);
      t.ackNow = true;
    }
  }

  /** Cuts off what lies beyond the window. */
  private Step back(Tcb t, Segment s) {
    int todrop = s.seq + s.dataLen - (t.rcvNxt + t.rcvWnd);
    if (todrop <= 0) {
      return Step.NEXT;
    }
    stats.rcvpackafterwin++;
    if (todrop >= s.dataLen) {
      stats.rcvbyteafterwin += s.dataLen;
      if (t.rcvWnd == 0 && s.seq == t.rcvNxt) {
        t.ackNow = true;
        stats.rcvwinprobe++;
      } else {
        return Step.ACK_DROP;
      }
    } else {
      stats.rcvbyteafterwin += todrop;
    }
    s.dataLen -= todrop;
    s.clear(TcpHeader.PSH | TcpHeader.FIN);
    return Step.NEXT;
  }
}
