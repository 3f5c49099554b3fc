package cellblock.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/** What other programs use of the machine, in CPUs: waited for before a row, told after it. */
final class LaneQuiet {
  private static final Path STAT = Path.of("/proc/stat");
  private static final double TICKS = 100;
  private static final double QUIET = 0.3;

  private final long start = System.nanoTime();
  private final double busy = busy();
  private final double own = own();

  /** CPUs that others used since this object was made; NaN where it cannot be told. */
  double foreign() {
    double seconds = (System.nanoTime() - start) / 1e9;
    return Math.max(0, (busy() - busy) - (own() - own)) / seconds;
  }

  /** Waits for a quiet moment, but no longer than {@code seconds}. */
  static void await(long seconds) {
    long until = System.nanoTime() + seconds * 1_000_000_000;
    while (System.nanoTime() < until) {
      LaneQuiet look = new LaneQuiet();
      LockSupport.parkNanos(400_000_000);
      if (!(look.foreign() > QUIET)) {
        return;
      }
    }
  }

  private static double own() {
    var process =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return process.getProcessCpuTime() / 1e9;
  }

  /** CPU seconds of the whole machine since it was started. */
  private static double busy() {
    if (!Files.isReadable(STAT)) {
      return Double.NaN;
    }
    try {
      String[] f = Files.readAllLines(STAT).getFirst().trim().split("\\s+");
      long ticks = 0;
      for (int i : new int[] {1, 2, 3, 6, 7}) { // user, nice, system, irq, softirq
        ticks += Long.parseLong(f[i]);
      }
      return ticks / TICKS;
    } catch (IOException e) {
      return Double.NaN;
    }
  }
}
