package cellblock.inet.socket;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.inet.Inet;
import cellblock.inet.InetModule;
import cellblock.kern.Machine;
import cellblock.kern.lane.Event;
import cellblock.kern.module.Linker;
import cellblock.kern.time.Clock;
import cellblock.kern.vnet.Vnet;
import cellblock.net.NetModule;
import cellblock.wire.Family;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Nobody sleeps through what he waits for: one reader in real time whose waiting is a park without
 * an end, so that a lost wake-up is a thread that hangs. Whoever brings the next piece does so
 * within a few hundred steps of the moment at which the reader goes to sleep.
 */
class WakeUpTest {
  private static final long SEED = 20261121;
  private static final int ROUNDS = Integer.getInteger("cellblock.race.rounds", 20_000);
  private static final long PATIENCE = 20_000_000_000L;

  private final ExecutorService workers = Executors.newFixedThreadPool(1);
  private volatile boolean forEver;
  private volatile int taken;
  private volatile int there;
  private Machine machine;
  private Clock clock;
  private Vnet host;

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

  /** While booting it looks again from time to time, as in a kernel; afterwards it only parks. */
  private void until(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      if (forEver) {
        LockSupport.park(this);
      } else {
        LockSupport.parkNanos(50_000);
      }
    }
  }

  @BeforeEach
  void boot() throws Exception {
    RandomGenerator.SplittableGenerator random =
        (RandomGenerator.SplittableGenerator)
            RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
    clock = new SinceBoot(System.nanoTime());
    machine =
        new Machine(new Machine.Options(clock, random, null, workers, this::until, true, true));
    host =
        machine
            .coordinator()
            .run(
                new Linker(machine, added -> {}, removed -> {})
                    .boot(List.of(new NetModule(), new InetModule())));
    forEver = true;
  }

  @AfterEach
  void stop() {
    workers.shutdownNow();
  }

  /** A piece of work of one round. */
  @FunctionalInterface
  private interface Round {
    void run(int round) throws Exception;
  }

  /** {@code read} on a thread of its own; {@code write} here, each round once the last is read. */
  private void rounds(Round write, Round read) throws Exception {
    SplittableRandom random = new SplittableRandom(SEED);
    Thread reader =
        Thread.ofPlatform()
            .start(() -> {
              try {
                for (int i = 0; i < ROUNDS; i++) {
                  read.run(i);
                  taken = i + 1;
                }
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            });
    for (int i = 0; i < ROUNDS; i++) {
      long end = System.nanoTime() + PATIENCE;
      while (taken < i) {
        assertThat(System.nanoTime())
            .as("round %d: the reader sleeps, seed %d", i, SEED)
            .isLessThan(end);
        Thread.onSpinWait();
      }
      for (int n = random.nextInt(400); n > 0; n--) {
        Thread.onSpinWait();
      }
      write.run(i);
    }
    reader.join(PATIENCE / 1_000_000);
    assertThat(taken).as("rounds, seed %d", SEED).isEqualTo(ROUNDS);
  }

  @Test
  void a_reader_of_datagrams_sleeps_through_none() throws Exception {
    Socket socket =
        host.call(
            () -> Inet.of(host).sockets.open(Family.INET, SocketType.DGRAM, 0, Credential.ROOT));
    Arrival arrival = new Arrival();
    byte[] data = new byte[4];
    rounds(
        round ->
            host.lane()
                .post(
                    Event.of(() -> {
                      arrival.inet(1, round & 0xffff, 2);
                      socket.deliver(data, 0, 4, arrival, 0);
                    })),
        round ->
            assertThat(socket.receive(Socket.FOREVER, false).port()).isEqualTo(round & 0xffff));
    socket.close();
  }

  /** Time passes between looking and acting on what was seen. */
  private static boolean slowly(boolean seen) {
    for (int n = 0; n < 100; n++) {
      Thread.onSpinWait();
    }
    return seen;
  }

  @Test
  void whoever_waits_for_a_stream_sleeps_through_nothing() throws Exception {
    Sleeper sleeper = new Sleeper(host, "test");
    rounds(
        round ->
            host.lane()
                .post(
                    Event.of(() -> {
                      there = round + 1;
                      sleeper.wake();
                    })),
        round -> {
          sleeper.lock();
          try {
            assertThat(sleeper.await(() -> slowly(there > round), Socket.FOREVER)).isTrue();
          } finally {
            sleeper.unlock();
          }
        });
  }

  /** What a socket's end and its time limit tell, each by one wake-up that nobody repeats. */
  @Test
  void the_end_of_a_socket_wakes_whoever_waits_for_it() throws Exception {
    Sleeper sleeper = new Sleeper(host, "test");
    rounds(
        round ->
            host.lane()
                .post(
                    Event.of(() -> {
                      there = round + 1;
                      sleeper.stop();
                    })),
        round -> assertThat(sleeper.await(() -> slowly(there > round), Socket.FOREVER)).isTrue());
  }

  @Test
  void a_time_limit_wakes_whoever_waits_in_vain() throws Exception {
    Thread alarms = Thread.ofPlatform().daemon().start(() -> machine.alarms().serve(clock));
    Sleeper sleeper = new Sleeper(host, "test");
    Thread reader =
        Thread.ofPlatform()
            .daemon()
            .start(() -> {
              try {
                for (int i = 0; i < 20; i++) {
                  assertThat(sleeper.await(() -> false, 1_000_000)).isFalse();
                  taken = i + 1;
                }
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            });
    reader.join(PATIENCE / 1_000_000);
    assertThat(taken).as("waits that ended").isEqualTo(20);
    machine.alarms().stop();
    alarms.join();
  }
}
