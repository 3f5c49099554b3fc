package cellblock.bench;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;

/**
 * When a benchmark is warm: it has had seconds of CPU and the compilers are through. On a machine
 * that others load the compilers starve, so time alone does not tell.
 */
final class Warm {
  private static final long MOST = 60_000_000_000L;

  private Warm() {}

  /** Some of the work to be measured. */
  @FunctionalInterface
  interface Work {
    void run() throws Exception;
  }

  /**
   * Works until this thread has had {@code seconds} of CPU and a further second compiles little.
   */
  static void up(double seconds, Work work) throws Exception {
    long start = System.nanoTime();
    long cpu = cpu();
    long mark = cpu;
    long compiled = compiled();
    while (System.nanoTime() - start < MOST) {
      work.run();
      long now = cpu();
      if (now - mark > 1e9) {
        long more = compiled();
        if (now - cpu > seconds * 1e9 && more - compiled < 50) {
          return;
        }
        mark = now;
        compiled = more;
      }
    }
  }

  private static long cpu() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  /** Milliseconds that the compilers have worked. */
  private static long compiled() {
    CompilationMXBean jit = ManagementFactory.getCompilationMXBean();
    return jit == null ? 0 : jit.getTotalCompilationTime();
  }
}
