package cellblock.inet.tcp;

/**
 * A connection as its {@link CongestionControl} sees it (ancestor: struct cc_var, netinet/cc/cc.h).
 * Sizes are bytes, times nanoseconds of the lane's clock. Threading: turns of the vnet's lane.
 */
public final class CcVar {
  /** The largest window that can be meant. */
  public static final int MAX_WINDOW = 65535 << 14;

  private final Tcb t;

  CcVar(Tcb t) {
    this.t = t;
  }

  /** SND.CWND. */
  public int window() {
    return t.sndCwnd;
  }

  /** Sets SND.CWND, at most {@link #MAX_WINDOW}. */
  public void window(int bytes) {
    t.sndCwnd = Math.min(bytes, MAX_WINDOW);
  }

  /** The slow start threshold. */
  public int threshold() {
    return t.sndSsthresh;
  }

  /** Sets the slow start threshold. */
  public void threshold(int bytes) {
    t.sndSsthresh = bytes;
  }

  /** What the peer lets us send. */
  public int peerWindow() {
    return t.sndWnd;
  }

  /** Data bytes of a full segment. */
  public int segmentSize() {
    return t.segmentSize();
  }

  /** Sent and not acknowledged. */
  public int flight() {
    return t.flight();
  }

  /** The smoothed round trip, 0 = none measured. */
  public long srtt() {
    return t.srtt;
  }

  public long now() {
    return t.now();
  }

  /** How many segments a connection begins with: net.inet.tcp.initcwnd_segments. */
  public int initialSegments() {
    return t.tcp.settings.initcwndSegments.get();
  }

  /** Grows the window as slow start does (RFC 5681 section 3.1, byte counting of RFC 3465). */
  public void slowStart(int acked) {
    int mss = segmentSize();
    boolean afterTimeout = t.sndNxt != t.sndMax;
    int most = afterTimeout ? mss : t.tcp.settings.abcLVar.get() * mss;
    window(window() + Math.min(acked, most));
  }
}
