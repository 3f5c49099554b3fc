package cellblock.race;

import cellblock.kern.errno.ErrnoException;
import cellblock.kern.ledger.Ledger;
import cellblock.kern.ledger.LedgerKind;
import cellblock.kern.memguard.Grave;
import cellblock.kern.module.Declarations;
import cellblock.kern.module.KernelModule;
import cellblock.kern.module.ModuleInfo;
import cellblock.kern.saga.Saga;
import cellblock.kern.time.Callout;
import cellblock.kern.vnet.Order;
import cellblock.kern.vnet.Subsystem;
import cellblock.kern.vnet.Vnet;
import cellblock.kern.vnet.VnetCreate;
import cellblock.kern.vnet.VnetDestroy;
import cellblock.kern.vnet.VnetShutdown;
import cellblock.kern.vnet.VnetVariable;
import cellblock.net.ifnet.IfAddress;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.net.route.RibSubscription;
import cellblock.net.route.RouteCache;
import cellblock.net.route.RouteTables;
import cellblock.wire.Family;
import cellblock.wire.IpAddress;
import cellblock.wire.IpPrefix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Modules that come, go, and keep workers and counters; routes that are remembered too long. */
final class ModuleScenarios {
  private ModuleScenarios() {}

  static List<Scenario> all() {
    return List.of(f15watcher(), f16(), f16watcher(), f22(), f27(), f38());
  }

  // ---- a module that lets go in its destructor only ----

  /** What {@link Watcher} keeps in each vnet. */
  static final class Watch {
    private @Nullable RibSubscription subscription;
    private @Nullable RouteCache cache;
  }

  /** Watches a rib and remembers a nexthop; lets go in its destructor, below the route tables'. */
  static final class Watcher implements KernelModule {
    static final VnetVariable<Watch> V_WATCH = VnetVariable.define("watch", v -> new Watch());

    @Override
    public ModuleInfo info() {
      return ModuleInfo.of("watcher", 1);
    }

    @Override
    public void declare(Declarations d) {
      d.variable(V_WATCH);
      d.vnetSysinit(Subsystem.PSEUDO, Order.ANY, "watcher", v -> {});
      d.vnetSysuninit(Subsystem.PSEUDO, Order.ANY, "watcher", Watcher::end);
    }

    private static void end(Vnet v) {
      Watch w = V_WATCH.of(v);
      if (w.subscription != null) {
        w.subscription.unsubscribe();
      }
      if (w.cache != null) {
        w.cache.clear();
      }
    }
  }

  private static Scenario f15watcher() {
    return Scenario.of(
            "F15b",
            "a question left open in the branch of seed 1's author: how to let holders let go",
            "a module without a shutdown handler unsubscribes in its destructor, below that of the"
                + " route tables",
            "subscription of watcher .* used after it was freed by watcher",
            w -> {
              Vnet j = w.jail("j");
              w.in(
                  j,
                  () -> {
                    Watcher.V_WATCH.of(j).subscription =
                        RouteTables.of(j)
                            .rib(0, Family.INET)
                            .subscribe(RibSubscription.When.DELAYED, "watcher", change -> {});
                    return true;
                  });
              w.removes("j");
            })
        .with(new Watcher());
  }

  private static Scenario f16watcher() {
    return Scenario.of(
            "F16b",
            "D24866 and its comment in 13.0",
            "a module without a shutdown handler lets go of a nexthop in its destructor",
            "nhop .* used after it was freed by route cache of watcher",
            w -> {
              Vnet j = w.jail("j");
              w.in(
                  j,
                  () -> {
                    route(j);
                    RouteCache c = new RouteCache(RouteTables.of(j), "watcher");
                    IpAddress to = SeedScenarios.OUTER;
                    c.get(0, to.family(), to.hi(), to.lo(), 0);
                    Watcher.V_WATCH.of(j).cache = c;
                    return true;
                  });
              w.removes("j");
            })
        .with(new Watcher());
  }

  /** Gives lo0 an address, and with it the route to its network; in a turn. */
  private static void route(Vnet j) throws ErrnoException {
    Ifnet lo = Interfaces.of(j).named("lo0");
    IpPrefix net = IpPrefix.parse("203.0.113.0/24");
    IpAddress own = IpAddress.parse("203.0.113.1");
    IfAddress a = new IfAddress(lo, own.family(), own.hi(), own.lo(), net.length());
    lo.addAddress(a);
    RouteTables.of(j).ifAddressRoute(true, a, net);
  }

  private static Scenario f16() {
    return Scenario.of(
            "F16",
            "D24866 and its comment in 13.0",
            "a tunnel remembers a nexthop longer than the routing tables live",
            "nhop .* used after it was freed by route cache of tnl0",
            w -> {
              Vnet j = w.jail("j");
              Ifnet tnl = w.create(j, "tnl");
              w.in(
                  j,
                  () -> {
                    route(j);
                    CachingTunnel.of(tnl).cache(tnl, SeedScenarios.OUTER);
                    return true;
                  });
              w.removes("j");
            })
        .with(new CachingTunnel());
  }

  // ---- a worker ----

  /** What a worker's module keeps in each vnet. */
  static final class Work {
    private @Nullable Callout timer;
    private int batches;
  }

  /**
   * Hands batches to a worker beside the lane, which come back as turns. What is on its way stands
   * in the ledger.
   */
  static final class Worker implements KernelModule {
    static final VnetVariable<Work> V_WORK = VnetVariable.define("work", v -> new Work());

    @Override
    public ModuleInfo info() {
      return ModuleInfo.of("worker", 1);
    }

    @Override
    public void declare(Declarations d) {
      d.variable(V_WORK);
      d.vnetSysinit(Subsystem.PROTO_FIREWALL, Order.ANY, "worker", v -> {});
      d.vnetShutdown(
          Subsystem.PROTO_FIREWALL,
          Order.ANY,
          "worker",
          v -> {
            Callout t = V_WORK.of(v).timer;
            if (t != null) {
              t.stop();
            }
            return null;
          });
      d.vnetSysuninit(Subsystem.PROTO_FIREWALL, Order.ANY, "worker", v -> {});
    }

    /** Begins a batch; in a turn. */
    static void begin(Vnet v) throws ErrnoException {
      v.gate();
      Ledger.Entry line = v.ledger().enter(LedgerKind.HOOK, v, "batch of the worker");
      v.machine().epoch().defer(v.lane(), () -> end(v, line));
    }

    private static void end(Vnet v, Ledger.Entry line) {
      V_WORK.of(v).batches++;
      line.leave();
    }
  }

  private static Scenario f22() {
    return Scenario.of(
            "F22",
            "D45492",
            "a worker's batch comes back when its vnet has been destroyed",
            "V_work of j used after it was freed",
            w -> {
              Vnet j = w.jail("j");
              w.actor("work in j").does("begin a batch", j.lane(), () -> Worker.begin(j));
              w.removes("j");
            })
        .with(new Worker());
  }

  // ---- a module that comes ----

  /** A module with a variable and a constructor. */
  static final class Late implements KernelModule {
    static final VnetVariable<int[]> V_LATE = VnetVariable.define("late", v -> new int[1]);

    @Override
    public ModuleInfo info() {
      return ModuleInfo.of("late", 1);
    }

    @Override
    public void declare(Declarations d) {
      d.variable(V_LATE);
      d.vnetSysinit(Subsystem.PROTO_IF, Order.ANY, "late", v -> V_LATE.of(v)[0]++);
      d.vnetSysuninit(Subsystem.PROTO_IF, Order.ANY, "late", v -> V_LATE.of(v)[0]--);
    }
  }

  private static Scenario f27() {
    return Scenario.of(
        "F27",
        "facts F27, from reading vnet_alloc",
        "a module is loaded while a vnet is being built, and does not reach it",
        "late was not constructed in v",
        w -> {
          VnetCreate create = new VnetCreate(w.machine(), "v");
          w.actor("jail -c").runs("vnet_alloc", () -> create);
          w.actor("kldload late")
              .runs(
                  "load", () -> w.kernel().linker().load("late.ko", "", List.of(new Late()), null));
          w.check(f -> {
            Vnet v = create.result();
            if (!v.has(Late.V_LATE) || Late.V_LATE.of(v)[0] != 1) {
              f.add("late was not constructed in v");
              return;
            }
            w.run(new VnetShutdown(v));
            w.run(new VnetDestroy(v));
          });
        });
  }

  // ---- counters ----

  /** What {@link Counting} keeps in each vnet. */
  static final class Counters {
    private long ticks;
    private @Nullable Grave freed;
    private @Nullable Callout timer;
  }

  /**
   * Counters and timers with destructors where TCP has its: the counters are freed first, and the
   * timers' end is awaited afterwards.
   */
  static final class Counting implements KernelModule {
    private static final long TICK = 50_000_000;

    static final VnetVariable<Counters> V_COUNTERS =
        VnetVariable.define("counters", v -> new Counters());

    @Override
    public ModuleInfo info() {
      return ModuleInfo.of("counting", 1);
    }

    @Override
    public void declare(Declarations d) {
      d.variable(V_COUNTERS);
      d.vnetSysinit(Subsystem.PROTO_IFATTACHDOMAIN, Order.ANY, "counters", v -> {});
      d.vnetSysuninit(
          Subsystem.PROTO_IFATTACHDOMAIN,
          Order.ANY,
          "counters",
          v -> V_COUNTERS.of(v).freed = v.machine().memguard().free("counters of " + v));
      d.vnetShutdownSaga(Subsystem.PROTO_END, Order.FIRST, "timers", Drain::new)
          .inDestroy(Subsystem.PROTO_DOMAIN, Order.FOURTH);
    }

    /** Begins to tick; in a turn. */
    static void start(Vnet v) {
      Counters c = V_COUNTERS.of(v);
      Callout timer = v.callout("tick", () -> tick(v));
      c.timer = timer;
      timer.reset(TICK);
    }

    private static void tick(Vnet v) {
      Counters c = V_COUNTERS.of(v);
      Grave dead = c.freed;
      if (dead != null) {
        throw v.machine().memguard().touched(dead, "a timer of " + v);
      }
      c.ticks++;
      if (c.timer != null) {
        c.timer.reset(TICK);
      }
    }

    /** Waits for the last ticks, as tcp_destroy does for the last pcbs, then stops the timer. */
    private static final class Drain extends Saga<Boolean> {
      Drain(Vnet v) {
        super("drain the timers of " + v);
        long until = v.machine().clock().nanos() + 2 * TICK;
        if (V_COUNTERS.of(v).timer != null) {
          await("the last ticks", () -> false, v.machine().clock(), until, () -> {});
        }
        turn(
            "stop",
            v.lane(),
            () -> {
              Callout t = V_COUNTERS.of(v).timer;
              if (t != null) {
                t.stop();
              }
            });
      }

      @Override
      protected Boolean value() {
        return true;
      }
    }
  }

  private static Scenario f38() {
    return Scenario.of(
            "F38",
            "facts F38, from reading tcp_vnet_uninit of 12.1",
            "counters are freed before the last timer has fired",
            "counters of j used after it was freed by a timer of j",
            w -> {
              Vnet j = w.jail("j");
              w.in(
                  j,
                  () -> {
                    Counting.start(j);
                    return true;
                  });
              w.removes("j");
            })
        .with(new Counting());
  }
}
