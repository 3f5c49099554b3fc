package cellblock.userland.world;

import cellblock.control.tool.HostCommand;
import cellblock.control.tool.Invocation;
import cellblock.control.tool.Tool;
import cellblock.control.tool.ToolContext;
import cellblock.control.tool.ToolStreams;
import cellblock.userland.world.World.Proc;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One run of a tool in a {@link World}; programs of the host really run. Its clock is its own. */
final class WorldContext implements ToolContext {
  private final World world;
  private final Shell shell;
  private final Proc proc;
  private final Invocation invocation;

  WorldContext(World world, Shell shell, Proc proc, List<String> command, ToolStreams streams) {
    this.world = world;
    this.shell = shell;
    this.proc = proc;
    this.invocation = Invocation.of(command, streams, new WorldPort(world, proc));
  }

  int run() throws InterruptedException {
    Tool tool = world.tools.get(tool());
    try {
      return tool.run(this);
    } finally {
      out().flush();
      world.exit(proc);
    }
  }

  @Override
  public Invocation invocation() {
    return invocation;
  }

  @Override
  public Path cwd() {
    return shell.cwd();
  }

  @Override
  public void onSignal(String signal, Runnable handler) {
    shell.handlers().put(signal, handler);
  }

  @Override
  public long nowNanos() {
    return shell.now();
  }

  @Override
  public void sleep(Duration time) throws InterruptedException {
    shell.pass(time);
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  @Override
  public int runTool(List<String> child, ToolStreams childStreams) throws InterruptedException {
    Proc childProc =
        world.enter(world.cells.get(childStreams.jid()), proc.fib, String.join(" ", child));
    return new WorldContext(world, shell, childProc, child, childStreams).run();
  }

  @Override
  public boolean isTool(String word) {
    return world.tools.containsKey(Invocation.baseName(word));
  }

  @Override
  public int spawn(HostCommand host) throws InterruptedException {
    String where = host.jid() == 0 ? "" : "[" + host.jid() + "] ";
    String bar = String.join(" ", host.argv());
    world.log(where + "spawn " + bar + (host.background() ? " &" : ""));
    Runnable hook = shell.onSpawn(bar);
    if (hook != null) {
      hook.run();
      return 130;
    }
    Proc child =
        world.enter(
            world.cells.get(host.jid()), host.fib(), Invocation.baseName(host.argv().getFirst()));
    try {
      return process(host);
    } finally {
      world.exit(child);
    }
  }

  private int process(HostCommand host) throws InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(host.argv()).redirectErrorStream(true);
    builder.directory(host.directory() == null ? cwd().toFile() : host.directory().toFile());
    builder.environment().clear();
    builder.environment().putAll(host.env());
    Path log = host.consoleLog();
    if (log != null) {
      builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    }
    try {
      Process process = builder.start();
      process.getOutputStream().close();
      @Nullable Duration timeout = host.timeout();
      if (timeout != null && !process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        shell.pass(timeout);
        process.destroyForcibly().waitFor();
        return 137;
      }
      if (log == null) {
        process.getInputStream().transferTo(out());
      }
      return process.waitFor();
    } catch (IOException e) {
      return 127;
    }
  }

  @Override
  public int exec(HostCommand host) throws InterruptedException {
    return spawn(host);
  }

  static Map<String, String> environment() {
    Map<String, String> env = new LinkedHashMap<>();
    env.put("PATH", System.getenv().getOrDefault("PATH", "/bin:/usr/bin"));
    env.put("HOME", "/");
    env.put("SHELL", "/bin/sh");
    env.put("USER", "root");
    env.put("EDITOR", "ed");
    return env;
  }
}
