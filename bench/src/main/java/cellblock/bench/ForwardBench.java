package cellblock.bench;

import cellblock.control.SysctlRequest;
import cellblock.inet.Inet;
import cellblock.kern.vnet.Vnet;

/**
 * IPv4 forwarding of 64-byte frames: jail A sends through a routing jail to jail C, one thread. Real
 * Ethernet headers, resolved neighbours, route lookup, TTL and checksum, counters; C validates the
 * packet and finds no UDP socket (net.inet.udp.blackhole). Every packet is accounted for.
 *
 * <p>Run: {@code bench/run -m cellblock.bench.ForwardBench}; {@code -Dcellblock.bench.run=MS} and
 * {@code -Dcellblock.bench.runs=N} in {@code BENCH_JVM}.
 */
public final class ForwardBench {
  private ForwardBench() {}

  /** 64 bytes with the check sequence, which is not in memory. */
  private static final int FRAME = 60;

  public static void main(String[] args) throws Exception {
    Report report = new Report("forward");
    try (Row row = new Row(3)) {
      row.jails
          .get(2)
          .run("sysctl", p -> p.ask(new SysctlRequest.Set("net.inet.udp.blackhole", "1")));
      Vnet a = row.jails.get(0).vnet();
      Vnet r = row.jails.get(1).vnet();
      Vnet c = row.jails.get(2).vnet();
      Generator g = new Generator(a, "epair0a", "10.0.0.1", "10.0.1.2", "10.0.0.2", FRAME);
      Inet router = r.call(() -> Inet.of(r));
      for (int burst : new int[] {32, 1}) {
        long forwarded = router.ip.stats.forward;
        g.measure(report, "burst " + burst, burst, Generator.udpInput(c), a, r, c);
        if (router.ip.stats.forward == forwarded) {
          throw new IllegalStateException("nothing was forwarded");
        }
      }
    }
  }
}
