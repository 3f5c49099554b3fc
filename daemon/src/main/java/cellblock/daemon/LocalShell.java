package cellblock.daemon;

import cellblock.control.KernelError;
import cellblock.control.KernelPort;
import cellblock.control.tool.HostCommand;
import cellblock.control.tool.Invocation;
import cellblock.control.tool.Tool;
import cellblock.control.tool.ToolContext;
import cellblock.control.tool.ToolStreams;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs tools in this JVM, without a client: for the demonstration, for tests, and for Java programs
 * that would rather say {@code ifconfig} than build requests. A host program can be spawned, but it
 * cannot reach the kernel: there is no socket. Threading: any; each command runs on the caller's
 * thread.
 */
public final class LocalShell {
  private final Door door;
  private final Path cwd;

  /**
   * @param cwd what relative file names are resolved against
   */
  public LocalShell(Door door, Path cwd) {
    this.door = door;
    this.cwd = cwd;
  }

  /** How a command ended. */
  public record Result(int status, String out, String err) {
    public boolean ok() {
      return status == 0;
    }
  }

  /** Runs a command on the host: tool and arguments. */
  public Result run(String... command) {
    return run(0, List.of(command));
  }

  /** Runs a command line that is split at blanks: no quoting. */
  public Result line(String command) {
    return run(0, List.of(command.strip().split("\\s+")));
  }

  /** Runs a command in a jail. */
  public Result run(int jid, List<String> command) {
    return run(jid, command, InputStream.nullInputStream());
  }

  /** Runs a command in a jail that reads {@code in}. */
  public Result run(int jid, List<String> command, InputStream in) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream errors = new PrintStream(err, true, StandardCharsets.UTF_8);
    ToolStreams streams =
        new ToolStreams(
            in,
            new PrintStream(out, false, StandardCharsets.UTF_8),
            errors,
            Map.of("PATH", "/sbin:/bin:/usr/sbin:/usr/bin"),
            jid);
    int status;
    try {
      status = execute(command, streams);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      status = 130;
    }
    streams.out().flush();
    errors.flush();
    return new Result(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private int execute(List<String> command, ToolStreams streams) throws InterruptedException {
    return execute(command, streams, fib(streams));
  }

  private int execute(List<String> command, ToolStreams streams, int fib)
      throws InterruptedException {
    String name = Invocation.baseName(command.getFirst());
    Tool tool = door.tool(name);
    if (tool == null) {
      streams.err().println(name + ": not found");
      return 127;
    }
    Thread self = Thread.currentThread();
    KernelPort port;
    try {
      port = door.enter(streams.jid(), fib, name, signal -> self.interrupt());
    } catch (KernelError e) {
      streams.err().println(name + ": " + e.getMessage());
      return 1;
    }
    try {
      return tool.run(new Context(Invocation.of(command, streams, port)));
    } finally {
      streams.out().flush();
      door.leave(port);
    }
  }

  /** The FIB that the environment carries: setfib(1), exec.fib. */
  private static int fib(ToolStreams streams) {
    Mark mark = Mark.of(streams.env());
    return mark == null ? 0 : mark.fib();
  }

  /** A host program; whatever the signal is, it does not survive. */
  private record Program(Process process) implements Door.Signalled {
    @Override
    public void signal(String name) {
      process.destroyForcibly();
    }

    @Override
    public long hostPid() {
      return process.pid();
    }
  }

  /** What a tool is given here. */
  private final class Context implements ToolContext {
    private final Invocation invocation;

    private Context(Invocation invocation) {
      this.invocation = invocation;
    }

    @Override
    public Invocation invocation() {
      return invocation;
    }

    @Override
    public Path cwd() {
      return cwd;
    }

    @Override
    public void onSignal(String signal, Runnable handler) {
      // nobody sends signals here; a killed process is interrupted
    }

    @Override
    public long nowNanos() {
      return door.nowNanos();
    }

    @Override
    public void sleep(Duration time) throws InterruptedException {
      door.sleep(time);
    }

    @Override
    public int runTool(List<String> command, ToolStreams given) throws InterruptedException {
      return execute(command, given, fib());
    }

    @Override
    public boolean isTool(String command) {
      return door.tool(Invocation.baseName(command)) != null;
    }

    @Override
    public int spawn(HostCommand command) throws InterruptedException {
      if (isTool(command.argv().getFirst())) {
        Map<String, String> env = new LinkedHashMap<>(command.env());
        new Mark(0, command.jid(), command.fib()).into(env, "");
        return execute(command.argv(), new ToolStreams(in(), out(), err(), env, command.jid()));
      }
      return program(command);
    }

    private int program(HostCommand command) throws InterruptedException {
      ProcessBuilder builder = new ProcessBuilder(command.argv()).directory(cwd.toFile());
      builder.environment().clear();
      builder.environment().putAll(command.env());
      builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
      builder.redirectErrorStream(true);
      try {
        Process process = builder.start();
        KernelPort child =
            door.enter(
                command.jid(), command.fib(), command.argv().getFirst(), new Program(process));
        try {
          process.getInputStream().transferTo(out());
          Duration timeout = command.timeout();
          if (timeout != null && !process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
            process.destroyForcibly();
          }
          return process.waitFor();
        } finally {
          door.leave(child);
        }
      } catch (KernelError e) {
        err().println(tool() + ": " + e.getMessage());
        return 1;
      } catch (IOException e) {
        err().println(tool() + ": " + e.getMessage());
        return 127;
      }
    }

    @Override
    public int exec(HostCommand command) throws InterruptedException {
      return spawn(command);
    }
  }
}
