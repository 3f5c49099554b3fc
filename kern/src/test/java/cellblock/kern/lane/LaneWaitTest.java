package cellblock.kern.lane;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.kern.TestLanes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** A thread that waits for a lane and looks after it meanwhile. */
class LaneWaitTest {
  private final TestLanes test = new TestLanes();
  private final Lanes inline = test.inline(Runnable::run);
  private final Lane a = TestLanes.lane("a", inline);
  private final Lane b = TestLanes.lane("b", inline);
  private final List<Integer> seen = new ArrayList<>();

  /** A turn of {@code from} hands {@code to} an item. */
  private void send(Lane from, Lane to, int n) {
    from.post(Event.of(() -> to.offer(new NumberedItem(n, seen::add), from)));
  }

  @Test
  void a_turn_is_left_to_the_thread_that_attends_the_lane() {
    LaneWait reader = new LaneWait(b);
    assertThat(reader.attend()).isTrue();
    send(a, b, 1);
    assertThat(seen).as("left").isEmpty();
    assertThat(b.busy()).isTrue();
    send(a, b, 2);
    reader.serve(false);
    assertThat(seen).containsExactly(1, 2);
    assertThat(b.busy()).isFalse();
    send(a, b, 3);
    assertThat(seen).as("left again").containsExactly(1, 2);
    reader.leave();
    assertThat(seen).as("run by the one who leaves").containsExactly(1, 2, 3);
    send(a, b, 4);
    assertThat(seen).as("nobody attends").containsExactly(1, 2, 3, 4);
  }

  @Test
  void one_thread_at_a_time_attends_a_lane() {
    LaneWait one = new LaneWait(b);
    LaneWait other = new LaneWait(b);
    assertThat(one.attend()).isTrue();
    assertThat(other.attend()).isFalse();
    one.leave();
    assertThat(other.attend()).isTrue();
    other.leave();
  }

  @Test
  void what_was_left_to_a_thread_that_is_late_is_taken_back() {
    LaneWait late = new LaneWait(b);
    LaneWait sender = new LaneWait(a);
    assertThat(late.attend()).isTrue();
    send(a, b, 1);
    assertThat(sender.attend()).isTrue();
    sender.serve(false);
    assertThat(seen).isEmpty();
    sender.serve(true);
    assertThat(seen).containsExactly(1);
    late.serve(false);
    late.leave();
    sender.leave();
    assertThat(seen).as("once").containsExactly(1);
    assertThat(a.busy() || b.busy()).isFalse();
  }

  @Test
  void a_program_runs_the_turn_of_its_own_lane_itself_whoever_attends_it() {
    LaneWait reader = new LaneWait(a);
    assertThat(reader.attend()).isTrue();
    a.post(Event.of(() -> seen.add(1)));
    assertThat(seen).containsExactly(1);
    reader.leave();
  }

  /** Looks a few times and parks without an end: a lost wake-up is a thread that hangs. */
  private record Impatient() implements Waiting {
    @Override
    public void until(BooleanSupplier condition) {
      while (!condition.getAsBoolean()) {
        Thread.onSpinWait();
      }
    }

    @Override
    public int untilWoken(LaneWait place, BooleanSupplier condition, int patience) {
      boolean attends = place.attend();
      for (int i = 0; i < patience % 40 && !condition.getAsBoolean(); i++) {
        if (attends) {
          place.serve((i & 3) == 3);
        }
        Thread.onSpinWait();
      }
      if (attends) {
        place.leave();
      }
      place.sleeper(Thread.currentThread());
      while (!condition.getAsBoolean()) {
        LockSupport.park(this);
      }
      place.sleeper(null);
      return patience + 7;
    }
  }

  /** One end: a counter that turns of its lane alone change, and the number that came last. */
  private static final class End {
    final Lane lane;
    final LaneWait wait;
    int turns;
    volatile int came;

    End(Lane lane) {
      this.lane = lane;
      this.wait = new LaneWait(lane);
    }

    void take(int n) {
      turns++;
      came = n;
      wait.wake();
    }
  }

  @Test
  void two_threads_that_wake_each_other_lose_no_wake_up_and_no_turn_overlaps() throws Exception {
    int rounds = 30_000;
    Lanes lanes =
        new Lanes(null, () -> 0, Runnable::run, new Impatient(), test.inline(Runnable::run).faults);
    End left = new End(TestLanes.lane("left", lanes));
    End right = new End(TestLanes.lane("right", lanes));
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      Future<?> echo =
          threads.submit(() -> {
            for (int i = 1; i <= rounds; i++) {
              int n = i;
              right.wait.until(() -> right.came >= n);
              send(right, left, n);
            }
          });
      Future<?> ask =
          threads.submit(() -> {
            for (int i = 1; i <= rounds; i++) {
              int n = i;
              send(left, right, n);
              left.wait.until(() -> left.came >= n);
            }
          });
      ask.get(120, TimeUnit.SECONDS);
      echo.get(120, TimeUnit.SECONDS);
    }
    assertThat(left.turns).isEqualTo(rounds);
    assertThat(right.turns).isEqualTo(rounds);
    assertThat(test.faults).isEmpty();
  }

  private static void send(End from, End to, int n) {
    from.lane.post(Event.of(() -> to.lane.offer(new NumberedItem(n, to::take), from.lane)));
  }
}
