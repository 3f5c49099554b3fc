package cellblock.daemon;

import cellblock.control.KernelError;
import cellblock.control.Pollable;
import cellblock.control.session.Launch;
import cellblock.control.tool.HostChild;
import cellblock.control.tool.HostCommand;
import cellblock.control.tool.Invocation;
import cellblock.control.tool.Tool;
import cellblock.control.tool.ToolContext;
import cellblock.control.tool.ToolStreams;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a tool is given when a client called it, or when such a tool ran it in turn. */
final class ClientContext implements ToolContext {
  private final ClientCall call;
  private final ToolRun run;
  private final Invocation invocation;
  private final Programs programs;

  ClientContext(ClientCall call, ToolRun run, Invocation invocation) {
    this.call = call;
    this.run = run;
    this.invocation = invocation;
    this.programs = new Programs(call.shared());
  }

  ClientCall call() {
    return call;
  }

  @Override
  public Invocation invocation() {
    return invocation;
  }

  @Override
  public Path cwd() {
    return Path.of(call.hello().cwd());
  }

  @Override
  public Pollable input() {
    return in() == call.streams().in() ? call.streams().input() : Pollable.ALWAYS;
  }

  @Override
  public Pollable output() {
    return out() == call.streams().out() ? call.streams().output() : Pollable.ALWAYS;
  }

  @Override
  public boolean tty() {
    return out() == call.streams().out() && call.terminal().is();
  }

  @Override
  public boolean errorTty() {
    return err() == call.streams().err() && call.terminal().isError();
  }

  @Override
  public int columns() {
    return call.terminal().columns();
  }

  @Override
  public void onSignal(String signal, Runnable handler) {
    run.onSignal(signal, handler);
    call.onSignal(signal);
  }

  @Override
  public long nowNanos() {
    return call.shared().door().nowNanos();
  }

  @Override
  public void sleep(Duration time) throws InterruptedException {
    out().flush();
    call.shared().door().sleep(time);
  }

  @Override
  public Thread thread(String name, Runnable body) {
    return call.shared().pace().start(name, body);
  }

  @Override
  public boolean isTool(String command) {
    return programs.isTool(command, cwd());
  }

  @Override
  public int runTool(List<String> command, ToolStreams given) throws InterruptedException {
    ControlServer.Shared shared = call.shared();
    String name = Invocation.baseName(command.getFirst());
    Tool child = shared.door().tool(name);
    if (child == null) {
      given.err().println(tool() + ": " + name + ": no such tool");
      return 127;
    }
    int fib = fib();
    ToolRun childRun = new ToolRun(name, child, shared);
    try {
      return childRun.run(
          signalled -> shared.door().enter(given.jid(), fib, name, signalled),
          process -> new ClientContext(call, childRun, Invocation.of(command, given, process)));
    } catch (KernelError e) {
      given.err().println(tool() + ": " + e.getMessage());
      return 1;
    }
  }

  /** Which jail a command is for; asked once, so that mark and process agree. */
  private int serial(HostCommand command) {
    return call.shared().door().serial(command.jid());
  }

  private int runInPlace(HostCommand command) throws InterruptedException {
    Map<String, String> marked = new LinkedHashMap<>(command.env());
    Mark mark = call.shared().processes().mark(serial(command), command.fib());
    mark.into(marked, call.shared().socket());
    return runTool(command.argv(), new ToolStreams(in(), out(), err(), marked, command.jid()));
  }

  @Override
  public int spawn(HostCommand command) throws InterruptedException {
    if (refused(command)) {
      return 1;
    }
    if (isTool(command.argv().getFirst()) && !command.background()) {
      return runInPlace(command);
    }
    flush();
    try {
      int jail = serial(command);
      Launch launch = programs.launch(command, jail, cwd());
      return call.child().spawn(launch, jail, command.fib(), command.timeout());
    } catch (ClientChild.Failed e) {
      err()
          .println(
              tool() + ": exec " + command.argv().getFirst() + ": " + Programs.words(e.errno()));
      return 1;
    } catch (KernelError e) {
      err().println(tool() + ": " + e.getMessage());
      return 1;
    } catch (IOException e) {
      throw new InterruptedException(e.getMessage());
    }
  }

  @Override
  public HostChild start(HostCommand command) throws IOException {
    try {
      int jail = serial(command);
      return PipedChild.start(
          programs.launch(programs.shimmed(command, cwd()), jail, cwd()),
          jail,
          command.fib(),
          call.shared().processes());
    } catch (ClientChild.Failed e) {
      throw new IOException(Programs.words(e.errno()), e);
    }
  }

  @Override
  public int exec(HostCommand command) throws InterruptedException {
    if (refused(command)) {
      return 1;
    }
    if (isTool(command.argv().getFirst())) {
      return runInPlace(command);
    }
    flush();
    try {
      int jail = serial(command);
      call.child().exec(programs.launch(command, jail, cwd()), jail, command.fib());
    } catch (ClientChild.Failed e) {
      err()
          .println(
              tool()
                  + ": execvp(): "
                  + command.argv().getFirst()
                  + ": "
                  + Programs.words(e.errno()));
    } catch (IOException e) {
      err().println(tool() + ": " + e.getMessage());
    }
    return 1;
  }

  private boolean refused(HostCommand command) {
    String user = command.user();
    if (user == null || user.equals(System.getProperty("user.name"))) {
      return false;
    }
    err().println(tool() + ": " + user + ": " + Programs.words(1));
    return true;
  }

  private void flush() {
    out().flush();
    err().flush();
  }
}
