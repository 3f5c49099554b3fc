package cellblock.inet.tcp;

/**
 * Finds paths that lose large packets without a word: after timeouts segments become smaller, and
 * when that does not help, as large as before (RFC 4821 in part; ancestor: tcp_timer_rexmt of
 * netinet/tcp_timer.c). Threading: the vnet's lane.
 */
final class BlackholeDetection {
  /** Timeouts after which neither size has helped: two for each of three sizes. */
  private static final int GIVE_UP = 6;

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
    boolean six = t.domain.version() == cellblock.inet.pcb.Pcb.INET6;
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
    if (fullSent && !off && shift >= 2 && shift < GIVE_UP && shift % 2 == 0) {
      smaller(six ? s.v6pmtudBlackholeMss.get() : s.pmtudBlackholeMss.get());
    } else if (saved > 0 && shift >= GIVE_UP) {
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
