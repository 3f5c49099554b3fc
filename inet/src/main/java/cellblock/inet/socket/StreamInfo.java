package cellblock.inet.socket;

/**
 * What a connection is like now (ancestor: struct tcp_info, netinet/tcp.h). Immutable.
 *
 * @param state a TCPS_* of netinet/tcp_fsm.h
 * @param options TCPI_OPT_* bits
 * @param sendMss data bytes of a full segment
 * @param receiveSpace bytes that may still come
 * @param congestionWindow bytes
 * @param slowStartThreshold bytes
 * @param rto retransmission timeout, nanoseconds
 * @param srtt smoothed round trip, nanoseconds; 0 = none measured
 */
public record StreamInfo(
    int state,
    int options,
    int sendMss,
    int receiveSpace,
    int congestionWindow,
    int slowStartThreshold,
    long rto,
    long srtt) {
  public static final int TIMESTAMPS = 1;
  public static final int SACK = 2;
  public static final int WSCALE = 4;
  public static final int ECN = 8;
  public static final int FAST_OPEN = 0x20;
}
