package cellblock.inet.tcp;

/**
 * Proportional rate reduction: how much may leave for what arrived while a loss is repaired (RFC
 * 6937, its slow start bound; ancestor: tcp_do_prr_ack of netinet/tcp_input.c). Threading: the
 * vnet's lane.
 */
final class Prr {
  private long delivered;
  private long out;
  private int flightAtStart;

  /** Recovery begins; ssthresh is set. */
  void begin(Tcb t) {
    delivered = 0;
    out = 0;
    flightAtStart = Math.max(1, t.flight());
  }

  /** Data left. */
  void sent(int bytes) {
    out += bytes;
  }

  /** {@code bytes} are known to have arrived by this acknowledgment: sets SND.CWND. */
  void acked(Tcb t, int bytes, int pipe) {
    int mss = t.segmentSize();
    delivered += Math.max(0, bytes);
    long count;
    if (pipe > t.sndSsthresh) {
      count = (delivered * t.sndSsthresh + flightAtStart - 1) / flightAtStart - out;
    } else {
      long limit = Math.max(delivered - out, Math.max(0, bytes)) + mss;
      count = Math.min(t.sndSsthresh - pipe, limit);
    }
    t.sndCwnd = (int) Math.clamp(pipe + Math.max(0, count), mss, CcVar.MAX_WINDOW);
  }
}
