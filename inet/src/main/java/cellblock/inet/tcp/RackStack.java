package cellblock.inet.tcp;

import cellblock.kern.time.Callout;

/**
 * The stack "rack": a segment is lost when one that left enough later has arrived, and a silent
 * tail is probed (RACK-TLP, RFC 8985, whose names are used; ancestor: netinet/tcp_stacks/rack.c, of
 * which pacing is left out). Without SACK it counts duplicates as the other one does. Threading:
 * turns of the vnet's lane.
 */
final class RackStack implements TcpStack {
  private static final int DUP_THRESH = 3;
  private static final int REO_PERSIST = 16;

  private final Tcb t;
  private final DupAckStack plain;
  private final SentSegments map = new SentSegments();
  private final Prr prr = new Prr();
  private final Callout timer;
  private boolean probing;

  // RACK's variables.
  private long minRtt = Long.MAX_VALUE;
  private long rtt;
  private long xmitTs;
  private int endSeq;
  private int fack;
  private boolean reordering;
  private int reoMult = 1;
  private int reoPersist;
  private int dsackRound;
  private boolean dsackSeen;
  private int pipe;
  private int sackedSegments;

  // TLP's.
  private boolean tlpOut;
  private boolean tlpAgain;
  private int tlpEnd;

  /** The first retransmission of a recovery is still to go. */
  private boolean first;

  // The next piece to go again.
  private int from;
  private int length;

  RackStack(Tcb t) {
    this.t = t;
    this.plain = new DupAckStack(t);
    this.timer = t.tcp.vnet.callout("tcp_rack", this::expired);
  }

  @Override
  public String name() {
    return "rack";
  }

  private boolean usable() {
    return t.sackPermitted;
  }

  // ---- sending ----

  @Override
  public void sent(int begin, int to, boolean again) {
    if (!usable()) {
      plain.sent(begin, to, again);
      return;
    }
    if (t.inRecovery) {
      prr.sent(to - begin);
      first = false;
    }
    long now = t.now();
    boolean known = map.last > map.first && Seq.lt(begin, map.end[map.last - 1]);
    if (known) {
      map.again(begin, to, now);
      int edge = map.end[map.last - 1];
      if (Seq.gt(to, edge)) {
        map.add(edge, to, now, SentSegments.AGAIN);
      }
    } else {
      int mss = t.segmentSize();
      for (int at = begin; Seq.lt(at, to); at += mss) { // a large one is cut on its way
        map.add(at, Seq.min(at + mss, to), now, again ? SentSegments.AGAIN : 0);
      }
    }
    pipe += to - begin;
    if (!again) {
      armProbe();
    }
  }

  @Override
  public int pipe() {
    return usable() ? pipe : plain.pipe();
  }

  @Override
  public boolean next(int most) {
    if (!usable()) {
      return plain.next(most);
    }
    for (int i = map.first; i < map.last; i++) {
      if (map.is(i, SentSegments.LOST)) {
        from = map.start[i];
        length = Math.min(map.end[i] - from, most);
        return true;
      }
    }
    return false;
  }

  @Override
  public int from() {
    return usable() ? from : plain.from();
  }

  @Override
  public int length() {
    return usable() ? length : plain.length();
  }

  @Override
  public boolean urgent() {
    return usable() ? first : plain.urgent();
  }

  @Override
  public void timeout() {
    plain.timeout();
    map.clear();
    pipe = 0;
    tlpOut = false;
    timer.stop();
  }

  @Override
  public void stop() {
    timer.stop();
  }

  // ---- acknowledgments ----

  @Override
  public void acked(Segment s, int acked, int news, int delivered, boolean duplicate) {
    if (!usable()) {
      plain.acked(s, acked, news, delivered, duplicate);
      return;
    }
    if (duplicate) {
      t.tcp.stats.rcvdupack++;
      t.dupAcks++;
    }
    dsack(s);
    if (acked > 0 || news > 0) {
      arrived(s);
    }
    boolean lost = detect();
    if (t.inRecovery && Seq.geq(t.sndUna, t.sndRecover)) {
      t.leaveRecovery();
      if (reoPersist > 0 && --reoPersist == 0) {
        reoMult = 1;
      }
    } else if (!t.inRecovery && acked > 0) {
      t.dupAcks = 0;
      t.cc.acked(t.ccVar, acked);
    }
    probeAnswered(s);
    if (lost && !t.inRecovery) {
      enter();
    }
    if (t.inRecovery) {
      prr.acked(t, delivered, pipe);
    }
    first &= t.inRecovery;
    if (!timer.pending() && !t.inRecovery) {
      armProbe();
    }
  }

  private void enter() {
    t.enterRecovery();
    t.tcp.stats.sackRecoveryEpisode++;
    prr.begin(t);
    t.sndCwnd = t.sndSsthresh;
    first = true;
  }

  /** Steps 1 to 3: what this acknowledgment tells of the segments that arrived. */
  private void arrived(Segment s) {
    long now = t.now();
    while (map.first < map.last && Seq.leq(map.end[map.first], t.sndUna)) {
      if (!map.is(map.first, SentSegments.SACKED)) {
        delivered(map.first, s, now);
      } else {
        sackedSegments--;
      }
      map.first++;
    }
    if (map.first < map.last && Seq.lt(map.start[map.first], t.sndUna)) {
      map.start[map.first] = t.sndUna;
    }
    Scoreboard board = t.scoreboard;
    for (int b = 0; b < board.count; b++) {
      for (int i = map.find(board.left[b]); i < map.last; i++) {
        if (Seq.gt(map.end[i], board.right[b])) {
          break;
        }
        if (Seq.geq(map.start[i], board.left[b]) && !map.is(i, SentSegments.SACKED)) {
          delivered(i, s, now);
          map.mark(i, SentSegments.SACKED);
          map.unmark(i, SentSegments.LOST);
          sackedSegments++;
        }
      }
    }
  }

  private void delivered(int i, Segment s, long now) {
    long took = now - map.left[i];
    boolean again = map.is(i, SentSegments.AGAIN);
    if (Seq.gt(map.end[i], fack)) {
      fack = map.end[i];
    } else if (Seq.lt(map.end[i], fack) && !again) {
      reordering = true;
    }
    if (again) {
      boolean old =
          t.timestamps && s.hasTs && s.tsEcr != 0
              ? Seq.lt(s.tsEcr, (int) (map.left[i] / Tcp.MS) + t.tsOffset)
              : took < minRtt;
      if (old) {
        return; // it is the first transmission that arrived
      }
    } else {
      minRtt = Math.min(minRtt, took);
    }
    rtt = took;
    if (sentAfter(map.left[i], map.end[i], xmitTs, endSeq)) {
      xmitTs = map.left[i];
      endSeq = map.end[i];
    }
  }

  private static boolean sentAfter(long t1, int seq1, long t2, int seq2) {
    return t1 > t2 || t1 == t2 && Seq.gt(seq1, seq2);
  }

  /** A segment that came twice: the order of segments is worth more patience, once a round. */
  private void dsack(Segment s) {
    boolean twice = s.sacks > 0 && Seq.leq(s.sackRight[0], s.ack);
    if (twice && (!dsackSeen || Seq.geq(s.ack, dsackRound))) {
      dsackSeen = true;
      dsackRound = t.sndMax;
      reoMult = Math.min(reoMult + 1, 16);
      reoPersist = REO_PERSIST;
    }
  }

  /** Step 4. */
  private long reorderWindow() {
    if (!reordering && (t.inRecovery || sackedSegments >= DUP_THRESH)) {
      return 0;
    }
    long quarter = minRtt == Long.MAX_VALUE ? 0 : reoMult * (minRtt / 4);
    return t.srtt == 0 ? quarter : Math.min(quarter, t.srtt);
  }

  /** Step 5: marks what is lost; whether something is. */
  private boolean detect() {
    long now = t.now();
    long window = reorderWindow();
    long wait = 0;
    boolean lost = false;
    pipe = 0;
    for (int i = map.first; i < map.last; i++) {
      int size = map.end[i] - map.start[i];
      if (map.is(i, SentSegments.SACKED)) {
        continue;
      }
      if (!map.is(i, SentSegments.LOST)
          && rtt > 0
          && sentAfter(xmitTs, endSeq, map.left[i], map.end[i])) {
        long left = map.left[i] + rtt + window - now;
        if (left <= 0) {
          map.mark(i, SentSegments.LOST);
          if (map.is(i, SentSegments.AGAIN)) {
            t.tcp.stats.sackLostrexmt++;
          }
        } else {
          wait = Math.max(wait, left);
        }
      }
      if (map.is(i, SentSegments.LOST)) {
        lost = true;
      } else {
        pipe += size;
      }
    }
    if (wait > 0) {
      probing = false;
      timer.reset(wait);
    } else if (!probing || lost || t.sndUna == t.sndMax) {
      timer.stop();
    }
    return lost;
  }

  // ---- timers ----

  private void armProbe() {
    if (t.inRecovery || tlpOut || sackedSegments > 0 || t.sndUna == t.sndMax) {
      return;
    }
    if (!t.state.haveEstablished() || t.srtt == 0 || timer.pending() && !probing) {
      return;
    }
    long pto = 2 * t.srtt;
    if (t.flight() <= t.segmentSize()) {
      pto += t.tcp.settings.delacktime.get() * Tcp.MS;
    }
    if (pto >= t.rto) {
      timer.stop(); // the retransmission timer is as good
      return;
    }
    probing = true;
    timer.reset(pto);
  }

  private void expired() {
    if (probing) {
      probing = false;
      if (!t.inRecovery && !tlpOut && t.sndUna != t.sndMax && t.state.haveEstablished()) {
        int before = t.sndMax;
        tlpOut = t.tcp.output.tailLossProbe(t);
        tlpAgain = t.sndMax == before;
        tlpEnd = t.sndMax;
        t.timers.startRexmt();
      }
      return;
    }
    if (detect() && !t.inRecovery) {
      enter();
    }
    if (t.inRecovery) {
      prr.acked(t, 0, pipe);
    }
    t.tcp.output.output(t);
  }

  /** TLP_process_ack: whether the probe repaired a loss that congestion control must know of. */
  private void probeAnswered(Segment s) {
    if (!tlpOut || Seq.lt(t.sndUna, tlpEnd)) {
      return;
    }
    tlpOut = false;
    boolean twice = s.sacks > 0 && Seq.leq(s.sackRight[0], s.ack);
    if (tlpAgain && !twice && !t.inRecovery) {
      t.cc.loss(t.ccVar);
      t.sndCwnd = Math.min(t.sndCwnd, t.sndSsthresh);
    }
  }
}
