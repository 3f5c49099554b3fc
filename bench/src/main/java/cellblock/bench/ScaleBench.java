package cellblock.bench;

import cellblock.host.Jail;
import cellblock.host.Kernel;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a jail costs among many: made with an epair, addresses and a route, pinged from vnet0,
 * removed, while 200, 2,000 or 10,000 are there; and the memory of an idle one.
 *
 * <p>Run: {@code bench/run -m cellblock.bench.ScaleBench [COUNT...]}.
 */
public final class ScaleBench {
  private ScaleBench() {}

  public static void main(String[] args) throws Exception {
    Report report = new Report("scale");
    int[] counts = {200, 2000, 10_000};
    if (args.length > 0) {
      counts = Arrays.stream(args).mapToInt(Integer::parseInt).toArray();
    }
    int runs = Report.setting("runs", 3);
    try (Kernel kernel = Kernel.boot(Kernel.Config.defaults(1))) {
      Life life = new Life(kernel);
      Warm.up(5, () -> round(kernel, life, 200, false));
      double[][][] all = new double[counts.length][PHASES.length][runs];
      for (int r = 0; r < runs; r++) {
        for (int c = 0; c < counts.length; c++) {
          double[] phases = round(kernel, life, counts[c], r == 0);
          for (int p = 0; p < phases.length; p++) {
            all[c][p][r] = phases[p];
          }
        }
      }
      for (int c = 0; c < counts.length; c++) {
        for (int p = 0; p < PHASES.length; p++) {
          boolean heap = p == PHASES.length - 1;
          double[] values = heap ? new double[] {all[c][p][0]} : all[c][p];
          report.row(
              counts[c] + " jails: " + PHASES[p], heap ? "bytes a jail" : "us CPU a jail", values);
        }
      }
    }
  }

  private static final String[] PHASES = {"create", "ping", "remove", "whole life", "idle"};

  /** The phases' microseconds of this thread's CPU a jail, and the bytes of an idle one. */
  private static double[] round(Kernel kernel, Life life, int count, boolean heap)
      throws Exception {
    List<Jail> jails = new ArrayList<>(count);
    double[] phases = new double[PHASES.length];
    long before = heap ? heap() : 0;
    long start = cpu();
    for (int i = 0; i < count; i++) {
      jails.add(life.make(i));
    }
    long made = cpu();
    if (heap) {
      phases[4] = (double) (heap() - before) / count;
    }
    long idle = cpu();
    try (Pinger p = new Pinger(kernel.port())) {
      for (int i = 0; i < count; i++) {
        p.ping(Life.address(i, 2));
      }
    }
    long pinged = cpu();
    for (int i = 0; i < count; i++) {
      life.remove(jails.get(i), i);
    }
    long removed = cpu();
    phases[0] = (made - start) / 1e3 / count;
    phases[1] = (pinged - idle) / 1e3 / count;
    phases[2] = (removed - pinged) / 1e3 / count;
    phases[3] = phases[0] + phases[1] + phases[2];
    return phases;
  }

  private static long cpu() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static long heap() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      System.gc();
      least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    return least;
  }
}
