package cellblock.sim;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.kern.Machine;
import cellblock.kern.epoch.Epoch;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.lane.Event;
import cellblock.kern.module.Linker;
import cellblock.kern.time.Clock;
import cellblock.kern.vnet.Vnet;
import cellblock.kern.vnet.VnetCreate;
import cellblock.kern.vnet.VnetDestroy;
import cellblock.kern.vnet.VnetShutdown;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/** The same machine in real time: vnets made, used and destroyed by several threads at once. */
class RealTimeVnetTest {
  private static final long SEED = 20261121;

  private record SinceBoot(long boot) implements Clock {
    @Override
    public long nanos() {
      return System.nanoTime() - boot;
    }

    @Override
    public long wallNanos() {
      return nanos();
    }
  }

  private static Machine machine(ExecutorService workers, Clock clock) {
    RandomGenerator.SplittableGenerator random =
        (RandomGenerator.SplittableGenerator)
            RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
    return new Machine(
        new Machine.Options(
            clock,
            random,
            null,
            workers,
            condition -> {
              while (!condition.getAsBoolean()) {
                LockSupport.parkNanos(50_000);
              }
            },
            true,
            true));
  }

  @Test
  void vnets_come_and_go_on_many_threads_while_others_use_them_and_nothing_is_left()
      throws Exception {
    System.out.println("real-time vnets, seed " + SEED);
    ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    Clock clock = new SinceBoot(System.nanoTime());
    Machine machine = machine(workers, clock);
    Linker linker = new Linker(machine, added -> {}, removed -> {});
    machine.coordinator().run(linker.boot(List.of(new JailWorld.Stack())));
    Thread alarms = Thread.ofPlatform().start(() -> machine.alarms().serve(clock));
    AtomicReference<Throwable> failed = new AtomicReference<>();
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger made = new AtomicInteger();
    AtomicInteger used = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    long until = System.nanoTime() + 3_000_000_000L;
    for (int t = 0; t < 3; t++) {
      SplittableRandom random = new SplittableRandom(SEED + t);
      String name = "t" + t;
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                try {
                  while (System.nanoTime() < until) {
                    live(machine, name, random);
                    made.incrementAndGet();
                  }
                } catch (Throwable e) {
                  failed.compareAndSet(null, e);
                }
              }));
    }
    Thread user =
        Thread.ofPlatform()
            .start(() -> {
              while (!over.get()) {
                disturb(machine, used);
              }
            });
    for (Thread t : threads) {
      t.join();
    }
    over.set(true);
    user.join();
    assertThat(failed.get()).isNull();
    machine.vnet0().call(() -> true);
    awaitDeferred(machine);
    System.out.println(made + " vnets made and destroyed, used " + used + " times meanwhile");
    assertThat(made.get()).isGreaterThan(30);
    assertThat(Residue.of(machine)).isEmpty();
    assertThat(machine.vnets().list()).containsExactly(machine.vnet0());
    assertThat(machine.alarms().size()).isZero();
    assertThat(machine.messages().lines())
        .noneMatch(l -> l.contains("panic") || l.contains("not zero"));
    machine.alarms().stop();
    alarms.join(10_000);
    assertThat(alarms.isAlive()).isFalse();
    workers.shutdown();
    assertThat(workers.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
  }

  private static void live(Machine machine, String name, SplittableRandom random)
      throws ErrnoException {
    Vnet v = machine.coordinator().run(new VnetCreate(machine, name));
    for (int i = random.nextInt(4); i > 0; i--) {
      v.call(() -> {
        JailWorld.use(v);
        return true;
      });
    }
    machine.coordinator().run(new VnetShutdown(v));
    List<String> left = machine.coordinator().run(new VnetDestroy(v));
    assertThat(left).isEmpty();
    assertThat(v.ledger().total()).isZero();
    assertThat(v.lane().fault()).isNull();
  }

  /** Whatever vnet it finds, in whatever state: a turn, a section, a deferred action. */
  private static void disturb(Machine machine, AtomicInteger used) {
    try (Epoch.Section section = machine.epoch().enter()) {
      List<Vnet> all = machine.vnets().list();
      for (Vnet v : all) {
        v.lane().post(Event.of(() -> v.drops().clear()));
        machine.epoch().defer(v.lane(), used::incrementAndGet);
      }
    }
    LockSupport.parkNanos(20_000);
  }

  private static void awaitDeferred(Machine machine) {
    long deadline = System.nanoTime() + 10_000_000_000L;
    while (machine.epoch().outstanding() > 0 && System.nanoTime() < deadline) {
      LockSupport.parkNanos(100_000);
    }
  }
}
