package cellblock.inet.tcp;

import cellblock.kern.vnet.Vnet;
import java.util.random.RandomGenerator;

/**
 * Initial sequence numbers: a clock of 4 microseconds plus a keyed hash of the four-tuple (RFC
 * 6528; ancestor: tcp_new_isn of netinet/tcp_subr.c); and where the timestamp clock of a connection
 * begins (RFC 7323 section 5.4; tcp_new_ts_offset). Threading: the vnet's lane.
 */
final class IssGenerator {
  private final Vnet vnet;
  private final SipHash numbers;
  private final SipHash clocks;

  IssGenerator(Vnet vnet, RandomGenerator random) {
    this.vnet = vnet;
    this.numbers = new SipHash(random);
    this.clocks = new SipHash(random);
  }

  int next(long localHi, long localLo, int localPort, long foreignHi, long foreignLo, int port) {
    return (int) hash(numbers, localHi, localLo, localPort, foreignHi, foreignLo, port)
        + (int) (vnet.lane().now() / 4000);
  }

  int timestampOffset(
      long localHi, long localLo, int localPort, long foreignHi, long foreignLo, int port) {
    return (int) hash(clocks, localHi, localLo, localPort, foreignHi, foreignLo, port);
  }

  private static long hash(SipHash by, long a, long b, int here, long c, long d, int there) {
    return by.begin().word(a).word(b).word(c).word(d).word((long) here << 16 | there).end();
  }
}
