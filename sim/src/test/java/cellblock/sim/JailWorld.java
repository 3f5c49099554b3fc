package cellblock.sim;

import cellblock.kern.Machine;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.jail.HolderKind;
import cellblock.kern.jail.JailRemove;
import cellblock.kern.jail.Prison;
import cellblock.kern.jail.PrisonState;
import cellblock.kern.jail.Prisons;
import cellblock.kern.jail.Reaper;
import cellblock.kern.ledger.Ledger;
import cellblock.kern.ledger.LedgerKind;
import cellblock.kern.module.Declarations;
import cellblock.kern.module.KernelModule;
import cellblock.kern.module.Linker;
import cellblock.kern.module.ModuleInfo;
import cellblock.kern.proc.Proc;
import cellblock.kern.proc.ProcBody;
import cellblock.kern.proc.Procs;
import cellblock.kern.saga.Saga;
import cellblock.kern.time.Callout;
import cellblock.kern.vnet.Order;
import cellblock.kern.vnet.Subsystem;
import cellblock.kern.vnet.Vnet;
import cellblock.kern.vnet.VnetCreate;
import cellblock.kern.vnet.VnetDestroy;
import cellblock.kern.vnet.VnetStages;
import cellblock.kern.vnet.VnetVariable;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Jails, processes and one module with something in every stage, on a simulated machine. */
final class JailWorld {
  static final long MILLISECOND = 1_000_000;

  final Sim sim;
  final Machine machine;
  final Stepper stepper;
  final Prisons prisons;
  final Procs procs;
  final List<String> buried = new ArrayList<>();
  final List<JailRemove> removals = new ArrayList<>();
  final List<Vnet> everMade = new ArrayList<>();

  JailWorld(long seed) throws ErrnoException {
    sim = new Sim(seed);
    machine = sim.machine();
    stepper = sim.stepper();
    Linker linker = new Linker(machine, added -> {}, removed -> {});
    stepper.run(linker.boot(List.of(new Stack())));
    prisons = new Prisons(machine, machine.vnet0());
    procs = new Procs(prisons, this::lastOneLeft);
  }

  /** What a stack has: made by the constructor, revoked by the shutdown handler, a second phase. */
  static final class Stack implements KernelModule {
    /** One vnet's part. */
    private static final class Part {
      final List<Ledger.Entry> made = new ArrayList<>();
      final List<Ledger.Entry> later = new ArrayList<>();
      @Nullable Callout beat;
      boolean revoked;
    }

    private static final VnetVariable<Part> V_part = VnetVariable.define("part", v -> new Part());

    @Override
    public ModuleInfo info() {
      return new ModuleInfo("stack", 1, List.of(), Subsystem.PROTO_DOMAIN, Order.ANY);
    }

    @Override
    public void declare(Declarations d) {
      d.variable(V_part);
      d.vnetSysinit(Subsystem.PROTO_DOMAIN, Order.ANY, "part", Stack::construct);
      d.vnetShutdown(Subsystem.PROTO_DOMAIN, Order.ANY, "part", Stack::shutDown);
      d.vnetSysuninit(Subsystem.PROTO_DOMAIN, Order.ANY, "part", Stack::destruct);
    }

    private static void construct(Vnet v) {
      Part p = V_part.get();
      p.made.add(v.ledger().enter(LedgerKind.RIB, p, "rib"));
      p.made.add(v.ledger().enter(LedgerKind.INTERFACE, p, "lo0"));
    }

    private static VnetStages.Action shutDown(Vnet v) {
      Part p = V_part.get();
      p.revoked = true;
      if (p.beat != null) {
        p.beat.stop();
      }
      return w -> {
        List.copyOf(p.later).forEach(Ledger.Entry::leave);
        p.later.clear();
      };
    }

    private static void destruct(Vnet v) {
      V_part.get().made.forEach(Ledger.Entry::leave);
    }

    /** Somebody uses the stack: an address that the shutdown stage must take away, a timer. */
    static void use(Vnet v) throws ErrnoException {
      v.gate();
      Part p = V_part.of(v);
      p.later.add(v.ledger().enter(LedgerKind.ADDRESS, p, "10.0.0." + p.later.size()));
      if (p.beat == null) {
        Callout[] c = new Callout[1];
        c[0] = v.callout("beat", () -> c[0].reset(7 * MILLISECOND));
        p.beat = c[0];
      }
      if (!p.beat.pending()) {
        p.beat.reset(7 * MILLISECOND);
      }
    }
  }

  /** In a turn of {@code v}'s lane. */
  static void use(Vnet v) throws ErrnoException {
    Stack.use(v);
  }

  // ---- jails ----

  /** jail_set(2), as the host does it. */
  final class Create extends Saga<Prison> {
    private @Nullable Prison prison;

    Create(Prison parent, int jid, @Nullable String name, boolean vnet, boolean persist) {
      super("jail_set");
      turn(
          "allocate",
          machine.kernelLane(),
          () -> {
            Prison p = prisons.allocate(parent, jid, name, vnet);
            prison = p;
            p.childrenMax(100);
            undo("take it back", machine.kernelLane(), () -> prisons.abandon(p));
            if (vnet) {
              VnetCreate create = new VnetCreate(machine, p.name());
              inner("vnet_alloc", () -> create);
              turn(
                  "enter vnet",
                  machine.kernelLane(),
                  () -> {
                    Vnet made = create.result();
                    prisons.setVnet(p, made);
                    everMade.add(made);
                    undo(
                        "destroy vnet",
                        null,
                        () -> inner("vnet_destroy", () -> new VnetDestroy(made)));
                  });
            } else {
              prisons.setVnet(p, parent.vnet());
            }
            turn(
                "alive",
                machine.kernelLane(),
                () -> {
                  if (persist) {
                    p.hold(HolderKind.PERSIST);
                  }
                  prisons.alive(p);
                });
            local("done", this::commit);
          });
    }

    @Override
    protected Prison value() {
      if (prison == null) {
        throw new IllegalStateException("no prison was made");
      }
      return prison;
    }
  }

  Prison create(Prison parent, boolean vnet, boolean persist) throws ErrnoException {
    return stepper.run(new Create(parent, 0, null, vnet, persist));
  }

  /** In a turn of the kernel lane: begins a removal, or finds the one under way. */
  @Nullable JailRemove remove(Prison p) {
    JailRemove under = p.removal();
    if (under != null || p.state() != PrisonState.ALIVE) {
      return under;
    }
    JailRemove r = new JailRemove(prisons, procs, p, Reaper.NONE, this::gone);
    removals.add(r);
    return stepper.spawn(r);
  }

  /** Begins a removal from outside. */
  JailRemove beginRemove(Prison p) throws ErrnoException {
    return machine
        .kernelLane()
        .call(() -> {
          JailRemove r = remove(p);
          if (r == null) {
            throw new IllegalStateException(p + " is not there");
          }
          return r;
        });
  }

  private void lastOneLeft(Prison p) {
    remove(p);
  }

  private void gone(Prison p) {
    buried.add(p.name());
    Prison parent = p.parent();
    if (parent != null && parent.state() == PrisonState.ALIVE && !parent.keptAlive()) {
      remove(parent);
    }
  }

  // ---- processes ----

  /** A process that dies some time after it was killed. */
  final class Mortal implements ProcBody {
    private final long agony;
    private @Nullable Proc proc;
    private boolean dying;
    int signals;

    Mortal(long agony) {
      this.agony = agony;
    }

    @Override
    public void signal(String name) {
      signals++;
      if (!dying) {
        dying = true;
        new Callout(machine.kernelCallouts(), null, "agony", this::die).reset(agony);
      }
    }

    void die() {
      if (proc != null) {
        procs.exit(proc);
      }
    }

    @Override
    public long hostPid() {
      return 0;
    }
  }

  /** In a turn of the kernel lane. */
  Proc fork(Prison in, long agony) throws ErrnoException {
    Mortal body = new Mortal(agony);
    Proc p = procs.start(in, null, 0, "p", body);
    body.proc = p;
    return p;
  }

  Proc start(Prison in, long agony) throws ErrnoException {
    return machine.kernelLane().call(() -> fork(in, agony));
  }

  /** What must hold between any two steps. */
  void check() {
    for (Proc p : procs.within(prisons.prison0())) {
      if (p.prison().state() == PrisonState.GONE || p.prison().state() == PrisonState.INVALID) {
        throw new AssertionError(p + " lives in " + p.prison() + ", " + p.prison().state());
      }
    }
    for (Prison p : prisons.all()) {
      Prison parent = p.parent();
      if (parent != null && parent.state() == PrisonState.GONE) {
        throw new AssertionError(p + " has outlived its parent " + parent);
      }
      if (p.state() == PrisonState.GONE) {
        throw new AssertionError(p + " is gone and still found");
      }
      if (p.state() == PrisonState.ALIVE && p.removal() != null) {
        throw new AssertionError(p + " is alive again under its own removal");
      }
      if (p.state() == PrisonState.ALIVE && p.vnet().state() != Vnet.State.ALIVE) {
        throw new AssertionError(p + " is alive in a vnet that is " + p.vnet().state());
      }
    }
  }

  Prison any(RandomGenerator random) {
    List<Prison> all = new ArrayList<>(prisons.all());
    all.add(prisons.prison0());
    return all.get(random.nextInt(all.size()));
  }
}
