package cellblock.inet.tcp;

import cellblock.wire.TcpHeader;

/**
 * Fifth of RFC 9293 section 3.10.7.4: what an acknowledgment means for what was sent, and the
 * peer's window; the connection's {@link TcpStack} hears of it. In its state part: our FIN
 * acknowledged.
 */
final class AckInput {
  private final Tcp tcp;
  private final TcpStats stats;

  AckInput(Tcp tcp) {
    this.tcp = tcp;
    this.stats = tcp.stats;
  }

  Step segment(Tcb t, Segment s) {
    int window = s.windowField << t.sndScale;
    if (t.state == TcpState.SYN_RECEIVED) {
      if (Seq.leq(s.ack, t.sndUna) || Seq.gt(s.ack, t.sndMax)) {
        return Step.RESET_DROP;
      }
      opened(t, s, window);
    }
    if (Seq.gt(s.ack, t.sndMax)) {
      stats.rcvacktoomuch++;
      return Step.CHALLENGE;
    }
    if (tcp.settings.insecureAck.get() == 0
        && Seq.lt(s.ack, t.sndUna - Math.max(t.maxSndWnd, 65535))) {
      return Step.CHALLENGE; // RFC 5961 section 5
    }
    int before = t.scoreboard.sacked();
    int news = 0;
    if (t.sackPermitted && s.sacks > 0) {
      stats.sackRcvBlocks += s.sacks;
      news = t.scoreboard.update(t, s);
    }
    if (Seq.leq(s.ack, t.sndUna)) {
      old(t, s, window, news);
    } else {
      Step step = fresh(t, s, news, before);
      if (step != Step.NEXT) {
        return step;
      }
    }
    window(t, s, window);
    return Step.NEXT;
  }

  /** The last segment of a handshake. */
  private void opened(Tcb t, Segment s, int window) {
    t.sndWnd = window;
    t.maxSndWnd = window;
    t.sndWl1 = s.seq - 1;
    t.sndWl2 = s.ack;
    boolean finDue = t.finSent;
    t.established();
    if (finDue) {
      t.state(TcpState.FIN_WAIT_1);
    }
  }

  // ---- nothing new ----

  private void old(Tcb t, Segment s, int window, int news) {
    boolean duplicate =
        s.ack == t.sndUna
            && s.dataLen == 0
            && !s.has(TcpHeader.FIN)
            && t.sndMax != t.sndUna
            && (window == t.sndWnd || news > 0)
            && (!t.sackPermitted || s.sacks == 0 && t.scoreboard.count == 0 || news > 0);
    if (!duplicate && t.sndMax == t.sndUna) {
      t.dupAcks = 0;
    }
    t.stack.acked(s, 0, news, news, duplicate);
  }

  // ---- something new ----

  private Step fresh(Tcb t, Segment s, int news, int before) {
    int acked = s.ack - t.sndUna - (t.sndUna == t.iss ? 1 : 0); // the SYN opens no window
    t.ackedAt = t.now();
    stats.rcvackpack++;
    stats.rcvackbyte += acked;
    if (t.timestamps && s.hasTs && s.tsEcr != 0) {
      t.timers.sample((t.tsNow() - s.tsEcr) * Tcp.MS);
    } else if (t.rttStart != 0 && Seq.gt(s.ack, t.rttSeq) && t.rxtShift == 0) {
      t.timers.sample(t.now() - t.rttStart);
    }
    t.rxtShift = 0;
    int size = t.so.send.size();
    int data = Math.clamp(s.ack - t.sndBase, 0, size);
    boolean finAcked = t.finSent && s.ack == t.sndBase + size + 1;
    t.so.send.drop(data);
    t.sndBase += data;
    t.sndUna = s.ack;
    t.sndUp = Seq.max(t.sndUp, s.ack);
    t.sndNxt = Seq.max(t.sndNxt, t.sndUna);
    t.highRxt = Seq.max(t.highRxt, t.sndUna);
    t.scoreboard.trim(t.sndUna);
    if (data > 0) {
      autosize(t);
      t.so.drained();
    }
    timer(t);
    t.stack.acked(s, acked, news, acked + t.scoreboard.sacked() - before, false);
    return finAcked ? finAcked(t) : Step.NEXT;
  }

  private static void timer(Tcb t) {
    if (t.sndUna == t.sndMax) {
      t.timers.stopRexmt();
    } else if (!t.timers.persistPending()) {
      t.timers.startRexmt();
    }
  }

  /** The send buffer follows the congestion window: tcp_sndbuf_autotune. */
  private void autosize(Tcb t) {
    TcpSettings set = tcp.settings;
    int limit = t.so.send.limit();
    boolean full = t.so.send.size() >= limit / 8 * 5 || t.flight() >= limit / 2;
    boolean grow =
        set.sendbufAuto.get() != 0
            && full
            && limit < set.sendbufMax.get()
            && t.sndWnd / 4 * 5 >= limit
            && Math.min(t.sndWnd, t.sndCwnd) >= t.flight();
    if (grow) {
      t.so.send.limit(Math.min(limit + set.sendbufInc.get(), set.sendbufMax.get()));
    }
  }

  private Step finAcked(Tcb t) {
    switch (t.state) {
      case FIN_WAIT_1 -> {
        t.state(TcpState.FIN_WAIT_2);
        if (t.so.isClosed()) {
          t.timers.finWait2();
        }
      }
      case CLOSING -> {
        t.timeWait();
      }
      case LAST_ACK -> {
        t.close();
        return Step.DROP;
      }
      default -> {}
    }
    return Step.NEXT;
  }

  // ---- the peer's window ----

  private void window(Tcb t, Segment s, int window) {
    boolean newer =
        Seq.lt(t.sndWl1, s.seq)
            || t.sndWl1 == s.seq
                && (Seq.lt(t.sndWl2, s.ack) || t.sndWl2 == s.ack && window > t.sndWnd);
    if (!newer) {
      return;
    }
    if (s.dataLen == 0 && t.sndWl2 == s.ack && window > t.sndWnd) {
      stats.rcvwinupd++;
    }
    boolean opens = t.sndWnd == 0 && window > 0;
    t.sndWnd = window;
    t.sndWl1 = s.seq;
    t.sndWl2 = s.ack;
    t.maxSndWnd = Math.max(t.maxSndWnd, window);
    if (opens && t.timers.persistPending()) {
      t.timers.stopPersist();
      t.rxtShift = 0;
      if (t.sndMax != t.sndUna) { // a probe was swallowed
        t.sndNxt = t.sndUna;
      }
    }
  }
}
