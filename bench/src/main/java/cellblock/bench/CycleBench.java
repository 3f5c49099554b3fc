package cellblock.bench;

import cellblock.host.Jail;
import cellblock.host.Kernel;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

/**
 * A hundred thousand jails one after the other: each made with an epair, addresses and a route,
 * pinged, removed, its ledger proven zero. What the last thousand cost against the first, by this
 * thread's CPU time; and, since minutes lie between the two, in which the machine may have become
 * another one, what a thousand cost in that kernel and in one just booted, the two in turn.
 *
 * <p>Run: {@code bench/run -m cellblock.bench.CycleBench [CYCLES]}.
 */
public final class CycleBench {
  private static final int THOUSAND = 1000;
  private static final int TURNS = 15;

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
        inTurn(report, life, pinger);
      }
    }
  }

  /** The kernel that has had all those jails against a new one. */
  private static void inTurn(Report report, Life old, Pinger pinger) throws Exception {
    double[] aged = new double[TURNS];
    double[] fresh = new double[TURNS];
    try (Kernel kernel = Kernel.boot(Kernel.Config.defaults(2))) {
      Life life = new Life(kernel);
      try (Pinger other = new Pinger(kernel.port())) {
        for (int i = 0; i < TURNS; i++) {
          aged[i] = thousand(old, pinger);
          fresh[i] = thousand(life, other);
        }
      }
    }
    report.row("in turn, aged kernel", "us CPU a cycle", aged);
    report.row("in turn, fresh kernel", "us CPU a cycle", fresh);
    report.row("aged kernel to fresh", "%", 100 * median(aged) / median(fresh));
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
