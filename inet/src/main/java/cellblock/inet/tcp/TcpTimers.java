package cellblock.inet.tcp;

import cellblock.inet.socket.SocketOption;
import cellblock.inet.socket.StreamCounts;
import cellblock.kern.errno.Errno;
import cellblock.kern.time.Callout;
import cellblock.kern.vnet.Vnet;

/**
 * The timers of one connection: retransmission, persist, keepalive, 2MSL, delayed acknowledgment
 * (ancestor: netinet/tcp_timer.c). Threading: turns of the vnet's lane.
 */
final class TcpTimers {
  private static final int MAX_SHIFT = 12;
  private static final long MAX_RTO = 64_000 * Tcp.MS;

  private final Tcb t;
  private final Callout rexmt;
  private final Callout persist;
  private final Callout keep;
  private final Callout msl2;
  private final Callout delack;

  TcpTimers(Tcb t) {
    this.t = t;
    Vnet v = t.tcp.vnet;
    rexmt = v.callout("tcp_rexmt", this::rexmtExpired);
    persist = v.callout("tcp_persist", this::persistExpired);
    keep = v.callout("tcp_keep", this::keepExpired);
    msl2 = v.callout("tcp_2msl", this::msl2Expired);
    delack = v.callout("tcp_delack", this::delackExpired);
  }

  void stopAll() {
    rexmt.stop();
    persist.stop();
    keep.stop();
    msl2.stop();
    delack.stop();
  }

  /** netstat -T, -x. */
  StreamCounts counts() {
    return new StreamCounts(
        t.retransmitted,
        t.outOfOrder,
        t.zeroWindows,
        left(rexmt),
        left(persist),
        left(keep),
        left(msl2),
        left(delack),
        t.state.haveSyn() ? t.now() - t.idleSince : 0);
  }

  private long left(Callout c) {
    return c.pending() ? Math.max(0, c.deadline() - t.now()) : 0;
  }

  // ---- retransmission ----

  boolean rexmtPending() {
    return rexmt.pending();
  }

  void startRexmt() {
    rexmt.reset(t.rto);
  }

  void stopRexmt() {
    rexmt.stop();
  }

  /** RFC 6298 section 2.3 with FreeBSD's floor: before backing off, without the slop. */
  private long base() {
    TcpSettings s = t.tcp.settings;
    return t.srtt == 0
        ? s.rexmitInitial.get() * Tcp.MS
        : Math.max(s.rexmitMin.get() * Tcp.MS, t.srtt + 4 * t.rttvar);
  }

  private long ranged(long value) {
    TcpSettings s = t.tcp.settings;
    long slop = s.rexmitSlop.get() * Tcp.MS;
    return Math.min(value + slop, MAX_RTO);
  }

  /** A round trip was measured: tcp_xmit_timer (RFC 6298 section 2). */
  void sample(long rtt) {
    t.tcp.stats.rttupdated++;
    t.rttUpdated++;
    long r = Math.max(rtt, 1);
    if (t.srtt == 0) {
      t.srtt = r;
      t.rttvar = r / 2;
    } else {
      long delta = r - t.srtt;
      t.srtt = Math.max(1, t.srtt + delta / 8);
      t.rttvar = Math.max(1, t.rttvar + (Math.abs(delta) - t.rttvar) / 4);
    }
    t.rttStart = 0;
    t.rxtShift = 0;
    t.rto = ranged(base());
    t.hasSoftError = false;
  }

  /** What the host cache tells of the way: tcp_mss. */
  void assume(long srtt, long rttvar) {
    t.srtt = srtt;
    t.rttvar = rttvar;
    t.rto = ranged(base());
  }

  /** Whether the peer has been silent about data for longer than TCP_MAXUNACKTIME. */
  private boolean noProgress() {
    if (t.maxUnacked == 0 || t.now() - t.ackedAt < t.maxUnacked) {
      return false;
    }
    t.tcp.stats.progdrops++;
    t.drop(Errno.ETIMEDOUT);
    return true;
  }

  private void rexmtExpired() {
    if (noProgress()) {
      return;
    }
    if (++t.rxtShift > MAX_SHIFT) {
      t.rxtShift = MAX_SHIFT;
      t.tcp.stats.timeoutdrop++;
      t.drop(Errno.ETIMEDOUT);
      return;
    }
    t.tcp.stats.rexmttimeo++;
    t.rto = ranged(base() << Math.min(t.rxtShift, 9));
    if (t.rxtShift == 3
        && t.state == TcpState.SYN_SENT
        && t.tcp.settings.rexmitDropOptions.get() != 0) {
      t.scaling = t.timestamps = t.sackPermitted = false;
    }
    t.blackhole.timeout();
    if (t.state.haveEstablished()) {
      t.ecn.cut();
      t.cc.timeout(t.ccVar);
      t.sndCwnd = t.segmentSize();
    }
    t.sndNxt = t.sndUna;
    t.sndRecover = t.sndMax;
    t.highRxt = t.sndUna;
    t.inRecovery = false;
    t.dupAcks = 0;
    t.rttStart = 0;
    t.stack.timeout();
    t.ackNow = true;
    t.tcp.output.output(t);
  }

  // ---- persist ----

  boolean persistPending() {
    return persist.pending();
  }

  /** tcp_setpersist. */
  void startPersist() {
    TcpSettings s = t.tcp.settings;
    long base = t.srtt == 0 ? t.rto : t.srtt + 4 * t.rttvar;
    long wait = base << Math.min(t.rxtShift, 9);
    wait = Math.clamp(wait, s.persmin.get() * Tcp.MS, s.persmax.get() * Tcp.MS);
    rexmt.stop();
    persist.reset(wait);
    if (t.rxtShift < MAX_SHIFT) {
      t.rxtShift++;
    }
  }

  void stopPersist() {
    persist.stop();
  }

  private void persistExpired() {
    t.tcp.stats.persisttimeo++;
    if (noProgress()) {
      return;
    }
    TcpSettings s = t.tcp.settings;
    long idle = t.now() - t.idleSince;
    boolean hopeless =
        t.rxtShift == MAX_SHIFT && idle >= s.maxpersistidle.get() * Tcp.MS
            || t.state.compareTo(TcpState.CLOSE_WAIT) > 0 && idle >= s.persmax.get() * Tcp.MS;
    if (hopeless) {
      t.tcp.stats.persistdrop++;
      t.drop(Errno.ETIMEDOUT);
      return;
    }
    startPersist();
    t.force = true;
    t.tcp.output.output(t);
    t.force = false;
  }

  // ---- keepalive ----

  /** While the connection is made: the time that it has for that. */
  void keep(long nanos) {
    keep.reset(nanos);
  }

  /** Sets the timer of a living connection anew. */
  void keepAlive() {
    t.keepProbes = 0;
    if (t.state.haveEstablished()) {
      keep.reset(t.keepIdle);
    }
  }

  private void keepExpired() {
    TcpStats stats = t.tcp.stats;
    stats.keeptimeo++;
    if (!t.state.haveEstablished()) {
      stats.keepdrops++;
      t.drop(Errno.ETIMEDOUT);
      return;
    }
    boolean wanted = t.tcp.settings.alwaysKeepalive.get() != 0 || t.has(SocketOption.SO_KEEPALIVE);
    if (!wanted || t.state.compareTo(TcpState.CLOSING) > 0) {
      keep.reset(t.keepIdle);
      return;
    }
    long idle = t.now() - t.idleSince;
    if (idle < t.keepIdle) {
      t.keepProbes = 0;
      keep.reset(t.keepIdle - idle);
      return;
    }
    if (t.keepProbes >= t.keepCount) {
      stats.keepdrops++;
      t.drop(Errno.ETIMEDOUT);
      return;
    }
    t.keepProbes++;
    stats.keepprobe++;
    t.tcp.output.keepaliveProbe(t);
    keep.reset(t.keepInterval);
  }

  // ---- 2MSL ----

  /** TIME-WAIT begins, or begins anew. */
  void timeWait() {
    rexmt.stop();
    persist.stop();
    keep.stop();
    delack.stop();
    msl2.reset(2 * t.tcp.settings.msl.get() * Tcp.MS);
  }

  /** Nobody reads any more: the peer's FIN is not waited for without end. */
  void finWait2() {
    msl2.reset(t.tcp.settings.finwait2Timeout.get() * Tcp.MS);
  }

  private void msl2Expired() {
    if (t.state == TcpState.FIN_WAIT_2) {
      long idle = t.now() - t.idleSince;
      boolean fast = t.tcp.settings.fastFinwait2Recycle.get() != 0;
      if (!fast && idle <= t.keepCount * t.keepInterval) {
        msl2.reset(t.keepInterval);
        return;
      }
      t.tcp.stats.finwait2drops++;
    }
    t.close();
  }

  // ---- delayed acknowledgment ----

  boolean delackPending() {
    return delack.pending();
  }

  void startDelack() {
    delack.reset(t.tcp.settings.delacktime.get() * Tcp.MS);
  }

  void stopDelack() {
    delack.stop();
  }

  private void delackExpired() {
    t.tcp.stats.delack++;
    t.ackNow = true;
    t.tcp.output.output(t);
  }
}
