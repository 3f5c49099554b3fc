package cellblock.inet.tcp;

/**
 * H-TCP: the longer since the last loss, the faster the window grows, and how far it is cut depends
 * on how much of the round trip was queue (draft-leith-tcp-htcp-06; netinet/cc/cc_htcp.c, with
 * adaptive backoff and round-trip scaling).
 */
final class Htcp implements CongestionControl {
  private static final double SECOND = 1e9;
  private static final double LEAST_BETA = 0.5;
  private static final double MOST_BETA = 0.8;

  private long lastLoss = Long.MIN_VALUE;
  private long shortest = Long.MAX_VALUE;
  private long longest;
  private double beta = LEAST_BETA;
  private double fraction;

  @Override
  public String name() {
    return "htcp";
  }

  @Override
  public void acked(CcVar v, int bytes) {
    long rtt = v.srtt();
    if (rtt > 0) {
      shortest = Math.min(shortest, rtt);
      longest = Math.max(longest, rtt);
    }
    if (v.window() > v.peerWindow()) {
      return;
    }
    if (v.window() <= v.threshold()) {
      v.slowStart(bytes);
      return;
    }
    int mss = v.segmentSize();
    fraction += alpha(v) * mss * bytes / v.window();
    int whole = (int) fraction;
    fraction -= whole;
    v.window(v.window() + whole);
  }

  /** Segments a round trip. */
  private double alpha(CcVar v) {
    double since = lastLoss == Long.MIN_VALUE ? 0 : (v.now() - lastLoss) / SECOND;
    double fast = since <= 1 ? 1 : 1 + 10 * (since - 1) + (since - 1) * (since - 1) / 4;
    double scaled = v.srtt() == 0 ? fast : fast * Math.clamp(v.srtt() / (SECOND / 10), 0.5, 10.0);
    return Math.max(1, 2 * (1 - beta) * scaled);
  }

  @Override
  public void loss(CcVar v) {
    beta =
        longest == 0 ? LEAST_BETA : Math.clamp((double) shortest / longest, LEAST_BETA, MOST_BETA);
    int mss = v.segmentSize();
    v.threshold(Math.max((int) (v.window() * beta) / mss, 2) * mss);
    lastLoss = v.now();
    longest = 0;
    fraction = 0;
  }

  @Override
  public void timeout(CcVar v) {
    loss(v);
  }
}
