package cellblock.kern.epoch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cellblock.kern.TestLanes;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.lane.Event;
import cellblock.kern.lane.Lane;
import cellblock.kern.lane.Lanes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Grace periods: by hand, and with readers on real threads. */
class EpochTest {
  private final TestLanes test = new TestLanes();
  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private final Lanes lanes = test.stepped();
  private final Lane kernel = TestLanes.lane("kernel", lanes);
  private final Epoch epoch = new Epoch(lanes, tasks::add, kernel);

  @Test
  void a_ticket_passes_at_once_when_no_section_is_open() {
    TestLanes.lane("idle", lanes);
    assertThat(epoch.ticket().passed()).isTrue();
    epoch.barrier();
  }

  @Test
  void a_ticket_waits_for_the_sections_open_when_it_was_drawn_and_for_no_later_one() {
    Epoch.Section first = epoch.enter();
    Epoch.Section second = epoch.enter();
    Epoch.Ticket ticket = epoch.ticket();
    Epoch.Section later = epoch.enter();
    assertThat(ticket.passed()).isFalse();
    second.close();
    assertThat(ticket.passed()).isFalse();
    first.close();
    assertThat(ticket.passed()).isTrue();
    later.close();
  }

  @Test
  void a_ticket_drawn_in_a_turn_waits_for_that_turn_and_not_for_the_next() throws ErrnoException {
    Lane lane = TestLanes.lane("lane", lanes);
    Epoch.Ticket[] drawn = new Epoch.Ticket[1];
    boolean inside =
        lane.call(() -> {
          drawn[0] = epoch.ticket();
          return drawn[0].passed();
        });
    assertThat(inside).isFalse();
    boolean nextTurn = lane.call(() -> drawn[0].passed());
    assertThat(nextTurn).isTrue();
  }

  @Test
  void a_barrier_inside_a_turn_is_refused() throws ErrnoException {
    Lane lane = TestLanes.lane("lane", lanes);
    lane.call(() -> {
      assertThatThrownBy(epoch::barrier)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("lane");
      return true;
    });
  }

  @Test
  void deferred_actions_run_once_each_in_turns_of_their_owners_after_the_section_has_ended() {
    Lane a = TestLanes.lane("a", lanes);
    Lane b = TestLanes.lane("b", lanes);
    List<String> ran = new ArrayList<>();
    for (Lane owner : List.of(a, b)) {
      epoch.defer(owner, () -> ran.add(owner + " on " + Lane.CURRENT.get()));
    }
    assertThat(ran).isEmpty();
    assertThat(epoch.outstanding()).isEqualTo(2);
    while (!tasks.isEmpty()) {
      tasks.poll().run();
    }
    test.settle();
    assertThat(ran).containsExactly("a on a", "b on b");
    assertThat(epoch.outstanding()).isZero();
    epoch.defer(a, () -> ran.add("again"));
    tasks.poll().run();
    test.settle();
    assertThat(ran).endsWith("again").hasSize(3);
  }

  @Test
  void what_was_deferred_to_a_lane_that_is_closed_by_then_runs_in_the_kernel_lane()
      throws ErrnoException {
    Lane dies = TestLanes.lane("dies", lanes);
    List<String> ran = new ArrayList<>();
    epoch.defer(dies, () -> ran.add("before on " + Lane.CURRENT.get()));
    dies.call(() -> {
      dies.close();
      return true;
    });
    epoch.defer(dies, () -> ran.add("after on " + Lane.CURRENT.get()));
    tasks.poll().run();
    test.settle();
    assertThat(ran).containsExactly("before on kernel", "after on kernel");
    assertThat(epoch.outstanding()).isZero();
  }

  @Test
  void a_deferred_action_waits_for_a_reader_outside_the_lanes() {
    Lane a = TestLanes.lane("a", lanes);
    List<String> ran = new ArrayList<>();
    Epoch.Section[] reader = {epoch.enter()};
    epoch.defer(a, () -> ran.add("freed"));
    // The wait takes turns; one of them, later, closes the section.
    a.post(
        Event.of(() -> {
          ran.add("reader leaves");
          reader[0].close();
        }));
    tasks.poll().run();
    test.settle();
    assertThat(ran).containsExactly("reader leaves", "freed");
  }

  /** A resource with an effect: whoever uses it after it was freed has found a bug. */
  private static final class Unit {
    boolean freed;
  }

  /**
   * Readers use a published unit inside turns and inside sections; writers replace it, wait for a
   * grace period and free the old one. Plain reads and writes: the epoch alone orders them.
   */
  @Test
  void no_reader_ever_meets_what_was_freed_after_a_barrier() {
    long seed = 20261121;
    System.out.println("epoch stress, seed " + seed);
    try (ExecutorService workers = Executors.newFixedThreadPool(2)) {
      Lanes real = test.inline(workers);
      Epoch e = new Epoch(real, workers, TestLanes.lane("kernel", real));
      int slots = 8;
      Unit[] published = new Unit[slots];
      for (int i = 0; i < slots; i++) {
        published[i] = new Unit();
      }
      AtomicInteger bad = new AtomicInteger();
      AtomicLong reads = new AtomicLong();
      AtomicLong freed = new AtomicLong();
      long until = System.nanoTime() + 2_000_000_000L;
      List<Runnable> all = new ArrayList<>();
      for (int t = 0; t < 2; t++) {
        int me = t;
        Lane lane = TestLanes.lane("reader" + t, real);
        SplittableRandom random = new SplittableRandom(seed + t);
        all.add(() -> {
          while (System.nanoTime() < until) {
            lane.post(Event.of(() -> use(published, random, bad)));
            if (me == 0) {
              try (Epoch.Section section = e.enter()) {
                use(published, random, bad);
              }
            }
            reads.incrementAndGet();
          }
        });
      }
      for (int t = 0; t < 2; t++) {
        int from = t * slots / 2;
        SplittableRandom random = new SplittableRandom(seed + 10 + t);
        all.add(() -> {
          while (System.nanoTime() < until) {
            int slot = from + random.nextInt(slots / 2);
            Unit old = published[slot];
            published[slot] = new Unit();
            e.barrier();
            old.freed = true;
            freed.incrementAndGet();
          }
        });
      }
      TestLanes.together(all);
      System.out.println(reads + " sections, " + freed + " units freed");
      assertThat(bad).as("reads of freed units").hasValue(0);
      assertThat(freed.get()).isPositive();
    }
  }

  private static void use(Unit[] published, SplittableRandom random, AtomicInteger bad) {
    Unit u = published[random.nextInt(published.length)];
    for (int i = random.nextInt(50); i >= 0; i--) {
      if (u.freed) {
        bad.incrementAndGet();
        return;
      }
      Thread.onSpinWait();
    }
  }

  @Test
  void deferred_actions_of_many_threads_all_run_once() {
    try (ExecutorService workers = Executors.newFixedThreadPool(2)) {
      Lanes real = test.inline(workers);
      Epoch e = new Epoch(real, workers, TestLanes.lane("kernel", real));
      Lane owner = TestLanes.lane("owner", real);
      int each = 5_000;
      int[] ran = {0};
      Runnable writer =
          () -> {
            for (int i = 0; i < each; i++) {
              e.defer(owner, () -> ran[0]++);
            }
          };
      TestLanes.together(List.of(writer, writer, writer, writer));
      long deadline = System.nanoTime() + 10_000_000_000L;
      while ((e.outstanding() > 0 || owner.busy()) && System.nanoTime() < deadline) {
        Thread.onSpinWait();
      }
      assertThat(e.outstanding()).isZero();
      assertThat(ran[0]).isEqualTo(4 * each);
    }
  }
}
