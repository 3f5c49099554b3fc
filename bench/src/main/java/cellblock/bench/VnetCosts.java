package cellblock.bench;

import cellblock.kern.Machine;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.lane.Event;
import cellblock.kern.module.Declarations;
import cellblock.kern.module.KernelModule;
import cellblock.kern.module.Linker;
import cellblock.kern.module.ModuleInfo;
import cellblock.kern.time.Clock;
import cellblock.kern.vnet.Order;
import cellblock.kern.vnet.Subsystem;
import cellblock.kern.vnet.Vnet;
import cellblock.kern.vnet.VnetCreate;
import cellblock.kern.vnet.VnetDestroy;
import cellblock.kern.vnet.VnetShutdown;
import cellblock.kern.vnet.VnetVariable;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** What curvnet, V_ variables and turns cost, on a whole machine in real time. */
final class VnetCosts {
  private static final int RUNS = 5;
  private static final long RUN = Long.getLong("cellblock.bench.run", 600) * 1_000_000;

  static final List<String> NAMES =
      List.of(
          "v-field",
          "v-of",
          "v-get",
          "curvnet-run",
          "turn-inline",
          "turn-worker",
          "crossing",
          "vnet-create-destroy");

  /** A per-vnet object. */
  private static final class Counters {
    long ticks;
  }

  private static final VnetVariable<Counters> V_counters =
      VnetVariable.define("counters", v -> new Counters());

  private record Module() implements KernelModule {
    @Override
    public ModuleInfo info() {
      return new ModuleInfo("costs", 1, List.of(), Subsystem.PROTO_DOMAIN, Order.ANY);
    }

    @Override
    public void declare(Declarations d) {
      d.variable(V_counters);
      for (int i = 0; i < 20; i++) {
        d.variable(VnetVariable.define("other" + i, v -> new Counters()));
      }
    }
  }

  private record SinceBoot(long boot) implements Clock {
    @Override
    public long nanos() {
      return System.nanoTime() - boot;
    }

    @Override
    public long wallNanos() {
      return System.currentTimeMillis() * 1_000_000;
    }
  }

  /** A hot-path class that resolved its state when it was attached. */
  private record Attached(Counters counters) {}

  private final Machine machine;
  private final Vnet vnet;
  private final Attached attached;
  private final Consumer<String> out;

  private VnetCosts(Consumer<String> out) throws ErrnoException {
    this.out = out;
    RandomGenerator.SplittableGenerator random =
        (RandomGenerator.SplittableGenerator)
            RandomGeneratorFactory.of("L64X128MixRandom").create(1);
    machine =
        new Machine(
            new Machine.Options(
                new SinceBoot(System.nanoTime()),
                random,
                null,
                Executors.newVirtualThreadPerTaskExecutor(),
                condition -> {
                  while (!condition.getAsBoolean()) {
                    Thread.onSpinWait();
                  }
                },
                true,
                false));
    Linker linker = new Linker(machine, added -> {}, removed -> {});
    machine.coordinator().run(linker.boot(List.of(new Module())));
    vnet = machine.coordinator().run(new VnetCreate(machine, "jail"));
    attached = new Attached(V_counters.of(vnet));
  }

  static void run(String row, Consumer<String> out) {
    try {
      new VnetCosts(out).row(row);
    } catch (ErrnoException e) {
      throw new IllegalStateException(e);
    }
  }

  private void row(String row) throws ErrnoException {
    switch (row) {
      case "v-field" -> inTurn(row, this::field);
      case "v-of" -> inTurn(row, this::of);
      case "v-get" -> inTurn(row, this::get);
      case "curvnet-run" -> time(row, this::bind);
      case "turn-inline" -> time(row, this::turns);
      case "turn-worker" -> worker(row);
      case "crossing" -> crossing(row);
      case "vnet-create-destroy" -> time(row, this::lives);
      default -> throw new IllegalArgumentException(row);
    }
  }

  private void field(int n) {
    for (int i = 0; i < n; i++) {
      attached.counters.ticks++;
    }
  }

  private void of(int n) {
    for (int i = 0; i < n; i++) {
      V_counters.of(vnet).ticks++;
    }
  }

  private void get(int n) {
    for (int i = 0; i < n; i++) {
      V_counters.get().ticks++;
    }
  }

  private void bind(int n) {
    Runnable body = () -> attached.counters.ticks++;
    for (int i = 0; i < n; i++) {
      vnet.run(body);
    }
  }

  private void turns(int n) {
    Event e = Event.of(() -> attached.counters.ticks++);
    for (int i = 0; i < n; i++) {
      vnet.lane().post(e);
    }
  }

  private void lives(int n) {
    try {
      for (int i = 0; i < n; i++) {
        Vnet v = machine.coordinator().run(new VnetCreate(machine, "v"));
        machine.coordinator().run(new VnetShutdown(v));
        machine.coordinator().run(new VnetDestroy(v));
      }
    } catch (ErrnoException e) {
      throw new IllegalStateException(e);
    }
  }

  private void worker(String row) {
    LaneDomain domain = LaneDomain.make(LaneDomain.Variant.WORKER, 1)[0];
    LaneDomain.App app = new LaneDomain.App();
    LaneDomain.Job job =
        new LaneDomain.Job() {
          @Override
          void work() {
            attached.counters.ticks++;
          }
        };
    time(
        row,
        n -> {
          for (int i = 0; i < n; i++) {
            domain.run(job, app);
          }
        });
  }

  /** A packet from one lane into another and freed there: bursts of 32, on this thread alone. */
  private void crossing(String row) {
    LaneDomain[] d = LaneDomain.make(LaneDomain.Variant.INLINE, 2);
    LaneNode.Station from = new LaneNode.Station(d[0]);
    LaneNode.Sink to = new LaneNode.Sink(d[1]);
    from.next = to;
    LaneDomain.App app = new LaneDomain.App();
    LaneDomain.Job job =
        new LaneDomain.Job() {
          @Override
          void work() {
            from.burst(32, 64);
          }
        };
    time(
        row,
        n -> {
          for (int i = 0; i < n; i += 32) {
            d[0].run(job, app);
          }
        });
  }

  private void inTurn(String row, IntConsumer body) throws ErrnoException {
    vnet.call(() -> {
      time(row, body);
      return true;
    });
  }

  /**
   * Nanoseconds of this thread's CPU time (of the wall's where it waits) and bytes an operation.
   */
  private void time(String row, IntConsumer body) {
    boolean byWall = row.equals("turn-worker");
    int n = 1 << 12;
    long warm = System.nanoTime() + 3 * RUN;
    while (System.nanoTime() < warm) {
      body.accept(n);
    }
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    double[] nanos = new double[RUNS];
    double[] bytes = new double[RUNS];
    for (int i = 0; i < RUNS; i++) {
      long allocated = threads.getCurrentThreadAllocatedBytes();
      long count = 0;
      long start = System.nanoTime();
      long cpu = threads.getCurrentThreadCpuTime();
      long end = start;
      for (; end - start < RUN; end = System.nanoTime()) {
        body.accept(n);
        count += n;
      }
      long used = threads.getCurrentThreadCpuTime() - cpu;
      nanos[i] = (double) (byWall ? end - start : used) / count;
      bytes[i] = (double) (threads.getCurrentThreadAllocatedBytes() - allocated) / count;
    }
    report(row, "ns", nanos);
    report(row, "B", bytes);
  }

  private void report(String row, String unit, double[] values) {
    Arrays.sort(values);
    out.accept(
        String.format(
            "%s,cost,%s,%.4g,%.4g,%.4g", row, unit, values[RUNS / 2], values[0], values[RUNS - 1]));
  }
}
