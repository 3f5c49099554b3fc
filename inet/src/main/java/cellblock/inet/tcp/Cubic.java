package cellblock.inet.tcp;

/**
 * CUBIC (RFC 9438; netinet/cc/cc_cubic.c). Windows in segments as the RFC has them, times in
 * seconds. StrictMath keeps runs of the same seed equal.
 */
final class Cubic implements CongestionControl {
  private static final double C = 0.4;
  private static final double BETA = 0.7;
  private static final double ALPHA = 3 * (1 - BETA) / (1 + BETA);

  private double wMax;
  private double wEst;
  private double origin;
  private double k;
  private double fraction;
  private long epochStart = Long.MIN_VALUE;

  @Override
  public String name() {
    return "cubic";
  }

  @Override
  public void acked(Tcb t, int bytes) {
    if (t.sndCwnd > t.sndWnd) {
      return;
    }
    int mss = t.segmentSize();
    if (t.sndCwnd <= t.sndSsthresh) {
      NewReno.slowStart(t, bytes, mss);
      return;
    }
    double cwnd = (double) t.sndCwnd / mss;
    if (epochStart == Long.MIN_VALUE) {
      begin(t, cwnd);
    }
    double segments = (double) bytes / mss;
    wEst += (wEst >= wMax ? 1 : ALPHA) * segments / cwnd;
    double rtt = t.srtt / 1e9;
    double at = (t.now() - epochStart) / 1e9;
    double target = Math.max(cwnd, Math.min(cubic(at + rtt), 1.5 * cwnd));
    double next =
        cubic(at) < wEst ? Math.max(wEst, cwnd) : cwnd + (target - cwnd) / cwnd * segments;
    fraction += (next - cwnd) * mss;
    int whole = (int) fraction;
    fraction -= whole;
    t.sndCwnd = Math.min(t.sndCwnd + whole, NewReno.MAX_WINDOW);
  }

  private void begin(Tcb t, double cwnd) {
    epochStart = t.now();
    wEst = cwnd;
    fraction = 0;
    if (wMax <= cwnd) {
      wMax = cwnd;
      k = 0;
    } else {
      k = StrictMath.cbrt((wMax - cwnd) / C);
    }
    origin = wMax;
  }

  private double cubic(double at) {
    double d = at - k;
    return C * d * d * d + origin;
  }

  @Override
  public void loss(Tcb t) {
    int mss = t.segmentSize();
    double cwnd = (double) Math.min(t.sndCwnd, Math.max(t.flight(), 2 * mss)) / mss;
    wMax = cwnd < wMax ? cwnd * (1 + BETA) / 2 : cwnd; // fast convergence
    t.sndSsthresh = Math.max((int) (cwnd * BETA) * mss, 2 * mss);
    epochStart = Long.MIN_VALUE;
  }

  @Override
  public void timeout(Tcb t) {
    loss(t);
  }

  @Override
  public void afterIdle(Tcb t) {
    CongestionControl.super.afterIdle(t);
    epochStart = Long.MIN_VALUE;
  }
}
