package cellblock.inet.tcp;

/** NewReno (RFC 5681, 6582; byte counting of RFC 3465; netinet/cc/cc_newreno.c). */
final class NewReno implements CongestionControl {
  static final int MAX_WINDOW = 65535 << 14;
  private int counted;

  @Override
  public String name() {
    return "newreno";
  }

  @Override
  public void acked(Tcb t, int bytes) {
    if (t.sndCwnd > t.sndWnd) {
      return; // the peer's window holds us back, not the network
    }
    int mss = t.segmentSize();
    if (t.sndCwnd <= t.sndSsthresh) {
      slowStart(t, bytes, mss);
      return;
    }
    counted += bytes;
    if (counted >= t.sndCwnd) {
      counted -= t.sndCwnd;
      t.sndCwnd = Math.min(t.sndCwnd + mss, MAX_WINDOW);
    }
  }

  static void slowStart(Tcb t, int bytes, int mss) {
    boolean afterTimeout = t.sndNxt != t.sndMax;
    int most = afterTimeout ? mss : t.tcp.settings.abcLVar.get() * mss;
    t.sndCwnd = Math.min(t.sndCwnd + Math.min(bytes, most), MAX_WINDOW);
  }

  @Override
  public void loss(Tcb t) {
    halve(t);
  }

  @Override
  public void timeout(Tcb t) {
    halve(t);
  }

  private void halve(Tcb t) {
    counted = 0;
    int mss = t.segmentSize();
    t.sndSsthresh = Math.max(Math.min(t.sndWnd, t.sndCwnd) / 2 / mss, 2) * mss;
  }
}
