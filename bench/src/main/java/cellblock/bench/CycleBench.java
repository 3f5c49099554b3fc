package cellblock.bench;

import cellblock.host.Jail;
import cellblock.host.Kernel;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

/**
 * A hundred thousand jails one after the other: each made with an epair, addresses and a route,
 * pinged, removed, its ledger proven zero. What the last thousand cost against the first, by this
 * thread's CPU time.
 *
 * <p>Run: {@code bench/run -m cellblock.bench.CycleBench [CYCLES]}.
 */
public final class CycleBench {
  private static final int THOUSAND = 1000;

  private CycleBench() {}

  public static void main(String[] args) throws Exception {
    Report report = new Report("cycles");
    int cycles = args.length > 0 ? Integer.parseInt(args[0]) : 100_000;
    try (Kernel kernel = Kernel.boot(Kernel.Config.defaults(1))) {
      Life life = new Life(kernel);
      try (Pinger pinger = new Pinger(kernel.port())) {
        Warm.up(10, () -> thousand(life, pinger));
        double[] cost = new double[cycles / THOUSAND];
        for (int i = 0; i < cost.length; i++) {
          cost[i] = thousand(life, pinger);
        }
        int some = Math.min(5, cost.length);
        report.row("first thousand", "us CPU a cycle", cost[0]);
        report.row("last thousand", "us CPU a cycle", cost[cost.length - 1]);
        report.row("first thousands", "us CPU a cycle", Arrays.copyOf(cost, some));
        report.row(
            "last thousands",
            "us CPU a cycle",
            Arrays.copyOfRange(cost, cost.length - some, cost.length));
        report.row("all thousands", "us CPU a cycle", cost);
        report.row(
            "last thousands to first",
            "%",
            100
                * median(Arrays.copyOfRange(cost, cost.length - some, cost.length))
                / median(Arrays.copyOf(cost, some)));
      }
    }
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }

  private static double thousand(Life life, Pinger pinger) throws Exception {
    long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    for (int i = 0; i < THOUSAND; i++) {
      Jail jail = life.make(i % 16);
      pinger.ping(Life.address(i % 16, 2));
      life.remove(jail, i % 16);
    }
    return (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start) / 1e3 / THOUSAND;
  }
}
