package cellblock.inet.socket;

/**
 * What netstat -T and -x show of a connection besides its buffers (ancestor: struct xtcpcb,
 * netinet/tcp_var.h). Times are nanoseconds until a timer runs out, 0 = it does not run.
 *
 * @param retransmitted segments sent again
 * @param outOfOrder segments that came out of order
 * @param zeroWindows times that no more room was advertised
 * @param idle nanoseconds since something came
 */
public record StreamCounts(
    int retransmitted,
    int outOfOrder,
    int zeroWindows,
    long rexmt,
    long persist,
    long keep,
    long msl2,
    long delack,
    long idle) {}
