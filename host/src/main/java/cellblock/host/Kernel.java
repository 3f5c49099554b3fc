package cellblock.host;

import cellblock.control.KernelPort;
import cellblock.host.jail.JailService;
import cellblock.host.module.ModuleService;
import cellblock.host.port.ProcessPort;
import cellblock.host.real.RealClock;
import cellblock.host.real.RealWaiting;
import cellblock.kern.Machine;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.jail.JailRemove;
import cellblock.kern.jail.Prison;
import cellblock.kern.jail.Prisons;
import cellblock.kern.lane.KernelFault;
import cellblock.kern.lane.Threads;
import cellblock.kern.module.KernelModule;
import cellblock.kern.module.Linker;
import cellblock.kern.plan.TeardownPlan;
import cellblock.kern.proc.Proc;
import cellblock.kern.proc.ProcBody;
import cellblock.kern.proc.Procs;
import cellblock.kern.sysctl.SysctlTree;
import cellblock.kern.vnet.Vnet;
import cellblock.kern.vnet.VnetShutdown;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/**
 * A kernel: the composition root. It is booted from an ordered list of modules, has vnet0 and
 * prison0, and lives until {@link #close}. Several kernels may live in one JVM.
 *
 * <p>Threading: any thread outside the kernel's lanes.
 */
public final class Kernel implements AutoCloseable {
  private final Machine machine;
  private final @Nullable ExecutorService own;
  private final Prisons prisons;
  private final Procs procs;
  private final SysctlTree sysctls;
  private final Linker linker;
  private final JailService jails;
  private final ModuleService modules;
  private final Proc init;
  private boolean closed;

  /** What a kernel is booted with. Start from {@link #defaults}. */
  public record Config(
      List<KernelModule> modules,
      Map<String, String> tunables,
      boolean vimage,
      boolean invariants,
      long seed,
      TeardownPlan plan) {
    public Config {
      modules = List.copyOf(modules);
      tunables = new LinkedHashMap<>(tunables);
    }

    /** The usual modules, no tunables, vnets; everything random comes from {@code seed}. */
    public static Config defaults(long seed) {
      return new Config(GenericKernel.modules(), Map.of(), true, false, seed, TeardownPlan.STAGED);
    }

    /** The same with more modules, after the others. */
    public Config with(List<KernelModule> more) {
      List<KernelModule> all = new ArrayList<>(modules);
      all.addAll(more);
      return new Config(all, tunables, vimage, invariants, seed, plan);
    }

    /** The same without the modules of these names. */
    public Config without(String... names) {
      List<KernelModule> all = new ArrayList<>(modules);
      all.removeIf(m -> List.of(names).contains(m.info().name()));
      return new Config(all, tunables, vimage, invariants, seed, plan);
    }

    /** The same with tunables, as of loader.conf(5). */
    public Config tunables(Map<String, String> values) {
      return new Config(modules, values, vimage, invariants, seed, plan);
    }

    /** The same without VIMAGE: one vnet. */
    public Config withoutVimage() {
      return new Config(modules, tunables, false, invariants, seed, plan);
    }

    /** The same with another way for jails to die. */
    public Config plan(TeardownPlan other) {
      return new Config(modules, tunables, vimage, invariants, seed, other);
    }

    /** The same in checked mode. */
    public Config checked() {
      return new Config(modules, tunables, vimage, true, seed, plan);
    }
  }

  private Kernel(Machine machine, Config config, @Nullable ExecutorService own)
      throws ErrnoException {
    this.machine = machine;
    this.own = own;
    this.sysctls = new SysctlTree(machine, config.tunables);
    this.linker = new Linker(machine, sysctls::add, sysctls::remove);
    List<KernelModule> all = new ArrayList<>();
    all.add(new KernModule(this));
    all.addAll(config.modules);
    Vnet vnet0 = machine.coordinator().run(linker.boot(all));
    this.prisons = new Prisons(machine, vnet0);
    this.jails = new JailService(this);
    this.procs = new Procs(prisons, jails::lastOneLeft);
    this.modules = new ModuleService(this);
    this.sysctls.seed(vnet0);
    this.init =
        machine
            .kernelLane()
            .call(() -> procs.start(prisons.prison0(), null, 0, "init", new Immortal()));
  }

  /** Boots in real time. */
  public static Kernel boot(Config config) {
    ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    RealClock clock = new RealClock();
    RandomGenerator.SplittableGenerator random =
        (RandomGenerator.SplittableGenerator)
            RandomGeneratorFactory.of("L64X128MixRandom").create(config.seed);
    Machine machine =
        new Machine(
            new Machine.Options(
                clock,
                random,
                null,
                workers,
                new RealWaiting(clock, Runtime.getRuntime().availableProcessors()),
                config.vimage,
                config.invariants,
                config.plan,
                new SecureRandom()));
    workers.execute(() -> machine.alarms().serve(clock));
    // A platform thread: a turn that is too long may hold every carrier of the virtual ones.
    Thread.ofPlatform().daemon().name("turn watch").start(() -> machine.turnWatch().serve());
    return booted(machine, config, workers);
  }

  /** Boots on a machine that somebody else runs: the simulator. */
  public static Kernel boot(Machine machine, Config config) {
    return booted(machine, config, null);
  }

  private static Kernel booted(Machine machine, Config config, @Nullable ExecutorService own) {
    try {
      return new Kernel(machine, config, own);
    } catch (ErrnoException e) {
      throw new KernelFault("boot failed: " + e.getMessage(), e);
    }
  }

  public Machine machine() {
    return machine;
  }

  public Prisons prisons() {
    return prisons;
  }

  public Procs procs() {
    return procs;
  }

  public SysctlTree sysctls() {
    return sysctls;
  }

  public Linker linker() {
    return linker;
  }

  /** The host's own process: in no jail, never ends. */
  public Proc init() {
    return init;
  }

  /** Starts threads of programs: virtual ones, in virtual time driven by its scheduler. */
  public Threads threads() {
    Threads simulated = machine.threads();
    return simulated != null
        ? simulated
        : (name, body) -> Thread.ofVirtual().name(name).start(body);
  }

  /** Jails by jail(2)'s rules. */
  public JailService jails() {
    return jails;
  }

  public ModuleService modules() {
    return modules;
  }

  /** The door of the host itself: of a process that is in no jail and never ends. */
  public KernelPort port() {
    return new ProcessPort(this, init);
  }

  /**
   * Starts a process in a jail; its door is {@link ProcessPort}. Whoever started it calls {@link
   * #exit}.
   *
   * @throws ErrnoException EINVAL when the jail is on its way out
   */
  public Proc start(Prison prison, @Nullable Proc parent, String command, ProcBody body)
      throws ErrnoException {
    int fib = parent == null ? 0 : parent.fib();
    return machine.kernelLane().call(() -> procs.start(prison, parent, fib, command, body));
  }

  /** A process has ended. */
  public void exit(Proc proc) {
    try {
      machine
          .kernelLane()
          .call(() -> {
            procs.exit(proc);
            return true;
          });
    } catch (ErrnoException e) {
      throw new KernelFault("exit: " + e.getMessage(), e);
    }
  }

  /** A jail by name or jid, as the host sees it; null when there is none. */
  public @Nullable Jail jail(String nameOrJid) {
    Prison p = jails.find(prisons.prison0(), nameOrJid, false);
    return p == null ? null : new Jail(this, p);
  }

  /** Begins the making of a jail: {@code kernel.newJail("a").vnet().persist().create()}. */
  public JailBuilder newJail(String name) {
    return new JailBuilder(this, name);
  }

  /** Every removal still under way. */
  public List<JailRemove> removals() {
    return jails.removals();
  }

  /** Stops: removes every jail, shuts vnet0 down, then tells the modules MOD_SHUTDOWN. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      jails.removeAll();
      machine.coordinator().run(new VnetShutdown(machine.vnet0()));
      machine.coordinator().run(linker.shutdown());
    } catch (ErrnoException e) {
      machine.messages().log("kernel stop: " + e.getMessage());
    } finally {
      machine.alarms().stop();
      machine.turnWatch().stop();
      if (own != null) {
        own.shutdown();
      }
    }
  }

  /** init's body: the host is not killed through its kernel. */
  private static final class Immortal implements ProcBody {
    @Override
    public void signal(String name) {}

    @Override
    public long hostPid() {
      return 0;
    }
  }
}
