package cellblock.bench;

import cellblock.host.Kernel;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/**
 * Jails a second: created with an epair, two addresses and a default route, and removed again, each
 * ledger proven zero. One thread, by the Java API, one jail at a time.
 *
 * <p>Run: {@code bench/run -m cellblock.bench.JailBench}.
 */
public final class JailBench {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private JailBench() {}

  public static void main(String[] args) throws Exception {
    Report report = new Report("jail");
    int runs = Report.setting("runs", 5);
    long length = Report.setting("run", 1000) * 1_000_000L;
    try (Kernel kernel = Kernel.boot(Kernel.Config.defaults(1))) {
      Life life = new Life(kernel);
      int ledger = life.hostLedger();
      cycles(life, length * 5);
      double[] rate = new double[runs];
      double[] perCpu = new double[runs];
      double[] bytes = new double[runs];
      for (int i = 0; i < runs; i++) {
        long cpu = THREADS.getCurrentThreadCpuTime();
        long allocated = THREADS.getCurrentThreadAllocatedBytes();
        long start = System.nanoTime();
        long n = cycles(life, length);
        rate[i] = n / ((System.nanoTime() - start) / 1e9);
        perCpu[i] = n / ((THREADS.getCurrentThreadCpuTime() - cpu) / 1e9);
        bytes[i] = (double) (THREADS.getCurrentThreadAllocatedBytes() - allocated) / n;
      }
      if (life.hostLedger() != ledger) {
        throw new IllegalStateException("left in vnet0: " + (life.hostLedger() - ledger));
      }
      report.row("create and remove", "jails/s", rate);
      report.row("create and remove", "jails/s a CPU", perCpu);
      report.row("create and remove", "bytes allocated a jail", bytes);
    }
  }

  private static long cycles(Life life, long nanos) throws Exception {
    long end = System.nanoTime() + nanos;
    long n = 0;
    do {
      for (int i = 0; i < 16; i++) {
        life.remove(life.make(i), i);
      }
      n += 16;
    } while (System.nanoTime() < end);
    return n;
  }
}
