package cellblock.inet.tcp;

import cellblock.inet.pcb.Pcb;

/**
 * Finds paths that lose large packets without a word: after timeouts segments become smaller, and
 * when that does not help, as large as before (RFC 4821 in part; ancestor: tcp_timer_rexmt of
 * netinet/tcp_timer.c). Threading: the vnet's lane.
 */
final class BlackholeDetection {
  /** Timeouts before the first smaller size; each size has as many. */
  private static final int EACH = 2;

  private final Tcb t;
  private int saved;

  /** Whether a full segment was sent since the size last changed. */
  boolean fullSent;

  /** Whether routers may cut segments: discovery was given up. */
  boolean off;

  BlackholeDetection(Tcb t) {
    this.t = t;
  }

  /** The retransmission timer ran out for the {@code rxtShift}th time. */
  void timeout() {
    TcpSettings s = t.tcp.settings;
    boolean six = t.domain.version() == Pcb.INET6;
    boolean wanted =
        switch (s.pmtudBlackholeDetection.get()) {
          case 1 -> true;
          case 2 -> !six;
          case 3 -> six;
          default -> false;
        };
    if (!wanted || t.state != TcpState.ESTABLISHED && t.state != TcpState.FIN_WAIT_1) {
      return;
    }
    int shift = t.rxtShift;
    int mss = six ? s.v6pmtudBlackholeMss.get() : s.pmtudBlackholeMss.get();
    int sizes = mss > t.domain.defaultMss() ? 3 : 2; // the full one, this one, the default
    boolean turn = shift >= EACH && shift < sizes * EACH && shift % EACH == 0;
    if (fullSent && !off && turn) {
      smaller(mss);
    } else if (saved > 0 && shift >= sizes * EACH) {
      t.maxSeg = saved;
      saved = 0;
      off = false;
      t.tcp.stats.pmtudFailed++;
    }
  }

  private void smaller(int mss) {
    if (saved == 0) {
      saved = t.maxSeg;
    }
    if (t.maxSeg > mss) {
      t.maxSeg = mss;
      t.tcp.stats.pmtudActivated++;
    } else {
      t.maxSeg = t.domain.defaultMss();
      off = true;
      t.tcp.stats.pmtudActivatedMinMss++;
    }
  }
}
