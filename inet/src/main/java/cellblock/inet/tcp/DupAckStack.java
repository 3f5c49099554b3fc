package cellblock.inet.tcp;

/**
 * The stack "freebsd": losses are found by counting duplicate acknowledgments and SACK blocks (RFC
 * 5681, 6582, 6675), repaired at the rate of {@link Prr} (ancestor: tcp_do_segment of
 * netinet/tcp_input.c). Threading: turns of the vnet's lane.
 */
final class DupAckStack implements TcpStack {
  private static final int DUP_THRESH = 3;

  private final Tcb t;
  private final Prr prr = new Prr();

  DupAckStack(Tcb t) {
    this.t = t;
  }

  @Override
  public String name() {
    return "freebsd";
  }

  @Override
  public void acked(Segment s, int acked, int news, int delivered, boolean duplicate) {
    if (acked == 0) {
      if (duplicate) {
        duplicate(delivered);
      }
      return;
    }
    boolean partial = t.inRecovery && Seq.lt(s.ack, t.sndRecover);
    if (!t.inRecovery) {
      t.dupAcks = 0;
      t.cc.acked(t.ccVar, acked);
    } else if (!partial) {
      t.leaveRecovery();
    } else if (t.sackPermitted) {
      lostAgain();
      reduce(delivered);
    } else {
      int mss = t.segmentSize();
      again();
      t.sndCwnd = Math.max(mss, t.sndCwnd - acked) + (acked >= mss ? mss : 0);
    }
  }

  private void duplicate(int delivered) {
    t.tcp.stats.rcvdupack++;
    t.dupAcks++;
    if (t.inRecovery) {
      if (t.sackPermitted) {
        lostAgain();
        reduce(delivered);
      } else {
        t.sndCwnd += t.segmentSize();
      }
      return; // the output that follows fills the pipe
    }
    boolean lost = t.dupAcks >= DUP_THRESH || t.sackPermitted && t.scoreboard.firstIsLost(t);
    if (lost && Seq.geq(t.sndUna, t.sndRecover)) {
      enter(delivered);
    }
  }

  private void reduce(int delivered) {
    if (t.tcp.settings.doPrr.get() != 0) {
      prr.acked(t, delivered, pipe());
    }
  }

  private void enter(int delivered) {
    t.enterRecovery();
    prr.begin(t);
    if (t.sackPermitted) {
      t.tcp.stats.sackRecoveryEpisode++;
      t.sndCwnd = t.sndSsthresh;
      reduce(delivered);
      return;
    }
    again();
    t.sndCwnd = t.sndSsthresh + DUP_THRESH * t.segmentSize();
  }

  /** Data sent after every retransmission has arrived: those were lost, too. */
  private void lostAgain() {
    boolean beyond =
        t.tcp.settings.doLrd.get() != 0
            && t.scoreboard.count > 0
            && Seq.gt(t.scoreboard.highest(t), t.sndRecover)
            && Seq.gt(t.highRxt, t.sndUna);
    if (beyond) {
      t.tcp.stats.sackLostrexmt++;
      t.highRxt = t.sndUna;
      t.sndRecover = t.sndMax;
      t.cc.loss(t.ccVar);
      prr.begin(t);
    }
  }

  /** Sends the first segment not acknowledged once more: without SACK. */
  private void again() {
    int next = t.sndNxt;
    int cwnd = t.sndCwnd;
    t.sndNxt = t.sndUna;
    t.sndCwnd = t.segmentSize();
    t.ackNow = true;
    t.tcp.output.output(t);
    t.sndCwnd = cwnd;
    t.sndNxt = Seq.max(next, t.sndNxt);
  }

  @Override
  public void sent(int from, int to, boolean again) {
    if (t.inRecovery) {
      prr.sent(to - from);
    }
  }

  @Override
  public void timeout() {
    t.scoreboard.clear();
  }

  @Override
  public int pipe() {
    return t.scoreboard.pipe(t);
  }

  @Override
  public boolean next(int most) {
    return t.scoreboard.next(t, most);
  }

  @Override
  public int from() {
    return t.scoreboard.from;
  }

  @Override
  public int length() {
    return t.scoreboard.length;
  }

  @Override
  public boolean urgent() {
    return Seq.leq(t.highRxt, t.sndUna);
  }

  @Override
  public void stop() {}
}
