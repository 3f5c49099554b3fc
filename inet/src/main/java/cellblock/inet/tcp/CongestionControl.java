package cellblock.inet.tcp;

/**
 * How fast a connection may send: sets window and threshold of its {@link CcVar} (ancestor: struct
 * cc_algo, netinet/cc/cc.h). One object a connection, made by the {@link CcModule} of its name.
 * Threading: the vnet's lane.
 */
public interface CongestionControl {
  /** The name that TCP_CONGESTION and net.inet.tcp.cc.algorithm use. */
  String name();

  /** A connection begins: the initial window (RFC 6928). */
  default void start(CcVar v) {
    int mss = v.segmentSize();
    int segments = v.initialSegments();
    v.window(Math.min(segments * mss, Math.max(2 * mss, segments * 1460)));
  }

  /** {@code bytes} of new data were acknowledged outside of recovery: ack_received. */
  void acked(CcVar v, int bytes);

  /** A loss was found by duplicate acknowledgments: cong_signal CC_NDUPACK. Sets the threshold. */
  void loss(CcVar v);

  /** The retransmission timer ran out: CC_RTO. Sets the threshold; the caller the window of one. */
  void timeout(CcVar v);

  /** Recovery has ended: post_recovery. */
  default void recovered(CcVar v) {
    // Not above what is in flight, so that no burst leaves (RFC 6582 section 3.2 step 3).
    int mss = v.segmentSize();
    v.window(Math.max(2 * mss, Math.min(v.threshold(), v.flight() + mss)));
  }

  /** The connection was idle for longer than a timeout (RFC 5681 section 4.1). */
  default void afterIdle(CcVar v) {
    v.window(Math.min(v.window(), v.initialSegments() * v.segmentSize()));
  }
}
