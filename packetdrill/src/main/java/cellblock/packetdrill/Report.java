package cellblock.packetdrill;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Tells of results as they come, and counts them by folder. Threading: one thread. */
final class Report {
  private final PrintStream out;
  private final boolean quiet;
  private final boolean verbose;
  private final Map<String, int[]> folders = new LinkedHashMap<>();
  private int passed;
  private int failed;

  Report(PrintStream out, boolean quiet, boolean verbose) {
    this.out = out;
    this.quiet = quiet;
    this.verbose = verbose;
  }

  int failed() {
    return failed;
  }

  void add(Result r) {
    Path folder = r.file().getParent();
    int[] counts =
        folders.computeIfAbsent(folder == null ? "." : folder.toString(), f -> new int[2]);
    if (r.passed()) {
      passed++;
      counts[0]++;
    } else {
      failed++;
      counts[1]++;
    }
    if (quiet) {
      return;
    }
    if (verbose) {
      out.println((r.passed() ? "passed  " : "FAILED  ") + r.file());
      r.log().forEach(l -> out.println("  " + l));
    }
    r.warnings().forEach(out::println);
    if (!r.passed()) {
      out.println(r.failure());
    }
  }

  void summary() {
    int width = folders.keySet().stream().mapToInt(String::length).max().orElse(0);
    folders.forEach((folder, n) -> {
      String name = folder + " ".repeat(width - folder.length());
      out.println("%s  passed %4d  failed %4d".formatted(name, n[0], n[1]));
    });
    out.println("scripts %d, passed %d, failed %d".formatted(passed + failed, passed, failed));
  }
}
