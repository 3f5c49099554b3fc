package cellblock.userland.net.inetd;

import cellblock.control.KernelError;
import cellblock.control.ProcRequest;
import cellblock.control.tool.HostCommand;
import cellblock.control.tool.ToolContext;
import cellblock.userland.misc.Err;
import cellblock.userland.net.Stdio;
import cellblock.userland.net.Sysexits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How inetd goes into the background: a shell of the host becomes a second call of it, whose
 * process is the one that the pid file names. The first call returns when the second one's sockets
 * are open. Ancestor: daemon(3), pidfile(3).
 */
final class Background {
  /** The environment variable that tells the second call what to report to. */
  static final String MARK = "CELLBLOCK_INETD";

  private static final Duration STEP = Duration.ofMillis(5);
  private static final Duration DYING = Duration.ofMillis(50);
  private static final int DYING_STEPS = 20;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final String SCRIPT =
      """
      [ -z "$1" ] || echo $$ >"$1"
      shift
      exec inetd "$@" </dev/null >/dev/null 2>&1
      """;

  /** Exists until the sockets are open; the pid file's name, and a line feed, stands in it. */
  private final @Nullable Path report;

  private @Nullable Path pidFile;
  private String pid = "";

  private Background(@Nullable Path report) {
    this.report = report;
  }

  static Background of(ToolContext context) {
    String mark = context.env().get(MARK);
    return new Background(mark == null || mark.isEmpty() ? null : Path.of(mark));
  }

  boolean isChild() {
    return report != null;
  }

  /** Starts the second call and waits until it is ready; {@code check} tells what is wrong. */
  int start(Stdio io, InetdOptions options, Consumer<String> log, Runnable check)
      throws InterruptedException {
    ToolContext context = io.context();
    Path file = options.pidFile == null ? null : context.cwd().resolve(options.pidFile);
    long other = file == null ? 0 : lastingOwner(context, file);
    if (other != 0) {
      log.accept("inetd already running, pid: " + other);
      return Sysexits.EX_OSERR;
    }
    check.run();
    if (file != null && !writable(file, log)) {
      file = null;
    }
    Path ready = null;
    try {
      ready = Files.createTempFile("cellblock-inetd", "");
      Files.writeString(ready, file == null ? "" : file.toString());
      ProcRequest.ProcInfo self = io.kernel().ask(new ProcRequest.Self());
      return second(context, self, file, ready);
    } catch (KernelError e) {
      log.accept("daemon(0,0) failed: " + e.text());
      return Sysexits.EX_OSERR;
    } catch (IOException e) {
      log.accept("daemon(0,0) failed: " + Err.strerror(e));
      return Sysexits.EX_OSERR;
    } finally {
      if (ready != null) {
        delete(ready);
      }
    }
  }

  /** The second call; returns when it has removed {@code ready}, or takes too long to. */
  private static int second(
      ToolContext context, ProcRequest.ProcInfo self, @Nullable Path file, Path ready)
      throws InterruptedException {
    List<String> argv = new ArrayList<>(List.of("/bin/sh", "-c", SCRIPT, "inetd"));
    argv.add(file == null ? "" : file.toString());
    argv.addAll(context.args());
    Map<String, String> env = new LinkedHashMap<>(context.env());
    env.put(MARK, ready.toString());
    int status =
        context.spawn(
            new HostCommand(argv, env, null, self.jid(), self.fib(), null, null, null, true));
    long end = context.nowNanos() + PATIENCE.toNanos();
    while (status == 0 && Files.exists(ready) && context.nowNanos() < end) {
      context.sleep(STEP);
    }
    return status;
  }

  /** The inetd that a pid file names, unless it ends soon: it may just have been killed. */
  private static long lastingOwner(ToolContext context, Path file) throws InterruptedException {
    long other = owner(file);
    for (int i = 0; other != 0 && i < DYING_STEPS; i++) {
      context.sleep(DYING);
      other = owner(file);
    }
    return other;
  }

  /** The living inetd that a pid file names, 0 when there is none. */
  private static long owner(Path file) {
    try {
      long pid = Long.parseLong(Files.readString(file, StandardCharsets.US_ASCII).strip());
      boolean lives =
          ProcessHandle.of(pid)
              .map(h -> h.isAlive() && h.info().commandLine().orElse("").contains("inetd"))
              .orElse(false);
      return lives ? pid : 0;
    } catch (IOException | NumberFormatException e) {
      return 0;
    }
  }

  private static boolean writable(Path file, Consumer<String> log) {
    try {
      Files.writeString(file, "");
      return true;
    } catch (IOException e) {
      log.accept("pidfile_open() failed: " + Err.strerror(e));
      return false;
    }
  }

  /** The sockets are open. */
  void ready() {
    Path file = report;
    if (file != null) {
      try {
        String name = Files.readString(file);
        pidFile = name.isEmpty() ? null : Path.of(name);
        pid = name.isEmpty() ? "" : Files.readString(Path.of(name));
      } catch (IOException e) {
        // The first call gave up waiting.
      }
      delete(file);
    }
  }

  /** The end: the pid file names nobody any more, unless another has taken it. */
  void ended() {
    Path file = pidFile;
    try {
      if (file != null && Files.readString(file).equals(pid)) {
        delete(file);
      }
    } catch (IOException e) {
      // It has gone already.
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // It stays; nobody looks at it again.
    }
  }
}
