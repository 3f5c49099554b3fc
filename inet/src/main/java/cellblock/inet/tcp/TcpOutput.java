package cellblock.inet.tcp;

import cellblock.inet.socket.SocketOption;
import cellblock.kern.errno.Errno;
import cellblock.wire.TcpHeader;
import org.jspecify.annotations.Nullable;

/**
 * Decides what segment a connection sends next, and whether (ancestor: tcp_default_output of
 * netinet/tcp_output.c). Building it is {@link TcpSender}'s. Threading: turns of the vnet's lane.
 */
final class TcpOutput {
  private static final int MAX_WINDOW = 65535;

  private final Tcp tcp;
  private final TcpSender sender;

  // The decision in hand.
  private int flags;
  private int seq;
  private int len;
  private boolean more;
  private boolean hole;
  private int recwin;

  TcpOutput(Tcp tcp) {
    this.tcp = tcp;
    this.sender = new TcpSender(tcp);
  }

  /** Sends all that may leave now. Returns why the first segment could not leave, or null. */
  @Nullable Errno output(Tcb t) {
    if (t.state == TcpState.CLOSED || t.state == TcpState.LISTEN) {
      return null;
    }
    boolean idle = t.sndUna == t.sndMax;
    if (idle && t.state.haveEstablished() && t.now() - t.idleSince >= t.rto) {
      t.cc.afterIdle(t.ccVar);
    }
    do {
      if (!decide(t, idle)) {
        settle(t);
        return null;
      }
      Errno error = send(t);
      if (error != null) {
        return error;
      }
    } while (more);
    return null;
  }

  // ---- what ----

  private boolean decide(Tcb t, boolean idle) {
    more = false;
    hole = false;
    len = 0;
    seq = t.sndNxt;
    flags = TcpHeader.ACK;
    recwin = t.receiveSpace();
    if (!t.state.haveEstablished() && (!t.maySendData() || t.sndNxt == t.iss)) {
      return opening(t);
    }
    if (t.sndNxt == t.iss && t.sndUna == t.iss) { // closed before the SYN was acknowledged
      flags = TcpHeader.SYN | TcpHeader.ACK;
      return true;
    }
    data(t);
    boolean last = seq + len == t.sndEnd();
    if (last && t.state.finDue()) {
      flags |= TcpHeader.FIN;
    } else if (repeatsFin(t)) {
      seq--;
      flags |= TcpHeader.FIN;
    }
    return wanted(t, idle);
  }

  /** Every segment behind a FIN that is not acknowledged carries it again. */
  private boolean repeatsFin(Tcb t) {
    return t.finSent
        && !hole
        && len == 0
        && t.state.finDue()
        && seq == t.sndMax
        && seq == t.sndEnd() + 1;
  }

  /** SYN_SENT and SYN_RECEIVED: a SYN, or what acknowledges one. */
  private boolean opening(Tcb t) {
    boolean syn = t.sndNxt == t.iss;
    if (syn) {
      boolean answers = t.state == TcpState.SYN_RECEIVED;
      flags = TcpHeader.SYN | (answers ? TcpHeader.ACK | t.ecn.synAck() : t.ecn.syn());
      byte[] cookie = t.cookie;
      if (!answers && cookie != null && cookie.length > 0 && t.rxtShift == 0) {
        len = t.so.send.size(); // RFC 7413: data in the SYN
      }
      return true;
    }
    return t.state == TcpState.SYN_RECEIVED && t.ackNow;
  }

  private void data(Tcb t) {
    int mss = t.segmentSize();
    if (t.inRecovery && t.sackPermitted) {
      recovery(t, mss);
      return;
    }
    int window = Math.min(t.sndWnd, t.sndCwnd);
    if (t.dupAcks > 0 && t.dupAcks < 3 && !t.inRecovery && tcp.settings.rfc3042.get() != 0) {
      window = Math.min(t.sndWnd, t.sndCwnd + t.dupAcks * mss); // limited transmit
    }
    if (t.force && t.sndWnd == 0) {
      window = 1; // window probe
    }
    int off = t.sndNxt - t.sndBase;
    int have = t.so.send.size();
    int room = t.sndUna + window - t.sndNxt;
    len = Math.min(have - off, room);
    if (len <= 0) {
      len = 0;
      shut(t, off < have || t.sndNxt == t.sndEnd() && t.state.finDue());
    } else if (len > mss) {
      len = LargeSegment.length(t, len, mss);
      more = true;
    }
  }

  /** The window is shut: what was sent beyond it is taken back, and probed for. */
  private void shut(Tcb t, boolean something) {
    if (t.sndWnd == 0 && something && Seq.lt(t.sndUna, t.sndEnd()) && !t.force) {
      if (t.timers.rexmtPending() || t.sndNxt != t.sndUna) {
        t.timers.stopRexmt();
        t.rxtShift = 0;
        t.sndNxt = t.sndUna;
        seq = t.sndNxt;
      }
      if (!t.timers.persistPending()) {
        t.timers.startPersist();
      }
    }
  }

  /** SACK recovery: holes first, then new data, as far as the pipe allows (RFC 6675). */
  private void recovery(Tcb t, int mss) {
    TcpStack stack = t.stack;
    boolean first = stack.urgent();
    int room = t.sndCwnd - stack.pipe();
    if (!first && room < mss) {
      return;
    }
    if (stack.next(mss)) {
      hole = true;
      seq = stack.from();
      len = Math.min(stack.length(), t.sndEnd() - seq);
      more = true;
      if (len < 0) { // only our FIN is missing
        len = 0;
      }
      return;
    }
    if (room < mss) {
      return;
    }
    t.sndNxt = Seq.max(t.sndNxt, t.sndUna);
    seq = t.sndNxt;
    int space = t.sndUna + t.sndWnd - t.sndNxt;
    len = Math.max(0, Math.min(Math.min(t.sndEnd() - seq, space), mss));
    more = len > 0;
  }

  // ---- whether ----

  private boolean wanted(Tcb t, boolean idle) {
    int mss = t.segmentSize();
    if (len > 0 && worthSending(t, idle, mss)) {
      return true;
    }
    if (hole && (len > 0 || (flags & TcpHeader.FIN) != 0)) {
      return true;
    }
    boolean fin =
        (flags & TcpHeader.FIN) != 0
            && (!t.finSent || seq == t.sndUna && Seq.lt(seq, t.sndMax) && !t.timers.rexmtPending());
    if (t.ackNow || fin && mayFin(t) || windowUpdate(t, mss)) {
      if (len > 0 && !worthSending(t, idle, mss)) {
        len = 0; // an acknowledgment alone
        more = false;
        if (t.state.finDue() && t.so.send.size() > 0) {
          flags &= ~TcpHeader.FIN;
        }
      }
      return true;
    }
    return false;
  }

  private boolean mayFin(Tcb t) {
    return len > 0 || seq == t.sndEnd();
  }

  /** Silly window avoidance and Nagle (RFC 9293 sections 3.7.4, 3.8.6.2.1). */
  private boolean worthSending(Tcb t, boolean idle, int mss) {
    if (len >= mss || t.force || hole || Seq.lt(seq, t.sndMax)) {
      return true;
    }
    boolean all = seq + len == t.sndEnd();
    if (all && t.state.finDue() || Seq.gt(t.sndUp, t.sndUna) && Seq.gt(t.sndUp, seq)) {
      return true;
    }
    if (all && (idle || t.has(SocketOption.TCP_NODELAY)) && !t.has(SocketOption.TCP_NOPUSH)) {
      return true;
    }
    return t.maxSndWnd > 0 && len >= t.maxSndWnd / 2;
  }

  /** Whether the window has opened by enough to say so. */
  private boolean windowUpdate(Tcb t, int mss) {
    if (recwin == 0 || t.state.haveFin()) {
      return false;
    }
    int most = MAX_WINDOW << t.rcvScale;
    int adv = Math.min(recwin, most) - (t.rcvAdv - t.rcvNxt);
    if (adv <= 0 || adv >> t.rcvScale == 0) {
      return false;
    }
    int hiwat = t.so.receive.limit();
    boolean two = adv >= 2 * mss && (adv >= hiwat / 4 || recwin <= hiwat / 8 || hiwat <= 8 * mss);
    return two || 2 * adv >= hiwat;
  }

  /** Nothing leaves: the timers that must then run. */
  private void settle(Tcb t) {
    if (t.sndMax != t.sndUna && !t.timers.rexmtPending() && !t.timers.persistPending()) {
      t.timers.startRexmt();
    }
    boolean waits =
        t.state.haveEstablished() && Seq.lt(t.sndNxt, t.sndEnd()) && t.sndEnd() != t.sndUna;
    if (waits && t.sndMax == t.sndUna && !t.timers.rexmtPending() && !t.timers.persistPending()) {
      t.rxtShift = 0;
      t.timers.startPersist();
    }
  }

  // ---- sending ----

  private @Nullable Errno send(Tcb t) {
    boolean syn = (flags & TcpHeader.SYN) != 0;
    boolean fin = (flags & TcpHeader.FIN) != 0;
    int options = sender.options(t, flags);
    int room = t.maxSeg - options;
    if (len > room && room == t.segmentSize() && len % room == 0) {
      sender.large(room);
    } else if (len > room) {
      len = room;
      fin = false;
      flags &= ~TcpHeader.FIN;
      more = true;
    }
    if (fin && seq + len != t.sndEnd()) {
      fin = false;
      flags &= ~TcpHeader.FIN;
    }
    if (len > 0 && seq + len == t.sndEnd()) {
      flags |= TcpHeader.PSH;
    }
    boolean empty = len == 0 && !syn && !fin;
    int number = empty && !(t.force && t.timers.persistPending()) ? t.sndMax : seq;
    count(t, syn, fin, number);
    int window = window(t, syn);
    boolean news = len > 0 && !hole && Seq.geq(number, t.sndMax) && !(t.force && len == 1);
    if (!syn) {
      flags |= t.ecn.output(news);
    }
    int mark = t.ecn.mark(news);
    if (mark != 0) {
      tcp.stats.ecnSndect0++;
    }
    Errno error = sender.segment(t, number, flags, len, window, mark);
    sent(t, syn, fin, number, error);
    return fatal(t, error);
  }

  private void count(Tcb t, boolean syn, boolean fin, int number) {
    TcpStats stats = tcp.stats;
    stats.sndtotal++;
    if (len > 0) {
      if (t.force && len == 1) {
        stats.sndprobe++;
      } else if (Seq.lt(number, t.sndMax)) {
        stats.sndrexmitpack++;
        t.retransmitted++;
        stats.sndrexmitbyte += len;
      } else {
        stats.sndpack++;
        stats.sndbyte += len;
      }
      if (hole) {
        stats.sackRexmits++;
        stats.sackRexmitBytes += len;
      }
    } else if (syn || fin) {
      stats.sndctrl++;
    } else if (t.ackNow) {
      stats.sndacks++;
    } else {
      stats.sndwinup++;
    }
  }

  /** The window field (RFC 9293 section 3.8.6.2.2): it never shrinks. */
  private int window(Tcb t, boolean syn) {
    int step = syn ? 1 : 1 << t.rcvScale;
    int win = (recwin + step - 1) & -step; // scaled, it does not shrink
    if (win < t.so.receive.limit() / 4 && win < t.segmentSize()) {
      win = 0;
    }
    win = Math.max(win, t.rcvAdv - t.rcvNxt);
    if (syn) {
      win = Math.min(win, MAX_WINDOW);
      t.rcvWnd = win;
      return win;
    }
    win = Math.min(win, MAX_WINDOW << t.rcvScale);
    t.rcvWnd = win;
    if (win == 0) {
      t.zeroWindows++;
    }
    return win >> t.rcvScale;
  }

  private void sent(Tcb t, boolean syn, boolean fin, int number, @Nullable Errno error) {
    int end = number + len + (syn ? 1 : 0) + (fin ? 1 : 0);
    if (hole) {
      t.highRxt = Seq.max(t.highRxt, end);
    } else if (end != number && !(t.force && t.timers.persistPending())) {
      t.sndNxt = end; // a window probe leaves it where it is
    }
    if (end != number && t.state.haveEstablished()) {
      t.stack.sent(number, end, hole || Seq.lt(number, t.sndMax));
    }
    if (fin) {
      t.finSent = true;
    }
    if (t.sndMax == t.sndUna) {
      t.ackedAt = t.now();
    }
    t.blackhole.fullSent |= len >= t.segmentSize();
    if (Seq.gt(end, t.sndMax)) {
      if (t.rttStart == 0) {
        t.rttStart = Math.max(1, t.now());
        t.rttSeq = number;
        tcp.stats.segstimed++;
      }
      t.sndMax = end;
    }
    if (end != number && !t.force) {
      t.timers.stopPersist();
      if (!t.timers.rexmtPending()) {
        t.timers.startRexmt();
      }
    } else if (end != number && t.force && !t.timers.persistPending()) {
      t.timers.startRexmt();
    }
    if (error == null) {
      if ((flags & TcpHeader.ACK) != 0) {
        t.lastAckSent = t.rcvNxt;
        int edge = t.rcvNxt + t.rcvWnd;
        t.rcvAdv = Seq.max(t.rcvAdv, edge);
      }
      t.ackNow = false;
      t.timers.stopDelack();
    }
    if (t.force) {
      more = false;
    }
  }

  /** An error of the way is a lost segment to an established connection (RFC 1122 4.2.3.9). */
  private @Nullable Errno fatal(Tcb t, @Nullable Errno error) {
    if (error == null) {
      return null;
    }
    more = false;
    switch (error) {
      case EMSGSIZE -> {
        int mss = t.localMss();
        if (mss < t.maxSeg) {
          t.maxSeg = mss;
          t.sndNxt = t.sndUna;
          tcp.stats.mturesent++;
          more = true;
        }
        return null;
      }
      case EHOSTDOWN, EHOSTUNREACH, ENETDOWN, ENETUNREACH -> {
        if (t.state.haveSyn()) {
          t.softError = error;
          t.hasSoftError = true;
          return null;
        }
        return error;
      }
      case EACCES, EPERM, EADDRNOTAVAIL -> {
        return t.state.haveSyn() ? null : error;
      }
      default -> {
        return null; // ENOBUFS: the timer tries again
      }
    }
  }

  /**
   * Sends one segment to learn whether the last ones arrived (RFC 8985 section 7.3): new data if
   * there is some and the peer has room, else the last segment again. False when neither goes.
   */
  boolean tailLossProbe(Tcb t) {
    int mss = t.segmentSize();
    int news = Math.min(t.sndEnd() - t.sndMax, t.sndUna + t.sndWnd - t.sndMax);
    flags = TcpHeader.ACK;
    recwin = t.receiveSpace();
    more = false;
    hole = false;
    if (news > 0) {
      seq = t.sndMax;
      len = Math.min(news, mss);
    } else {
      int edge = Seq.min(t.sndMax, t.sndEnd());
      seq = Seq.max(t.sndUna, edge - mss);
      len = edge - seq;
      hole = true;
    }
    if (len <= 0) {
      return false;
    }
    send(t);
    return true;
  }

  // ---- segments outside of the stream ----

  /** An acknowledgment that answers something not acceptable. */
  void acknowledge(Tcb t) {
    t.ackNow = true;
    output(t);
  }

  /** An acknowledgment and nothing else: tcp_respond. */
  void respond(Tcb t) {
    tcp.stats.sndtotal++;
    tcp.stats.sndacks++;
    recwin = t.receiveSpace();
    sender.segment(t, t.sndNxt, TcpHeader.ACK, 0, window(t, false), 0);
    t.lastAckSent = t.rcvNxt;
  }

  /** RFC 1122 section 4.2.3.6: a byte below the window, which the peer must answer. */
  void keepaliveProbe(Tcb t) {
    tcp.stats.sndtotal++;
    recwin = t.receiveSpace();
    sender.segment(t, t.sndUna - 1, TcpHeader.ACK, 0, window(t, false), 0);
  }

  /** Resets the peer of a connection. */
  void reset(Tcb t) {
    tcp.stats.sndtotal++;
    tcp.stats.sndctrl++;
    sender.segment(t, t.sndNxt, TcpHeader.RST | TcpHeader.ACK, 0, 0, 0);
  }

  /**
   * Answers a segment that belongs to no connection (RFC 9293 section 3.10.7.1).
   *
   * @param of the socket that it was for, whose marks the answer carries, or null
   */
  void refuse(Segment s, @Nullable Tcb of) {
    if (s.has(TcpHeader.RST)) {
      return;
    }
    tcp.stats.sndtotal++;
    tcp.stats.sndctrl++;
    if (s.has(TcpHeader.ACK)) {
      sender.answer(s, of, s.ack, 0, TcpHeader.RST);
    } else {
      sender.answer(s, of, 0, s.seq + s.length(), TcpHeader.RST | TcpHeader.ACK);
    }
  }

  TcpSender sender() {
    return sender;
  }
}
