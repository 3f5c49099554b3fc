package cellblock.control.tool;

import cellblock.control.KernelError;
import cellblock.control.KernelPort;
import cellblock.control.Pollable;
import cellblock.control.ProcRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What a process is given: arguments, standard streams, environment, signals, time, and a kernel.
 */
public interface ToolContext {
  /** What was called, with what, at which kernel. */
  Invocation invocation();

  /** argv[0]'s base name. */
  default String tool() {
    return invocation().tool();
  }

  /** argv[1…]. */
  default List<String> args() {
    return invocation().args();
  }

  /** The caller's directory: relative file names are resolved against it. */
  Path cwd();

  /** A file as text. Bytes that are no UTF-8 are no error: a comment in Latin-1 harms nobody. */
  default String readText(String file) throws IOException {
    return new String(Files.readAllBytes(cwd().resolve(file)), StandardCharsets.UTF_8);
  }

  /** The caller's environment. */
  default Map<String, String> env() {
    return invocation().streams().env();
  }

  default InputStream in() {
    return invocation().streams().in();
  }

  /** Standard input for {@link KernelPort#poll}: watching it asks for data. */
  default Pollable input() {
    return Pollable.ALWAYS;
  }

  /** Standard output for {@link KernelPort#poll}: ready when there is room for a few blocks. */
  default Pollable output() {
    return Pollable.ALWAYS;
  }

  /** Standard output: flush when the reader should see a line at once. */
  default PrintStream out() {
    return invocation().streams().out();
  }

  default PrintStream err() {
    return invocation().streams().err();
  }

  /** Whether standard output is a terminal. */
  default boolean tty() {
    return false;
  }

  /** Whether standard error is a terminal. */
  default boolean errorTty() {
    return false;
  }

  /** Width of that terminal, 80 when unknown. */
  default int columns() {
    return 80;
  }

  /** The door to the kernel, acting in the jail of this process. */
  default KernelPort kernel() {
    return invocation().kernel();
  }

  /** The FIB that a child of this process begins with: this one's, as it is now. */
  default int fib() {
    try {
      return kernel().ask(new ProcRequest.Self()).fib();
    } catch (KernelError e) {
      return 0;
    }
  }

  /**
   * Runs {@code handler} when the caller's SIGINT, SIGTERM, SIGHUP or SIGINFO arrives ("INT", …).
   */
  void onSignal(String signal, Runnable handler);

  /** Wall clock, nanoseconds since the Unix epoch, by the kernel's clock. */
  long nowNanos();

  /** Waits by the kernel's clock. */
  void sleep(Duration time) throws InterruptedException;

  /**
   * Starts a thread of this tool, which must end with it. In a simulation it is part of the run, as
   * every thread must be that touches the kernel.
   */
  default Thread thread(String name, Runnable body) {
    return Thread.ofVirtual().name(name).start(body);
  }

  /** Runs another tool as a child of this one: arguments begin with the tool's name. */
  int runTool(List<String> command, ToolStreams streams) throws InterruptedException;

  /** Whether {@code command}'s base name is a tool of ours. */
  boolean isTool(String command);

  /**
   * Runs a program of the host as a process of {@code command.jail()} with the caller's streams;
   * waits.
   *
   * @return its exit status, 128+n when killed by signal n
   */
  int spawn(HostCommand command) throws InterruptedException;

  /**
   * Starts a program of the host, or a tool, as a process of {@code command.jid()} with pipes for
   * its streams: what a server runs for a connection. It has no terminal, and outlives no caller.
   */
  default HostChild start(HostCommand command) throws IOException {
    throw new IOException("Operation not supported");
  }

  /**
   * The caller becomes that program (execve(2)); the tool should return at once with the result.
   */
  int exec(HostCommand command) throws InterruptedException;
}
