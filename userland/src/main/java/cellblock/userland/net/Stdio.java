package cellblock.userland.net;

import cellblock.control.Done;
import cellblock.control.KernelError;
import cellblock.control.KernelPort;
import cellblock.control.Request;
import cellblock.control.tool.Tool;
import cellblock.control.tool.ToolContext;
import java.io.PrintStream;
import java.util.Locale;

/**
 * The streams of one run with err(3), warn(3) and exit(3) over them. Text is written with plain line
 * feeds. Ancestor: lib/libc/gen/err.c.
 */
public final class Stdio {
  private final ToolContext context;
  private final String name;

  /** The streams of {@code context}; messages begin with {@code name}. */
  public Stdio(ToolContext context, String name) {
    this.context = context;
    this.name = name;
  }

  /** The body of a tool, with {@link ToolExit} as one way out of it. */
  @FunctionalInterface
  public interface Body {
    /** Runs and returns the exit status. */
    int run(Stdio io) throws InterruptedException;
  }

  /** Makes a tool of a body; output is flushed whatever happens. */
  public static Tool tool(String name, Body body) {
    return context -> {
      Stdio io = new Stdio(context, name);
      try {
        return body.run(io) & 0xff;
      } catch (ToolExit e) {
        return e.status();
      } finally {
        io.flush();
      }
    };
  }

  public ToolContext context() {
    return context;
  }

  public KernelPort kernel() {
    return context.kernel();
  }

  public PrintStream out() {
    return context.out();
  }

  /** Writes text to standard output as it is. */
  public void print(String text) {
    context.out().print(text);
  }

  /** printf(3). */
  public void printf(String format, Object... args) {
    context.out().print(String.format(Locale.ROOT, format, args));
  }

  /** Writes text to standard error as it is. */
  public void eprint(String text) {
    context.out().flush();
    context.err().print(text);
    context.err().flush();
  }

  /** Flushes standard output. */
  public void flush() {
    context.out().flush();
    context.err().flush();
  }

  /** warnx(3): {@code name: message}. */
  public void warnx(String message) {
    eprint(name + ": " + message + "\n");
  }

  /** warn(3): {@code name: message: strerror}. */
  public void warn(String message, KernelError error) {
    warnx(message + ": " + error.text());
  }

  /** errx(3): the caller throws what it returns. */
  public ToolExit errx(int status, String message) {
    warnx(message);
    return new ToolExit(status);
  }

  /** err(3): the caller throws what it returns. */
  public ToolExit err(int status, String message, KernelError error) {
    return errx(status, message + ": " + error.text());
  }

  /** Asks the kernel; a refusal ends the run with {@code what: strerror} and status 1. */
  public <R> R ask(Request<R> request, String what) {
    try {
      return kernel().ask(request);
    } catch (KernelError e) {
      throw err(1, what, e);
    }
  }

  /** Asks for something to be done, with the same end on a refusal. */
  public void make(Request<Done> request, String what) {
    ask(request, what);
  }
}
