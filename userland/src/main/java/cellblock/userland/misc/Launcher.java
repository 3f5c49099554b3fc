package cellblock.userland.misc;

import cellblock.control.tool.HostCommand;
import cellblock.control.tool.ToolContext;
import cellblock.control.tool.ToolStreams;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Starts what a command line names: a tool of ours inside the kernel's process, or a program of the
 * host. A tool that is started so acts exactly as one that a shell starts, but costs no process.
 */
public final class Launcher {
  /** The status of {@link #run} when the command outlived its timeout. */
  public static final int TIMED_OUT = -1;

  private static final List<String> SHELLS = List.of("sh", "/bin/sh");
  private static final Map<String, String> STAND_INS =
      Map.of("/etc/rc", "rc", "/etc/rc.shutdown", "rc.shutdown");

  private final ToolContext context;

  public Launcher(ToolContext context) {
    this.context = context;
  }

  /** Whether {@link #run} can run this command without a process of the host. */
  public boolean inProcess(HostCommand command) {
    return !command.background() && context.isTool(standIn(command.argv()).getFirst());
  }

  /**
   * Runs a command as a child and waits, unless it is for the background.
   *
   * @return its status, 128+n for signal n, {@link #TIMED_OUT} if it had to be killed for its age
   */
  public int run(HostCommand command) throws InterruptedException, IOException {
    context.out().flush();
    context.err().flush();
    if (inProcess(command)) {
      return runTool(command);
    }
    long start = context.nowNanos();
    int status = context.spawn(command);
    Duration timeout = command.timeout();
    boolean late =
        timeout != null && status > 128 && context.nowNanos() - start >= timeout.toNanos();
    return late ? TIMED_OUT : status;
  }

  /** Becomes a command, as execvp(3) does: a tool runs in place, a program replaces the caller. */
  public int become(HostCommand command) throws InterruptedException, IOException {
    if (inProcess(command)) {
      return runTool(command);
    }
    context.out().flush();
    context.err().flush();
    return context.exec(command);
  }

  /** The file that execvp(3) would start, or null when PATH has none: errno ENOENT. */
  public @Nullable String lookup(String program, Map<String, String> env) {
    if (context.isTool(standIn(List.of(program)).getFirst())) {
      return program;
    }
    if (program.indexOf('/') >= 0) {
      return Files.exists(context.cwd().resolve(program)) ? program : null;
    }
    for (String folder : env.getOrDefault("PATH", "/bin:/usr/bin").split(":", -1)) {
      Path candidate = context.cwd().resolve(folder).resolve(program);
      if (Files.isExecutable(candidate) && !Files.isDirectory(candidate)) {
        return program;
      }
    }
    return null;
  }

  /**
   * {@code /bin/sh /etc/rc} and its like become our stand-ins where the host has no such script.
   */
  public static List<String> standIn(List<String> argv) {
    int at = argv.size() > 1 && SHELLS.contains(argv.getFirst()) ? 1 : 0;
    String tool = STAND_INS.get(argv.get(at));
    if (tool == null || Files.exists(Path.of(argv.get(at)))) {
      return argv;
    }
    List<String> replaced = new ArrayList<>();
    replaced.add(tool);
    replaced.addAll(argv.subList(at + 1, argv.size()));
    return replaced;
  }

  private int runTool(HostCommand command) throws InterruptedException, IOException {
    List<String> argv = standIn(command.argv());
    Path log = command.consoleLog();
    if (log == null) {
      return timed(argv, command, context.in(), context.out(), context.err());
    }
    try (FileOutputStream file = new FileOutputStream(log.toFile(), true);
        PrintStream out = new PrintStream(file, true, StandardCharsets.UTF_8)) {
      return timed(argv, command, context.in(), out, out);
    }
  }

  private int timed(
      List<String> argv, HostCommand command, InputStream in, PrintStream out, PrintStream err)
      throws InterruptedException {
    ToolStreams streams = new ToolStreams(in, out, err, command.env(), command.jid());
    Duration timeout = command.timeout();
    if (timeout == null) {
      return context.runTool(argv, streams);
    }
    Thread self = Thread.currentThread();
    AtomicBoolean late = new AtomicBoolean();
    Thread watch = context.thread("timeout", () -> watch(timeout, self, late));
    try {
      int status = context.runTool(argv, streams);
      if (!late.get()) {
        return status;
      }
      Thread.interrupted();
      return TIMED_OUT;
    } catch (InterruptedException e) {
      if (late.get()) {
        return TIMED_OUT;
      }
      throw e;
    } finally {
      watch.interrupt();
    }
  }

  private void watch(Duration timeout, Thread victim, AtomicBoolean late) {
    try {
      context.sleep(timeout);
      late.set(true);
      victim.interrupt();
    } catch (InterruptedException ended) {
      // The command ended first.
    }
  }
}
