package cellblock.bench;

import java.util.Arrays;

/**
 * ICMP echo between two jails: a program in jail A with a raw socket on the calling thread, B's
 * kernel answers. Run: {@code bench/run -m cellblock.bench.PingBench}.
 */
public final class PingBench {
  private static final int SAMPLES = 200_000;

  private PingBench() {}

  public static void main(String[] args) throws Exception {
    Report report = new Report("ping");
    try (Row row = new Row(3)) {
      for (int hops = 1; hops <= 2; hops++) {
        String to = "10.0." + (hops - 1) + ".2";
        String name = hops == 1 ? "neighbour" : "behind a router";
        row.jails
            .get(0)
            .run(
                "ping",
                port -> {
                  try (Pinger p = new Pinger(port)) {
                    measure(report, name, p, to);
                  }
                  return true;
                });
      }
    }
  }

  private static void measure(Report report, String name, Pinger p, String to) throws Exception {
    int runs = Report.setting("runs", 5);
    double[] rate = new double[runs];
    double[] median = new double[runs];
    double[] tail = new double[runs];
    long[] took = new long[SAMPLES];
    for (int run = -2; run < runs; run++) {
      long start = System.nanoTime();
      long last = start;
      for (int i = 0; i < SAMPLES; i++) {
        p.ping(to);
        long now = System.nanoTime();
        took[i] = now - last;
        last = now;
      }
      if (run >= 0) {
        rate[run] = SAMPLES / ((last - start) / 1e9);
        Arrays.sort(took);
        median[run] = took[SAMPLES / 2] / 1e3;
        tail[run] = took[SAMPLES / 100 * 99] / 1e3;
      }
    }
    report.row(name, "round trips/s", rate);
    report.row(name, "p50 us", median);
    report.row(name, "p99 us", tail);
  }
}
