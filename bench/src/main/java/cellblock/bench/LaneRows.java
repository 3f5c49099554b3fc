package cellblock.bench;

import cellblock.bench.LaneDomain.App;
import cellblock.bench.LaneDomain.Job;
import cellblock.bench.LaneDomain.Variant;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** The rows of the comparison; each runs in a JVM of its own. */
final class LaneRows {
  private static final int RUNS = 5;
  private static final long RUN = Long.getLong("cellblock.bench.run", 600) * 1_000_000;
  private static final long WARM = 3 * RUN;

  private final Variant variant;
  private final Consumer<String> out;
  private volatile boolean over;

  LaneRows(Variant variant, Consumer<String> out) {
    this.variant = variant;
    this.out = out;
  }

  static final List<String> NAMES =
      List.of(
          "bulk",
          "pingpong-virtual",
          "pingpong-platform",
          "forward-1",
          "forward-32",
          "fanin-8",
          "ring-1000",
          "capture");

  void run(String row) {
    switch (row) {
      case "bulk" -> bulk();
      case "pingpong-virtual" -> talk(true);
      case "pingpong-platform" -> talk(false);
      case "forward-1" -> forward(1);
      case "forward-32" -> forward(32);
      case "fanin-8" -> fanIn();
      case "ring-1000" -> ring();
      case "capture" -> capture();
      default -> throw new IllegalArgumentException(row);
    }
  }

  private static Job job(Runnable work) {
    return new Job() {
      @Override
      void work() {
        work.run();
      }
    };
  }

  /**
   * Lets the threads run, and reads a counter at the ends of several stretches of time: the rate by
   * the wall clock, and the rate by the CPU time that the process used, which other programs on the
   * machine disturb less.
   */
  private void measure(
      String row, String unit, double scale, LongSupplier counter, Runnable... threads) {
    List<Thread> all = new ArrayList<>();
    for (Runnable r : threads) {
      all.add(Thread.ofPlatform().daemon().start(r));
    }
    sample(row, unit, scale, counter);
    over = true;
  }

  private void sample(String row, String unit, double scale, LongSupplier counter) {
    pause(WARM);
    var process =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    double[] rates = new double[RUNS];
    double[] perCpu = new double[RUNS];
    for (int i = 0; i < RUNS; i++) {
      long count = counter.getAsLong();
      long cpu = process.getProcessCpuTime();
      long start = System.nanoTime();
      pause(RUN);
      double done = (counter.getAsLong() - count) * 1e9 * scale;
      rates[i] = done / (System.nanoTime() - start);
      perCpu[i] = done / (process.getProcessCpuTime() - cpu);
    }
    report(row, unit, rates);
    report(row, unit + " a CPU", perCpu);
  }

  private void report(String row, String unit, double[] values) {
    Arrays.sort(values);
    out.accept(
        String.format(
            "%s,%s,%s,%.4g,%.4g,%.4g",
            row,
            variant.name().toLowerCase(Locale.ROOT),
            unit,
            values[values.length / 2],
            values[0],
            values[values.length - 1]));
  }

  private static void pause(long nanos) {
    long until = System.nanoTime() + nanos;
    for (long left; (left = until - System.nanoTime()) > 0; ) {
      LockSupport.parkNanos(left);
    }
  }

  private void bulk() {
    LaneDomain[] d = LaneDomain.make(variant, 2);
    LaneNode.StreamEnd a = new LaneNode.StreamEnd(d[0]);
    LaneNode.StreamEnd b = new LaneNode.StreamEnd(d[1]);
    a.peer = b;
    b.peer = a;
    Job fill = job(a::fill);
    measure(
        "bulk",
        "Gb/s",
        8e-9,
        () -> b.received,
        () -> {
          App app = new App();
          a.writer = Thread.currentThread();
          while (!over) {
            d[0].run(fill, app);
            while (!a.open) {
              LockSupport.park();
            }
          }
        });
    b.check();
  }

  private void talk(boolean virtual) {
    LaneDomain[] d = LaneDomain.make(variant, 2);
    LaneNode.TalkEnd a = new LaneNode.TalkEnd(d[0]);
    LaneNode.TalkEnd b = new LaneNode.TalkEnd(d[1]);
    a.peer = b;
    b.peer = a;
    Thread.Builder threads = virtual ? Thread.ofVirtual() : Thread.ofPlatform().daemon();
    a.reader = threads.unstarted(() -> converse(a, true));
    b.reader = threads.unstarted(() -> converse(b, false));
    b.reader.start();
    a.reader.start();
    sample(
        virtual ? "pingpong-virtual" : "pingpong-platform",
        "k round trips/s",
        1e-3,
        () -> a.arrived & 0xffffffffL);
    over = true;
  }

  private void converse(LaneNode.TalkEnd end, boolean first) {
    App app = new App();
    Job say = job(end::say);
    if (first) {
      end.domain.post(say, app);
    }
    for (int seen = 0; !over; seen++) {
      while (end.arrived == seen) {
        LockSupport.park();
      }
      end.domain.post(say, app);
    }
  }

  private void forward(int burst) {
    LaneDomain[] d = LaneDomain.make(variant, 3);
    LaneNode.Station a = new LaneNode.Station(d[0]);
    LaneNode.Station router = new LaneNode.Station(d[1]);
    LaneNode.Sink c = new LaneNode.Sink(d[2]);
    a.next = router;
    router.next = c;
    Job send = job(() -> a.burst(burst, 64));
    measure("forward-" + burst, "Mpps", 1e-6, () -> c.received, () -> repeat(d[0], send));
  }

  private void repeat(LaneDomain domain, Job job) {
    App app = new App();
    while (!over) {
      domain.run(job, app);
    }
  }

  private void fanIn() {
    LaneDomain[] d = LaneDomain.make(variant, 9);
    LaneNode.Sink sink = new LaneNode.Sink(d[8]);
    Job[] send = new Job[8];
    for (int i = 0; i < 8; i++) {
      LaneNode.Station s = new LaneNode.Station(d[i]);
      s.next = sink;
      send[i] = job(() -> s.burst(16, 64));
    }
    measure(
        "fanin-8",
        "Mpps",
        1e-6,
        () -> sink.received,
        () -> turns(d, send, 0),
        () -> turns(d, send, 4));
  }

  private void turns(LaneDomain[] d, Job[] send, int from) {
    App app = new App();
    while (!over) {
      for (int i = from; i < from + 4; i++) {
        d[i].run(send[i], app);
      }
    }
  }

  private void ring() {
    int n = 1000;
    LaneDomain[] d = LaneDomain.make(variant, n);
    LaneNode.Station[] ring = new LaneNode.Station[n];
    for (int i = 0; i < n; i++) {
      ring[i] = new LaneNode.Station(d[i]);
    }
    Job[] send = new Job[n];
    for (int i = 0; i < n; i++) {
      LaneNode.Station s = ring[i];
      s.next = ring[(i + 1) % n];
      send[i] = job(() -> s.burst(1, 63));
    }
    measure(
        "ring-1000",
        "Mhops/s",
        63e-6,
        () -> {
          long all = 0;
          for (LaneNode.Station s : ring) {
            all += s.received;
          }
          return all;
        },
        () -> {
          App app = new App();
          for (int i = 0; !over; i = (i + 7) % n) {
            d[i].run(send[i], app);
          }
        });
  }

  /** X sends a packet every 20 us to a hub that Y floods: how long do X's calls take? */
  private void capture() {
    LaneDomain[] d = LaneDomain.make(variant, 3);
    LaneNode.Sink hub = new LaneNode.Sink(d[2]);
    LaneNode.Station x = new LaneNode.Station(d[0]);
    LaneNode.Station y = new LaneNode.Station(d[1]);
    x.next = hub;
    y.next = hub;
    Job flood = job(() -> y.burst(32, 64));
    Job one = job(() -> x.burst(1, 64));
    Thread.ofPlatform().daemon().start(() -> repeat(d[1], flood));
    App app = new App();
    latencies(d[0], one, app, WARM);
    String[] names = {"capture-p50", "capture-p99", "capture-p99.9", "capture-max"};
    double[][] found = new double[names.length][RUNS];
    for (int i = 0; i < RUNS; i++) {
      long[] sorted = latencies(d[0], one, app, 2 * RUN);
      int n = sorted.length;
      int[] at = {n / 2, (int) (n * 0.99), (int) (n * 0.999), n - 1};
      for (int k = 0; k < at.length; k++) {
        found[k][i] = sorted[at[k]] / 1e3;
      }
    }
    for (int k = 0; k < names.length; k++) {
      report(names[k], "us", found[k]);
    }
    over = true;
  }

  private static long[] latencies(LaneDomain domain, Job job, App app, long time) {
    long[] took = new long[1 << 20];
    int n = 0;
    long until = System.nanoTime() + time;
    for (long next = System.nanoTime(); next < until && n < took.length; next += 20_000) {
      while (System.nanoTime() < next) {
        Thread.onSpinWait();
      }
      long start = System.nanoTime();
      domain.run(job, app);
      took[n++] = System.nanoTime() - start;
      next = Math.max(next, start);
    }
    long[] sorted = Arrays.copyOf(took, n);
    Arrays.sort(sorted);
    return sorted;
  }
}
