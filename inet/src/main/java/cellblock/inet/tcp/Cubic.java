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
  public void acked(CcVar v, int bytes) {
    if (v.window() > v.peerWindow()) {
      return;
    }
    if (v.window() <= v.threshold()) {
      v.slowStart(bytes);
      return;
    }
    int mss = v.segmentSize();
    double cwnd = (double) v.window() / mss;
    if (epochStart == Long.MIN_VALUE) {
      begin(v, cwnd);
    }
    double segments = (double) bytes / mss;
    wEst += (wEst >= wMax ? 1 : ALPHA) * segments / cwnd;
    double rtt = v.srtt() / 1e9;
    double at = (v.now() - epochStart) / 1e9;
    double target = Math.max(cwnd, Math.min(cubic(at + rtt), 1.5 * cwnd));
    double next =
        cubic(at) < wEst ? Math.max(wEst, cwnd) : cwnd + (target - cwnd) / cwnd * segments;
    fraction += (next - cwnd) * mss;
    int whole = (int) fraction;
    fraction -= whole;
    v.window(v.window() + whole);
  }

  private void begin(CcVar v, double cwnd) {
    epochStart = v.now();
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
  public void loss(CcVar v) {
    int mss = v.segmentSize();
    double cwnd = (double) Math.min(v.window(), Math.max(v.flight(), 2 * mss)) / mss;
    wMax = cwnd < wMax ? cwnd * (1 + BETA) / 2 : cwnd; // fast convergence
    v.threshold(Math.max((int) (cwnd * BETA) * mss, 2 * mss));
    epochStart = Long.MIN_VALUE;
  }

  @Override
  public void timeout(CcVar v) {
    loss(v);
  }

  @Override
  public void afterIdle(CcVar v) {
    CongestionControl.super.afterIdle(v);
    epochStart = Long.MIN_VALUE;
  }
}
