package cellblock.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Locale;

/**
 * Where a benchmark tells its figures: a key=value line each on standard output, and a line in
 * {@code bench/results/NAME.csv}, which is committed. The folder is {@code cellblock.bench.results};
 * without it nothing is written.
 */
final class Report {
  private static final String HEAD =
      "time,commit,machine,jdk,foreign CPUs,case,unit,median,min,max,runs,note";

  private final String bench;
  private final String machine;
  private final String jdk;
  private final String commit;
  private final String note;
  private LaneQuiet others = new LaneQuiet();
  private long since = System.nanoTime();
  private double foreign;

  /** Says on what the benchmark runs. */
  Report(String bench) throws IOException, InterruptedException {
    Locale.setDefault(Locale.ROOT);
    this.bench = bench;
    this.machine = cpu() + " x " + Runtime.getRuntime().availableProcessors();
    this.jdk = Runtime.version().toString();
    this.commit = commit();
    this.note = System.getProperty("cellblock.bench.note", "");
    System.out.println("bench=" + bench);
    System.out.println("machine=" + machine);
    System.out.println("jdk=" + System.getProperty("java.vm.name") + " " + jdk);
    System.out.println("commit=" + commit);
  }

  /** How often to run, and for how long: property {@code cellblock.bench.NAME}. */
  static int setting(String name, int otherwise) {
    return Integer.getInteger("cellblock.bench." + name, otherwise);
  }

  /** A figure of several runs: median, least and greatest. */
  void row(String name, String unit, double... runs) throws IOException {
    double[] sorted = runs.clone();
    Arrays.sort(sorted);
    foreign();
    String median = text(sorted[sorted.length / 2]);
    String min = text(sorted[0]);
    String max = text(sorted[sorted.length - 1]);
    System.out.printf(
        "%s=%s unit=%s min=%s max=%s runs=%d foreign=%.2f%n",
        name.replace(' ', '.'), median, unit.replace(' ', '_'), min, max, runs.length, foreign);
    String folder = System.getProperty("cellblock.bench.results");
    if (folder == null) {
      return;
    }
    Path file = Path.of(folder, bench + ".csv");
    if (!Files.exists(file)) {
      Files.writeString(file, HEAD + "\n");
    }
    String line =
        String.join(
            ",",
            Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
            commit,
            machine,
            jdk,
            String.format("%.2f", foreign),
            name,
            unit,
            median,
            min,
            max,
            Integer.toString(runs.length),
            note);
    Files.writeString(file, line + "\n", StandardOpenOption.APPEND);
  }

  /** Rows of one measurement follow one another at once: they share what it saw of others. */
  private void foreign() {
    if (System.nanoTime() - since > 200_000_000) {
      foreign = others.foreign();
    }
    others = new LaneQuiet();
    since = System.nanoTime();
  }

  private static String text(double value) {
    if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      return Long.toString((long) value);
    }
    return String.format(Math.abs(value) < 10 ? "%.3f" : Math.abs(value) < 1000 ? "%.1f" : "%.0f", value);
  }

  private static String cpu() throws IOException {
    Path info = Path.of("/proc/cpuinfo");
    if (Files.isReadable(info)) {
      for (String line : Files.readAllLines(info)) {
        if (line.startsWith("model name")) {
          return line.substring(line.indexOf(':') + 2).strip();
        }
      }
    }
    return System.getProperty("os.arch");
  }

  private static String commit() throws InterruptedException {
    try {
      String folder = System.getProperty("cellblock.bench.results", ".");
      Process p =
          new ProcessBuilder("git", "-C", folder, "describe", "--always", "--dirty").start();
      String said = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return p.waitFor() == 0 ? said : "unknown";
    } catch (IOException e) {
      return "unknown";
    }
  }
}
