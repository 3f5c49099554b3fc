package cellblock.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * What a tool call costs: {@code ifconfig -l} by its shim, from the start of the process to its
 * end, against a kernel in the background that the benchmark starts and stops, on a socket of its
 * own. Beside it the cheapest process there is.
 *
 * <p>Run in a built tree: {@code bench/run -m cellblock.bench.ToolStart}.
 */
public final class ToolStart {
  private static final int CALLS = 100;

  private ToolStart() {}

  public static void main(String[] args) throws Exception {
    Report report = new Report("tool-start");
    Path root = Path.of(System.getProperty("cellblock.bench.results"), "..", "..").toRealPath();
    Path folder = Files.createTempDirectory("cellblock-bench");
    Path socket = folder.resolve("control");
    String launcher = root.resolve("cellblock").toString();
    run(socket, launcher, "start");
    try {
      String shim = root.resolve("build/bin/ifconfig").toString();
      for (int i = 0; i < 10; i++) {
        call(socket, shim, "-l");
      }
      double[] tool = new double[CALLS];
      double[] least = new double[CALLS];
      for (int i = 0; i < CALLS; i++) {
        tool[i] = call(socket, shim, "-l");
        least[i] = call(socket, "/bin/true");
      }
      percentiles(report, "ifconfig -l", tool);
      percentiles(report, "/bin/true", least);
    } finally {
      run(socket, launcher, "stop");
      try (var files = Files.list(folder)) {
        for (Path p : files.toList()) {
          Files.deleteIfExists(p);
        }
      }
      Files.deleteIfExists(folder);
    }
  }

  private static void percentiles(Report report, String name, double[] ms) throws IOException {
    Arrays.sort(ms);
    report.row(name, "ms", ms); // median, least, greatest
    report.row(name, "ms p90", ms[CALLS * 9 / 10]);
  }

  private static double call(Path socket, String... command) throws Exception {
    long start = System.nanoTime();
    String out = run(socket, command);
    double ms = (System.nanoTime() - start) / 1e6;
    if (command.length > 1 && !out.strip().equals("lo0")) {
      throw new IllegalStateException(List.of(command) + " printed " + out);
    }
    return ms;
  }

  private static String run(Path socket, String... command) throws Exception {
    ProcessBuilder b = new ProcessBuilder(command);
    b.environment().put("CELLBLOCK_SOCKET", socket.toString());
    b.redirectError(ProcessBuilder.Redirect.INHERIT);
    Process p = b.start();
    p.getOutputStream().close();
    String out = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = p.waitFor();
    if (status != 0) {
      throw new IllegalStateException(List.of(command) + " ended with " + status);
    }
    return out;
  }
}
