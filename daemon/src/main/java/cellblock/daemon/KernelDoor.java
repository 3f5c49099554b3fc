package cellblock.daemon;

import cellblock.control.IfRequest;
import cellblock.control.KernelError;
import cellblock.control.KernelPort;
import cellblock.control.ModuleRequest;
import cellblock.control.tool.Invocation;
import cellblock.control.tool.Tool;
import cellblock.host.Kernel;
import cellblock.host.port.ProcessPort;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.jail.Prison;
import cellblock.kern.lane.Threads;
import cellblock.kern.plan.TeardownPlan;
import cellblock.kern.proc.Proc;
import cellblock.kern.proc.ProcBody;
import cellblock.userland.Tools;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** The door of a kernel in real time, with the tools of userland. */
public final class KernelDoor implements Door {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Kernel kernel;
  private final Sleeper sleeper;
  private final Map<String, Tool> tools;

  private KernelDoor(Kernel kernel, Sleeper sleeper, Map<String, Tool> tools) {
    this.kernel = kernel;
    this.sleeper = sleeper;
    this.tools = tools;
  }

  /** How a tool lets time pass. */
  @FunctionalInterface
  public interface Sleeper {
    void sleep(Duration time) throws InterruptedException;
  }

  /** The door of a kernel in real time that somebody else booted, without host processes. */
  public static Door of(Kernel kernel) {
    return new KernelDoor(kernel, Thread::sleep, Tools.all());
  }

  /** The same where time is not the host's. */
  public static Door of(Kernel kernel, Sleeper sleeper) {
    return new KernelDoor(kernel, sleeper, Tools.all());
  }

  /**
   * The door of a kernel in virtual time, whose tools let time pass as its programs do; sleep(1) is
   * one of them.
   */
  public static Door simulated(Kernel kernel) {
    KernelPort host = kernel.port();
    Sleeper sleeper =
        time -> {
          try {
            host.sleep(time);
          } catch (KernelError e) {
            throw new IllegalStateException(e);
          }
        };
    return new KernelDoor(kernel, sleeper, Tools.inVirtualTime());
  }

  /**
   * How a simulated kernel kills host processes: nothing else happens meanwhile, neither inside nor
   * in virtual time.
   */
  static BooleanSupplier reapAtOnce(HostProcesses processes, int jail) {
    return () -> {
      try {
        return processes.killAll(jail, PATIENCE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    };
  }

  /** Boots with a seed from the host. */
  public static final class Maker implements Door.Maker {
    /** For {@link java.util.ServiceLoader}. */
    public Maker() {}

    @Override
    public Door boot(HostProcesses processes, Map<String, String> tunables) {
      long seed = new SecureRandom().nextLong();
      Kernel.Config config = Kernel.Config.defaults(seed).tunables(tunables);
      Kernel kernel = Kernel.boot(config.plan(plan(tunables)));
      modules(kernel, tunables);
      kernel.jails().reaper(prison -> reap(processes, prison.serial()));
      loopback(kernel);
      return of(kernel);
    }

    /**
     * How jails die: security.jail.plan.
     *
     * @throws IllegalArgumentException when there is no such plan
     */
    static TeardownPlan plan(Map<String, String> tunables) {
      String name = tunables.getOrDefault("security.jail.plan", TeardownPlan.STAGED.name());
      TeardownPlan plan = TeardownPlan.named(name);
      if (plan == null) {
        throw new IllegalArgumentException("security.jail.plan: no plan is named " + name);
      }
      return plan;
    }

    /** What the loader does for {@code NAME_load="YES"}; a module that it does not find is told. */
    static void modules(Kernel kernel, Map<String, String> tunables) {
      tunables.forEach((name, value) -> {
        if (name.endsWith("_load") && value.equalsIgnoreCase("YES")) {
          String module = name.substring(0, name.length() - "_load".length());
          try {
            kernel.port().ask(new ModuleRequest.Load(module));
          } catch (KernelError e) {
            if (!e.errno().equals("EEXIST")) {
              kernel.machine().messages().log("can't load module '" + module + "': " + e.text());
            }
          }
        }
      });
    }

    /** What /etc/rc does on the host before anybody can log in: lo0 has its address. */
    static void loopback(Kernel kernel) {
      try {
        kernel
            .port()
            .ask(new IfRequest.AddAddress("lo0", "127.0.0.1", 8, null, null, false, Map.of()));
      } catch (KernelError e) {
        throw new IllegalStateException("lo0: " + e.getMessage(), e);
      }
    }

    private static BooleanSupplier reap(HostProcesses processes, int jail) {
      if (processes.none(jail)) {
        return () -> true;
      }
      AtomicBoolean done = new AtomicBoolean();
      Thread.startVirtualThread(() -> {
        try {
          while (!processes.killAll(jail, PATIENCE)) {
            Thread.onSpinWait(); // something will not die: the removal's deadline tells the user
          }
          done.set(true);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      });
      return done::get;
    }
  }

  @Override
  public @Nullable Tool tool(String name) {
    return tools.get(Invocation.baseName(name));
  }

  @Override
  public List<String> toolNames() {
    return tools.keySet().stream().sorted().toList();
  }

  @Override
  public KernelPort enter(int jid, int fib, String command, Signalled signalled)
      throws KernelError {
    return start(() -> kernel.prisons().find(jid), fib, command, signalled);
  }

  @Override
  public KernelPort join(int serial, int fib, String command, Signalled signalled)
      throws KernelError {
    return start(() -> kernel.prisons().bySerial(serial), fib, command, signalled);
  }

  private KernelPort start(
      Supplier<@Nullable Prison> jail, int fib, String command, Signalled signalled)
      throws KernelError {
    try {
      Proc proc =
          kernel
              .machine()
              .kernelLane()
              .call(() -> {
                Prison prison = jail.get();
                if (prison == null) {
                  throw new ErrnoException(Errno.ESRCH);
                }
                Body body = new Body(signalled, kernel.threads());
                return kernel.procs().start(prison, kernel.init(), fib, command, body);
              });
      return new ProcessPort(kernel, proc);
    } catch (ErrnoException e) {
      throw new KernelError(e.errno().name(), e.errno().text(), String.valueOf(e.getMessage()));
    }
  }

  @Override
  public int serial(int jid) {
    return number(() -> kernel.prisons().find(jid), Prison::serial);
  }

  @Override
  public int jid(int serial) {
    return number(() -> kernel.prisons().bySerial(serial), Prison::id);
  }

  private int number(Supplier<@Nullable Prison> jail, ToIntFunction<Prison> number) {
    try {
      return kernel
          .machine()
          .kernelLane()
          .call(() -> {
            Prison prison = jail.get();
            return prison == null ? -1 : number.applyAsInt(prison);
          });
    } catch (ErrnoException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The body hands the signal on to a thread: what the daemon does with it may block. */
  private record Body(Signalled signalled, Threads threads) implements ProcBody {
    @Override
    public void signal(String name) {
      threads.start("signal " + name, () -> signalled.signal(name));
    }

    @Override
    public long hostPid() {
      return signalled.hostPid();
    }
  }

  @Override
  public void leave(KernelPort process) {
    if (process instanceof ProcessPort port) {
      kernel.exit(port.proc());
    }
  }

  @Override
  public long nowNanos() {
    return kernel.machine().clock().wallNanos();
  }

  @Override
  public void sleep(Duration time) throws InterruptedException {
    sleeper.sleep(time);
  }

  @Override
  public List<String> status() {
    List<String> lines = new ArrayList<>();
    int jails = kernel.prisons().snapshot().size();
    lines.add("jails: " + jails);
    lines.add("vnets: " + kernel.machine().vnets().list().size());
    return lines;
  }

  @Override
  public void stop() {
    kernel.close();
  }
}
