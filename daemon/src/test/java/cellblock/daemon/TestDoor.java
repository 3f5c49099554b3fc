package cellblock.daemon;

import cellblock.control.EventPort;
import cellblock.control.KernelError;
import cellblock.control.KernelPort;
import cellblock.control.Request;
import cellblock.control.RouteEvent;
import cellblock.control.SocketPort;
import cellblock.control.tool.HostCommand;
import cellblock.control.tool.Tool;
import cellblock.control.tool.ToolContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A door without a network stack: small tools that show what the transport does. */
public final class TestDoor implements Door {
  private final Map<String, Tool> tools = new TreeMap<>();
  private final AtomicInteger pids = new AtomicInteger();
  final HostProcesses processes;
  final Map<Integer, Process> running = new ConcurrentHashMap<>();
  final Set<Integer> dying = ConcurrentHashMap.newKeySet();
  final CountDownLatch interrupted = new CountDownLatch(1);
  private final CountDownLatch killed = new CountDownLatch(1);

  /** One process of the pretended kernel. */
  record Process(int pid, int jid, int fib, String command, Signalled signalled)
      implements KernelPort {
    long hostPid() {
      return signalled.hostPid();
    }

    @Override
    public <R> R ask(Request<R> request) throws KernelError {
      throw new KernelError("ENOSYS", "Function not implemented", "Function not implemented");
    }

    @Override
    public SocketPort socket(SocketPort.Domain domain, SocketPort.Type type, int protocol)
        throws KernelError {
      throw new KernelError("ENOSYS", "Function not implemented", "Function not implemented");
    }

    @Override
    public EventPort<RouteEvent> routeEvents() throws KernelError {
      throw new KernelError("ENOSYS", "Function not implemented", "Function not implemented");
    }
  }

  /** For the service loader. */
  public static final class Boot implements Maker {
    @Override
    public Door boot(HostProcesses processes, Map<String, String> tunables) {
      TestDoor door = new TestDoor(processes);
      door.tools.put("kenv", context -> kenv(context, tunables));
      return door;
    }

    private static int kenv(ToolContext context, Map<String, String> tunables) {
      tunables.forEach((name, value) -> context.out().println(name + "=" + value));
      return 0;
    }
  }

  TestDoor(HostProcesses processes) {
    this.processes = processes;
    tools.put("echo", TestDoor::echo);
    tools.put("kenv", context -> 1);
    tools.put("copy", TestDoor::copy);
    tools.put("first", TestDoor::first);
    tools.put("where", TestDoor::where);
    tools.put("run", TestDoor::run);
    tools.put("enter", TestDoor::enter);
    tools.put("late", this::late);
    tools.put("wait", this::waitForSignal);
    tools.put("hang", this::hang);
    tools.put("bye", TestDoor::bye);
    tools.put("crash", context -> ((Object) null).hashCode());
    tools.put("flood", TestDoor::flood);
    tools.put("reap", this::reap);
    tools.put("purge", this::purge);
    tools.put("slay", this::slay);
  }

  private static int echo(ToolContext context) {
    context.out().println(String.join(" ", context.args()));
    return 0;
  }

  private static int copy(ToolContext context) {
    try {
      context.in().transferTo(context.out());
      return 0;
    } catch (IOException e) {
      return 1;
    }
  }

  /** Reads one line and not one byte more. */
  private static int first(ToolContext context) {
    try {
      StringBuilder line = new StringBuilder();
      int c = context.in().read();
      while (c >= 0 && c != '\n') {
        line.append((char) c);
        c = context.in().read();
      }
      context.out().println(line);
      return c < 0 ? 1 : 0;
    } catch (IOException e) {
      return 1;
    }
  }

  private static int where(ToolContext context) {
    Process self = (Process) context.kernel();
    context.out().println("jid " + self.jid() + " fib " + self.fib() + " tty " + context.tty());
    return 0;
  }

  private static HostCommand command(ToolContext context) {
    int jid = Integer.parseInt(context.args().getFirst());
    List<String> argv = context.args().subList(1, context.args().size());
    Map<String, String> env = new HashMap<>(context.env());
    return new HostCommand(argv, env, null, jid, 0, null, null, null, false);
  }

  private static int run(ToolContext context) throws InterruptedException {
    int status = context.spawn(command(context));
    context.out().println("status " + status);
    return status;
  }

  private static int enter(ToolContext context) throws InterruptedException {
    return context.exec(command(context));
  }

  /** Enters when the kernel has killed what it had. */
  private int late(ToolContext context) throws InterruptedException {
    context.err().println("late");
    context.err().flush();
    killed.await();
    return enter(context);
  }

  private int waitForSignal(ToolContext context) throws InterruptedException {
    CountDownLatch told = new CountDownLatch(1);
    context.onSignal("INT", told::countDown);
    context.out().println("waiting");
    context.out().flush();
    told.await();
    context.out().println("told");
    return 3;
  }

  private int hang(ToolContext context) throws InterruptedException {
    context.out().println("hanging");
    context.out().flush();
    try {
      new CountDownLatch(1).await();
      return 0;
    } catch (InterruptedException e) {
      interrupted.countDown();
      throw e;
    }
  }

  /** Prints when it is told to go, its interrupt still pending. */
  private static int bye(ToolContext context) {
    context.out().println("here");
    context.out().flush();
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    context.out().println("bye");
    return 0;
  }

  private static int flood(ToolContext context) {
    String line = "x".repeat(1023);
    int lines = Integer.parseInt(context.args().getFirst());
    for (int i = 0; i < lines && !context.out().checkError(); i++) {
      context.out().println(line);
    }
    return 0;
  }

  private int reap(ToolContext context) {
    List<String> found = new ArrayList<>();
    int jid = Integer.parseInt(context.args().getFirst());
    processes.of(jid).forEach(p -> found.add(p.info().command().orElse("?")));
    context.out().println(found.size() + " " + found);
    return 0;
  }

  private int purge(ToolContext context) throws InterruptedException {
    int jid = Integer.parseInt(context.args().getFirst());
    return processes.killAll(jid, Duration.ofSeconds(5)) ? 0 : 1;
  }

  /** Sends a signal to every tool and process of a jail, as the kernel does. */
  private int slay(ToolContext context) {
    int jid = Integer.parseInt(context.args().getFirst());
    for (Process process : running.values()) {
      if (process.jid() == jid) {
        process.signalled().signal(context.args().getLast());
      }
    }
    return 0;
  }

  @Override
  public @org.jspecify.annotations.Nullable Tool tool(String name) {
    return tools.get(name);
  }

  @Override
  public List<String> toolNames() {
    return List.copyOf(tools.keySet());
  }

  @Override
  public KernelPort enter(int jid, int fib, String command, Signalled signalled)
      throws KernelError {
    if (jid == 99 || dying.contains(jid)) {
      throw new KernelError("ESRCH", "No such process", "jail 99 not found");
    }
    int pid = pids.incrementAndGet();
    Process process = new Process(pid, jid, fib, command, signalled);
    running.put(pid, process);
    return process;
  }

  @Override
  public int serial(int jid) {
    return jid;
  }

  @Override
  public int jid(int serial) {
    return serial;
  }

  @Override
  public KernelPort join(int serial, int fib, String command, Signalled signalled)
      throws KernelError {
    return enter(serial, fib, command, signalled);
  }

  @Override
  public void leave(KernelPort process) {
    running.remove(process.pid());
  }

  @Override
  public long nowNanos() {
    return TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
  }

  @Override
  public void sleep(Duration time) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(time.toNanos());
  }

  @Override
  public List<String> status() {
    return List.of("running, " + running.size() + " processes", StandardCharsets.UTF_8.name());
  }

  @Override
  public void stop() {
    try {
      for (int jid = 1; jid < 20; jid++) {
        processes.killAll(jid, Duration.ofSeconds(5));
      }
      killed.countDown();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
