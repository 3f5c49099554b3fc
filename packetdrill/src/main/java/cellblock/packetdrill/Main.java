package cellblock.packetdrill;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** The command {@code cellblock packetdrill}. */
public final class Main {
  private static final String USAGE =
      """
      usage: cellblock packetdrill [-qv] [--jobs=N] [--OPTION=VALUE ...] FILE|DIR ...
      """;
  private static final String HELP =
      USAGE
          + """

          Runs packetdrill scripts, each against a fresh network stack in virtual time.
          A directory stands for every *.pkt file below it.

            -q, --quiet                only the summary
            -v, --verbose              every packet, call and command
            --jobs=N                   scripts that run at a time (default: 2)
            --ip_version=VERSION       ipv4, ipv6 or ipv4-mapped-ipv6, where the script does not say
            --tolerance_usecs=N        how far a packet may be off in time (default: 4000)
            --tolerance_percent=N      the same, of the time since the event before (default: 5)
            --mtu=N, --local_ip=A, --gateway_ip=A, --remote_ip=A/N, --netmask_ip=A,
            --bind_port=N, --connect_port=N, --tcp_ts_tick_usecs=N, --non_fatal=packet,syscall,
            --tcp_md5_secret=WORD, --udp_encapsulation=tcp
                                       as packetdrill has them; a script's own are stronger
            --help                     this text

          Exit status: 0 when all pass, 1 when one fails or does not parse, 2 for bad arguments.
          """;

  private final PrintStream out;
  private final PrintStream err;
  private final Map<String, String> options = new LinkedHashMap<>();
  private final List<String> names = new ArrayList<>();
  private boolean quiet;
  private boolean verbose;
  private int jobs = 2;

  private Main(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  /** Runs the command in this process. */
  public static void main(String[] args) {
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    int status = run(List.of(args), Path.of(""), out, System.err);
    out.flush();
    System.exit(status);
  }

  /**
   * Runs the command.
   *
   * @param cwd what file names are relative to
   * @return the exit status
   */
  public static int run(List<String> args, Path cwd, PrintStream out, PrintStream err) {
    Main main = new Main(out, err);
    try {
      return main.run(args, cwd);
    } catch (Usage e) {
      String said = e.getMessage();
      if (said != null && !said.isEmpty()) {
        err.println("packetdrill: " + said);
      }
      err.print(USAGE);
      return 2;
    }
  }

  /** Bad arguments. */
  private static final class Usage extends Exception {
    private static final long serialVersionUID = 1L;

    Usage(String message) {
      super(message);
    }
  }

  private int run(List<String> args, Path cwd) throws Usage {
    for (String a : args) {
      if (a.equals("--help") || a.equals("-h")) {
        out.print(HELP);
        return 0;
      }
      argument(a);
    }
    if (names.isEmpty()) {
      throw new Usage("");
    }
    try {
      Settings.of(options);
    } catch (Settings.Invalid | NumberFormatException e) {
      throw new Usage(String.valueOf(e.getMessage()));
    }
    Set<Path> files = files(cwd);
    Packetdrill runner = new Packetdrill(Map.copyOf(options), verbose, false);
    Report report = new Report(out, quiet, verbose);
    try {
      Batch.run(List.copyOf(files), runner, jobs, report::add);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      err.println("packetdrill: interrupted");
      return 130;
    }
    report.summary();
    return report.failed() == 0 ? 0 : 1;
  }

  private void argument(String a) throws Usage {
    if (!a.startsWith("-") || a.equals("-")) {
      names.add(a);
      return;
    }
    if (!a.startsWith("--")) {
      for (char c : a.substring(1).toCharArray()) {
        switch (c) {
          case 'q' -> quiet = true;
          case 'v' -> verbose = true;
          default -> throw new Usage("illegal option -- " + c);
        }
      }
      return;
    }
    int eq = a.indexOf('=');
    String name = a.substring(2, eq < 0 ? a.length() : eq);
    String value = eq < 0 ? "" : a.substring(eq + 1);
    switch (name) {
      case "quiet" -> quiet = true;
      case "verbose" -> verbose = true;
      case "jobs" -> jobs = jobs(value);
      default -> {
        if (!Settings.NAMES.contains(name)) {
          throw new Usage("unknown option --" + name);
        }
        options.put(name, value);
      }
    }
  }

  private static int jobs(String value) throws Usage {
    if (!value.matches("[1-9]\\d{0,2}")) {
      throw new Usage("bad --jobs: " + value);
    }
    return Integer.parseInt(value);
  }

  private Set<Path> files(Path cwd) throws Usage {
    Set<Path> all = new LinkedHashSet<>();
    for (String name : names) {
      Path named = Path.of(name);
      Path real = cwd.resolve(named);
      if (Files.isDirectory(real)) {
        int before = all.size();
        below(named, real, all);
        if (all.size() == before) {
          throw new Usage(name + ": no *.pkt file in it");
        }
      } else if (Files.isReadable(real)) {
        all.add(real);
      } else {
        throw new Usage(name + ": no such file or directory");
      }
    }
    return all;
  }

  private static void below(Path named, Path real, Set<Path> to) throws Usage {
    try (Stream<Path> walk = Files.walk(real, FileVisitOption.FOLLOW_LINKS)) {
      walk.filter(p -> p.toString().endsWith(".pkt") && Files.isRegularFile(p))
          .sorted()
          .forEach(to::add);
    } catch (IOException | UncheckedIOException e) {
      throw new Usage(named + ": " + e.getMessage());
    }
  }
}
