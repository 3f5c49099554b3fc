package cellblock.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Lanes taken inline, a worker a lane, and a plain lock, side by side (ADR-0001); and what curvnet,
 * V_ variables and turns cost. Every row runs in a JVM of its own, the variants of a row one after
 * another; it prints the median of five runs with the least and the greatest.
 *
 * <p>Run: {@code bench/run -m cellblock.bench.LaneBench [--out FILE] [ROW...]}; {@code
 * -Dcellblock.bench.run=MS} in {@code BENCH_JVM} sets the length of a run, {@code
 * -Dcellblock.bench.quiet=SECONDS} how long a row waits for a quiet machine.
 */
public final class LaneBench {
  private LaneBench() {}

  /** Runs all rows, or those whose names begin as told. */
  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length == 3 && args[0].equals("--row")) {
      row(args[1], args[2]);
      return;
    }
    List<String> wanted = new ArrayList<>(List.of(args));
    PrintStream file = null;
    if (wanted.size() >= 2 && wanted.getFirst().equals("--out")) {
      file =
          new PrintStream(
              Files.newOutputStream(Path.of(wanted.get(1))), true, StandardCharsets.UTF_8);
      wanted = wanted.subList(2, wanted.size());
    }
    List<PrintStream> to = file == null ? List.of(System.out) : List.of(System.out, file);
    tell(to, "# machine: " + cpu() + ", " + Runtime.getRuntime().availableProcessors() + " CPUs");
    tell(
        to,
        "# jdk: "
            + System.getProperty("java.vm.name")
            + " "
            + System.getProperty("java.vm.version"));
    tell(to, "# commit: " + commit());
    tell(to, "# time: " + Instant.now() + ", load average " + load());
    tell(to, "row,variant,unit,median,min,max");
    for (String name : LaneRows.NAMES) {
      for (LaneDomain.Variant v : LaneDomain.Variant.values()) {
        fork(name, v.name(), wanted, to);
      }
    }
    for (String name : VnetCosts.NAMES) {
      fork(name, "COST", wanted, to);
    }
    tell(to, "# load average at the end " + load());
  }

  private static void tell(List<PrintStream> to, String line) {
    to.forEach(p -> p.println(line));
  }

  private static void row(String name, String variant) {
    Locale.setDefault(Locale.ROOT);
    LaneQuiet.await(Long.getLong("cellblock.bench.quiet", 10));
    LaneQuiet others = new LaneQuiet();
    if (variant.equals("COST")) {
      VnetCosts.run(name, System.out::println);
    } else {
      new LaneRows(LaneDomain.Variant.valueOf(variant), System.out::println).run(name);
    }
    System.out.printf("# foreign load during %s %s: %.2f CPUs%n", name, variant, others.foreign());
    System.out.flush();
    Runtime.getRuntime().halt(0); // workers never end
  }

  private static void fork(String name, String variant, List<String> wanted, List<PrintStream> to)
      throws IOException, InterruptedException {
    if (!wanted.isEmpty() && wanted.stream().noneMatch(name::startsWith)) {
      return;
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xms1g", "-Xmx1g", "-XX:+UseG1GC"));
    command.add("-Dcellblock.bench.run=" + Long.getLong("cellblock.bench.run", 600));
    command.add("-Dcellblock.bench.quiet=" + Long.getLong("cellblock.bench.quiet", 10));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(LaneBench.class.getName(), "--row", name, variant));
    Process p = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(p.getInputStream(), StandardCharsets.UTF_8))) {
      in.lines().forEach(line -> tell(to, line));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    int status = p.waitFor();
    if (status != 0) {
      throw new IOException(name + " " + variant + " ended with " + status);
    }
  }

  private static String cpu() throws IOException {
    Path info = Path.of("/proc/cpuinfo");
    if (Files.isReadable(info)) {
      for (String line : Files.readAllLines(info)) {
        if (line.startsWith("model name")) {
          return line.substring(line.indexOf(':') + 2);
        }
      }
    }
    return System.getProperty("os.arch");
  }

  private static String load() throws IOException {
    Path path = Path.of("/proc/loadavg");
    return Files.isReadable(path) ? Files.readString(path).split(" ")[0] : "unknown";
  }

  private static String commit() throws InterruptedException {
    try {
      Process p = new ProcessBuilder("git", "describe", "--always", "--dirty").start();
      String said = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return p.waitFor() == 0 ? said : "unknown";
    } catch (IOException e) {
      return "unknown";
    }
  }
}
