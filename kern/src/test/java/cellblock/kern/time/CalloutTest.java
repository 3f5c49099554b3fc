package cellblock.kern.time;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.kern.TestLanes;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.lane.Lane;
import cellblock.kern.lane.Lanes;
import cellblock.kern.ledger.Ledger;
import cellblock.kern.ledger.LedgerKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Callouts against a naive model in virtual time, and the alarm thread in real time. */
class CalloutTest {
  private final TestLanes test = new TestLanes();
  private final Lanes lanes = test.stepped();
  private final Alarms alarms = new Alarms();
  private final Lane lane = TestLanes.lane("lane", lanes);
  private final CalloutQueue queue = new CalloutQueue(lane, alarms);
  private final Ledger ledger = new Ledger();

  /** In a turn. */
  private void turn(Runnable work) {
    try {
      lane.call(() -> {
        work.run();
        return true;
      });
    } catch (ErrnoException e) {
      throw new AssertionError(e);
    }
  }

  private void passTo(long time) {
    while (alarms.next() <= time) {
      test.clock.set(Math.max(test.clock.get(), alarms.next()));
      alarms.ring(test.clock.get());
      test.settle();
    }
    test.clock.set(time);
  }

  /** One timer of the model: pending until {@code deadline}, set as the {@code order}th. */
  private static final class Model {
    boolean pending;
    long deadline;
    long order;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void callouts_fire_as_a_sorted_list_would_have_them(long seed) {
    System.out.println("callouts against the model, seed " + seed);
    Random random = new Random(seed);
    int n = 40;
    Callout[] callouts = new Callout[n];
    Model[] models = new Model[n];
    List<String> fired = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    long[] order = {0};
    for (int i = 0; i < n; i++) {
      int me = i;
      models[i] = new Model();
      callouts[i] =
          new Callout(queue, ledger, "c" + i, () -> fired.add(me + "@" + test.clock.get()));
    }
    for (int round = 0; round < 2000; round++) {
      int at = random.nextInt(n);
      int what = random.nextInt(10);
      if (what < 5) {
        long delay = random.nextInt(100);
        turn(() -> callouts[at].reset(delay));
        models[at].pending = true;
        models[at].deadline = test.clock.get() + delay;
        models[at].order = order[0]++;
      } else if (what < 7) {
        boolean[] was = new boolean[1];
        turn(() -> was[0] = callouts[at].stop());
        assertThat(was[0]).isEqualTo(models[at].pending);
        models[at].pending = false;
      } else {
        long to = test.clock.get() + random.nextInt(40);
        expect(models, to, expected);
        passTo(to);
      }
      int pending = 0;
      for (int i = 0; i < n; i++) {
        assertThat(callouts[i].pending()).as("seed %d, c%d", seed, i).isEqualTo(models[i].pending);
        pending += models[i].pending ? 1 : 0;
      }
      assertThat(queue.size()).isEqualTo(pending);
      assertThat(ledger.count(LedgerKind.CALLOUT)).isEqualTo(pending);
      assertThat(fired).as("seed %d", seed).isEqualTo(expected);
    }
    assertThat(fired).hasSizeGreaterThan(100);
  }

  private static void expect(Model[] models, long to, List<String> expected) {
    while (true) {
      int first = -1;
      for (int i = 0; i < models.length; i++) {
        Model m = models[i];
        boolean due = m.pending && m.deadline <= to;
        if (due
            && (first < 0
                || m.deadline < models[first].deadline
                || (m.deadline == models[first].deadline && m.order < models[first].order))) {
          first = i;
        }
      }
      if (first < 0) {
        return;
      }
      models[first].pending = false;
      expected.add(first + "@" + models[first].deadline);
    }
  }

  @Test
  void a_callout_may_set_itself_and_stop_another_while_it_fires() {
    List<Long> beats = new ArrayList<>();
    Callout[] c = new Callout[2];
    c[1] = new Callout(queue, ledger, "victim", () -> beats.add(-1L));
    c[0] =
        new Callout(
            queue,
            ledger,
            "heart",
            () -> {
              beats.add(test.clock.get());
              c[1].stop();
              if (beats.size() < 4) {
                c[0].reset(10);
              }
            });
    turn(() -> {
      c[0].reset(10);
      c[1].reset(10);
    });
    passTo(100);
    assertThat(beats).containsExactly(10L, 20L, 30L, 40L);
    assertThat(ledger.total()).isZero();
  }

  @Test
  void a_callout_that_throws_does_not_keep_the_others_from_firing() {
    List<String> fired = new ArrayList<>();
    Callout bad =
        new Callout(
            queue,
            ledger,
            "bad",
            () -> {
              throw new IllegalStateException("bug");
            });
    Callout good = new Callout(queue, ledger, "good", () -> fired.add("good"));
    Callout late = new Callout(queue, ledger, "late", () -> fired.add("late"));
    turn(() -> {
      bad.reset(5);
      good.reset(5);
      late.reset(50);
    });
    passTo(60);
    assertThat(fired).containsExactly("good", "late");
    assertThat(lane.fault()).hasMessage("bug");
    assertThat(ledger.total()).isZero();
  }

  @Test
  void a_delay_without_end_never_fires() {
    Callout never = new Callout(queue, ledger, "never", () -> {});
    test.clock.set(1000);
    turn(() -> never.reset(Long.MAX_VALUE));
    passTo(1_000_000);
    assertThat(never.pending()).isTrue();
  }

  @Test
  void a_lane_has_one_alarm_however_often_a_short_timer_runs_beside_a_long_one() {
    Callout keepalive = new Callout(queue, ledger, "keepalive", () -> {});
    Callout[] tick = new Callout[1];
    int[] ticks = {0};
    tick[0] =
        new Callout(
            queue,
            ledger,
            "tick",
            () -> {
              ticks[0]++;
              tick[0].reset(200);
            });
    turn(() -> {
      keepalive.reset(7_200_000);
      tick[0].reset(200);
    });
    passTo(1_000_000);
    assertThat(ticks[0]).isEqualTo(5000);
    assertThat(alarms.size()).isEqualTo(1);
    turn(() -> {
      tick[0].stop();
      keepalive.stop();
      queue.close();
    });
    assertThat(alarms.size()).isZero();
    assertThat(alarms.next()).isEqualTo(Long.MAX_VALUE);
  }

  /** A clock that the test moves, and that lets it wait until somebody has looked. */
  private static final class HandClock implements Clock {
    final AtomicLong now = new AtomicLong();
    final CountDownLatch looked = new CountDownLatch(1);

    @Override
    public long nanos() {
      looked.countDown();
      return now.get();
    }

    @Override
    public long wallNanos() {
      return nanos();
    }
  }

  @Test
  void the_alarm_thread_rings_what_is_due_even_when_it_was_set_while_it_slept() throws Exception {
    HandClock clock = new HandClock();
    TestLanes real = new TestLanes();
    Lanes inline = real.inline(Runnable::run);
    Alarms served = new Alarms();
    Lane[] at = new Lane[3];
    CountDownLatch[] rang = new CountDownLatch[3];
    Callout[] callouts = new Callout[3];
    for (int i = 0; i < 3; i++) {
      int me = i;
      rang[i] = new CountDownLatch(1);
      at[i] = TestLanes.lane("l" + i, inline);
      callouts[i] =
          new Callout(new CalloutQueue(at[i], served), null, "c" + i, () -> rang[me].countDown());
    }
    Thread server = Thread.ofPlatform().start(() -> served.serve(clock));
    long hour = 3_600_000_000_000L;
    set(at[0], callouts[0], hour);
    assertThat(clock.looked.await(10, TimeUnit.SECONDS)).isTrue();
    set(at[1], callouts[1], 1_000_000); // earlier than what it sleeps for
    real.clock.set(1_000_000);
    clock.now.set(1_000_000);
    assertThat(rang[1].await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(rang[0].getCount()).isEqualTo(1);
    clock.now.set(hour);
    set(at[2], callouts[2], 0); // wakes the thread, which then finds the hour gone by
    real.clock.set(hour);
    assertThat(rang[2].await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(rang[0].await(10, TimeUnit.SECONDS)).isTrue();
    served.stop();
    server.join(10_000);
    assertThat(server.isAlive()).isFalse();
  }

  private static void set(Lane lane, Callout c, long delay) throws ErrnoException {
    lane.call(() -> {
      c.reset(delay);
      return true;
    });
  }
}
