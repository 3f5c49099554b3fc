package cellblock.inet.tcp;

/** NewReno (RFC 5681, 6582; byte counting of RFC 3465; netinet/cc/cc_newreno.c). */
final class NewReno implements CongestionControl {
  private int counted;

  @Override
  public String name() {
    return "newreno";
  }

  @Override
  public void acked(CcVar v, int bytes) {
    if (v.window() > v.peerWindow()) {
      return; // the peer's window holds us back, not the network
    }
    if (v.window() <= v.threshold()) {
      v.slowStart(bytes);
      return;
    }
    counted += bytes;
    if (counted >= v.window()) {
      counted -= v.window();
      v.window(v.window() + v.segmentSize());
    }
  }

  @Override
  public void loss(CcVar v) {
    halve(v);
  }

  @Override
  public void timeout(CcVar v) {
    halve(v);
  }

  private void halve(CcVar v) {
    counted = 0;
    int mss = v.segmentSize();
    v.threshold(Math.max(Math.min(v.peerWindow(), v.window()) / 2 / mss, 2) * mss);
  }
}
