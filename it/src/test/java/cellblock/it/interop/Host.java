package cellblock.it.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What the host's own kernel and programs are asked for. */
final class Host {
  private static final int PATIENCE_SECONDS = 300;

  private Host() {}

  /** How a program ended; both streams in {@code out}. */
  record Result(int status, String out) {}

  /** Skips the test, with what is missing, unless there may be TAP devices and namespaces. */
  static void mayReach() {
    assumeTrue(
        Boolean.getBoolean("cellblock.interop"),
        "interop: not asked for; -Dcellblock.interop=true makes network namespaces and TAP"
            + " devices");
    assumeTrue(
        System.getProperty("os.name").equals("Linux"), "interop: needs Linux, for its TAP devices");
    assumeTrue(Files.exists(Path.of("/dev/net/tun")), "interop: needs /dev/net/tun");
    assumeTrue(
        "root".equals(System.getProperty("user.name")),
        "interop: needs root, for network namespaces and TAP devices");
    needs("ip");
  }

  /** Skips the test unless each of these programs is on PATH. */
  static void needs(String... programs) {
    for (String program : programs) {
      assumeTrue(has(program), "interop: needs " + program + " on PATH");
    }
  }

  static boolean has(String program) {
    return Stream.of(System.getenv("PATH").split(":"))
        .anyMatch(dir -> Files.isExecutable(Path.of(dir, program)));
  }

  /** Starts a program; its output goes to {@code out}. */
  static Process start(Path out, List<String> command) throws IOException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(out.toFile())
        .redirectInput(new File("/dev/null"))
        .start();
  }

  static Result run(List<String> command) throws IOException, InterruptedException {
    Path out = Files.createTempFile("interop", ".out");
    try {
      Process process = start(out, command);
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(command + " is still running; so far: " + Files.readString(out));
      }
      return new Result(process.exitValue(), Files.readString(out));
    } finally {
      Files.delete(out);
    }
  }

  static Result run(String command) throws IOException, InterruptedException {
    return run(List.of(command.strip().split("\\s+")));
  }

  /** A command that must succeed. */
  static String ok(String command) throws IOException, InterruptedException {
    Result r = run(command);
    assertThat(r.status()).as("%s: %s", command, r.out()).isZero();
    return r.out();
  }

  /** How many descriptors of this process are open TAP devices. */
  static int taps() throws IOException {
    List<Path> found = new ArrayList<>();
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      for (Path fd : all.toList()) {
        try {
          if (Files.readSymbolicLink(fd).toString().equals("/dev/net/tun")) {
            found.add(fd);
          }
        } catch (IOException closedMeanwhile) {
          // It is not one.
        }
      }
    }
    return found.size();
  }

  /** Threads of this process that belong to a device of that interface. */
  static List<String> threads(String ifname) {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(n -> n.equals(ifname + " in") || n.equals(ifname + " out"))
        .toList();
  }
}
