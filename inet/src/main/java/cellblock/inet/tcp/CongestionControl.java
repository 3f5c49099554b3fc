package cellblock.inet.tcp;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How fast a connection may send: sets SND.CWND and SND.SSTHRESH of its {@link Tcb} (ancestor:
 * struct cc_algo, netinet/cc/cc.h). One object a connection. Threading: the vnet's lane.
 */
interface CongestionControl {
  /** The names that {@link #named} knows: net.inet.tcp.cc.available. */
  List<String> NAMES = List.of("newreno", "cubic");

  /** A new object of the algorithm of a name, or null. */
  static @Nullable CongestionControl named(String name) {
    return switch (name) {
      case "newreno" -> new NewReno();
      case "cubic" -> new Cubic();
      default -> null;
    };
  }

  /** The name that TCP_CONGESTION and net.inet.tcp.cc.algorithm use. */
  String name();

  /** A connection begins: the initial window (RFC 6928). */
  default void start(Tcb t, int segments) {
    int mss = t.segmentSize();
    t.sndCwnd = Math.min(segments * mss, Math.max(2 * mss, segments * 1460));
  }

  /** {@code bytes} of new data were acknowledged outside of recovery: ack_received. */
  void acked(Tcb t, int bytes);

  /** A loss was found by duplicate acknowledgments: cong_signal CC_NDUPACK. Sets ssthresh. */
  void loss(Tcb t);

  /** The retransmission timer ran out: CC_RTO. Sets ssthresh; the caller the window of one. */
  void timeout(Tcb t);

  /** Recovery has ended: post_recovery. */
  default void recovered(Tcb t) {
    // Not above what is in flight, so that no burst leaves (RFC 6582 section 3.2 step 3).
    int mss = t.segmentSize();
    t.sndCwnd = Math.max(2 * mss, Math.min(t.sndSsthresh, t.flight() + mss));
  }

  /** The connection was idle for longer than a timeout (RFC 5681 section 4.1). */
  default void afterIdle(Tcb t) {
    int mss = t.segmentSize();
    int initial = t.tcp.settings.initcwndSegments.get() * mss;
    t.sndCwnd = Math.min(t.sndCwnd, initial);
  }
}
