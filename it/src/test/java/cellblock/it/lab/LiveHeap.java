package cellblock.it.lab;

import java.lang.management.ManagementFactory;

/**
 * Bytes of objects that are alive. Exact only with {@code -XX:MarkSweepDeadRatio=0}, which the
 * build gives every test: else a full collection leaves alone each region that is less than 5 %
 * dead, and what is dead in it counts as used, up to 200 KiB of every 4 MiB.
 */
final class LiveHeap {
  private LiveHeap() {}

  /** Once collections no longer shrink it. */
  static long bytes() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      System.gc();
      least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    return least;
  }
}
