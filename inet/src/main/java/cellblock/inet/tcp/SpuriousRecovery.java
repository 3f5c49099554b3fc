package cellblock.inet.tcp;

/**
 * Finds out that a recovery was for nothing: every segment that it sent again came twice, says the
 * receiver (RFC 3708, for the response RFC 4015). Then window and threshold are as before it. One
 * object a connection. Threading: the vnet's lane.
 */
final class SpuriousRecovery {
  private final Tcb t;
  private boolean watching;
  private int from;
  private int window;
  private int threshold;

  /** Bytes sent again that have not been told of as duplicates. */
  private int doubtful;

  private boolean any;
  private long sentAgainAt;

  SpuriousRecovery(Tcb t) {
    this.t = t;
  }

  /**
   * A recovery is about to begin: window and threshold are still what they were. When the last one
   * is so near that duplicates of it may still be told of, the two are one.
   */
  void begin() {
    if (watching && any && t.now() - sentAgainAt < 2 * t.srtt) {
      return;
    }
    watching = true;
    any = false;
    doubtful = 0;
    from = t.sndUna;
    window = t.sndCwnd;
    threshold = t.sndSsthresh;
  }

  /** Data left again because it was thought lost. */
  void sentAgain(int bytes) {
    if (watching) {
      doubtful += bytes;
      any = true;
      sentAgainAt = t.now();
    }
  }

  /** It was no mistake, or nobody will know: the retransmission timer ran out. */
  void forget() {
    watching = false;
  }

  /** Data came twice; whether that proves the last of the retransmissions needless. */
  boolean duplicate(int left, int right) {
    if (!watching || !any || Seq.lt(left, from)) {
      return false;
    }
    doubtful -= right - left;
    return doubtful <= 0;
  }

  /** The window and the threshold of before. */
  void undo() {
    watching = false;
    t.sndSsthresh = Math.max(t.sndSsthresh, threshold);
    t.sndCwnd = Math.max(t.sndCwnd, window);
    t.cc.undone(t.ccVar);
  }
}
