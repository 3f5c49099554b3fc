package cellblock.daemon;

import cellblock.control.KernelError;
import cellblock.control.KernelPort;
import cellblock.control.tool.Tool;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One run of a tool: a process inside the kernel and a virtual thread of its own, so that killing
 * it harms neither its caller nor the caller's other children.
 */
final class ToolRun {
  /** A process of a kernel that can be told a signal's name. */
  @FunctionalInterface
  interface Entrance {
    KernelPort enter(Door.Signalled signalled) throws KernelError;
  }

  private final String name;
  private final Tool tool;
  private final ControlServer.Shared shared;
  private final Map<String, Runnable> handlers = new ConcurrentHashMap<>();
  private volatile int killedBy;
  private volatile @Nullable Thread thread;
  private int status;

  ToolRun(String name, Tool tool, ControlServer.Shared shared) {
    this.name = name;
    this.tool = tool;
    this.shared = shared;
  }

  /** A signal that the tool wants to be told of. */
  void onSignal(String signal, Runnable handler) {
    handlers.put(signal, handler);
  }

  /** A signal from inside the kernel (a killed jail, kill(2) of another tool). */
  void signal(String signal) {
    if (!signal.equals("KILL") && handle(signal)) {
      return;
    }
    killedBy = number(signal);
    Thread running = thread;
    if (running != null) {
      running.interrupt();
    }
  }

  /** Tells the tool of a signal; false when it does not want to know. */
  boolean handle(String signal) {
    Runnable handler = handlers.get(signal);
    if (handler != null) {
      handler.run();
    }
    return handler != null;
  }

  private static int number(String signal) {
    return switch (signal) {
      case "HUP" -> 1;
      case "INT" -> 2;
      case "QUIT" -> 3;
      case "KILL" -> 9;
      default -> 15;
    };
  }

  /**
   * Runs to the end.
   *
   * @return the tool's status, 128+n when signal n killed it
   * @throws InterruptedException when the caller was interrupted; the tool has ended by then, too
   */
  int run(Entrance entrance, Function<KernelPort, ClientContext> context)
      throws KernelError, InterruptedException {
    KernelPort port = entrance.enter(this::signal);
    ClientContext given = context.apply(port);
    given.call().begins(this);
    try {
      await(shared.pace().start("tool " + name, () -> body(given)));
      return killedBy != 0 ? 128 + killedBy : status;
    } finally {
      given.call().ended(this);
      shared.door().leave(port);
    }
  }

  private void await(Thread running) throws InterruptedException {
    try {
      shared.pace().join(running);
    } catch (InterruptedException e) {
      running.interrupt();
      joinFully(running);
      throw e;
    }
  }

  private void joinFully(Thread running) {
    boolean again = true;
    while (again) {
      try {
        shared.pace().join(running);
        again = false;
      } catch (InterruptedException e) {
        running.interrupt();
      }
    }
  }

  private void body(ClientContext context) {
    thread = Thread.currentThread();
    if (killedBy != 0) {
      Thread.currentThread().interrupt();
    }
    try {
      status = tool.run(context) & 0xff;
    } catch (InterruptedException e) {
      status = 128 + 1; // as killed by SIGHUP; nobody is left to see it
    } catch (RuntimeException | Error e) {
      context.err().println(name + ": internal error: " + e);
      StringWriter trace = new StringWriter();
      e.printStackTrace(new PrintWriter(trace));
      shared.log().line(name + ": " + trace);
      status = 70;
    }
    context.out().flush();
  }
}
