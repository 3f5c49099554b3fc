package cellblock.kern.lane;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.kern.TestLanes;
import cellblock.kern.errno.ErrnoException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** One lane and many real threads. */
class LaneStressTest {
  private static final int THREADS = 4;

  private final TestLanes test = new TestLanes();

  private static Runnable guarded(ThrowingWork work) {
    return () -> {
      try {
        work.run();
      } catch (ErrnoException e) {
        throw new AssertionError(e);
      }
    };
  }

  private interface ThrowingWork {
    void run() throws ErrnoException;
  }

  private static void awaitIdle(Lane... lanes) {
    long deadline = System.nanoTime() + 10_000_000_000L;
    for (Lane l : lanes) {
      while (l.busy()) {
        assertThat(System.nanoTime()).as(l + " is still busy").isLessThan(deadline);
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void turns_exclude_each_other_and_each_producer_finds_its_items_in_order() {
    try (ExecutorService workers = Executors.newFixedThreadPool(2)) {
      Lanes lanes = test.inline(workers);
      Lane target = new Lane("target", lanes, null, 64);
      AtomicInteger inside = new AtomicInteger();
      AtomicInteger intruders = new AtomicInteger();
      int[] next = new int[THREADS];
      int[] disorder = {0};
      long[] plain = {0};
      AtomicLong refused = new AtomicLong();
      int each = 100_000;
      List<Runnable> producers = new ArrayList<>();
      List<Lane> sources = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        int me = t;
        Lane source = TestLanes.lane("source" + t, lanes);
        sources.add(source);
        producers.add(() -> {
          int[] sent = {0};
          Event burst =
              Event.of(() -> {
                for (int i = 0; i < 16 && sent[0] < each; i++) {
                  NumberedItem item =
                      new NumberedItem(
                          sent[0],
                          n -> {
                            if (inside.getAndIncrement() != 0) {
                              intruders.incrementAndGet();
                            }
                            if (n != next[me]++) {
                              disorder[0]++;
                            }
                            plain[0]++;
                            inside.decrementAndGet();
                          });
                  if (!target.offer(item, source)) {
                    refused.incrementAndGet();
                    return;
                  }
                  sent[0]++;
                }
              });
          while (sent[0] < each) {
            source.post(burst);
            awaitIdle(source);
          }
        });
      }
      TestLanes.together(producers);
      awaitIdle(target);
      System.out.println(
          "4 producers: " + refused + " refusals at a bound of 64, turns " + target.turns() / 2);
      assertThat(intruders).hasValue(0);
      assertThat(disorder[0]).isZero();
      assertThat(plain[0]).isEqualTo((long) THREADS * each);
      assertThat(test.faults).isEmpty();
    }
  }

  /** The poster's plain write and the run that clears the mark: Dekker's pair of a wake-up. */
  @Test
  void what_was_written_before_a_post_is_seen_by_a_run_of_the_event() {
    int cells = 4096;
    int[][] written = new int[2][cells * 16];
    int[][] read = new int[2][cells * 16];
    Lane[] lane = new Lane[cells];
    Event[] event = new Event[cells];
    for (int i = 0; i < cells; i++) {
      int at = i * 16;
      lane[i] = TestLanes.lane("c" + i, test.inline(Runnable::run));
      event[i] =
          Event.of(() -> {
            read[0][at] = written[0][at];
            read[1][at] = written[1][at];
          });
    }
    AtomicInteger lost = new AtomicInteger();
    AtomicInteger arrived = new AtomicInteger();
    long until = System.nanoTime() + 2_000_000_000L;
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger rounds = new AtomicInteger();
    List<Runnable> posters = new ArrayList<>();
    for (int t = 0; t < 2; t++) {
      int me = t;
      posters.add(() -> {
        for (int round = 1; !over.get(); round++) {
          for (int i = 0; i < cells; i++) {
            written[me][i * 16] = round;
            lane[i].post(event[i]);
          }
          meet(arrived, round * 4 - 2);
          if (me == 0) {
            rounds.set(round);
            for (int i = 0; i < cells; i++) {
              awaitIdle(lane[i]);
              if (read[0][i * 16] != round || read[1][i * 16] != round) {
                lost.incrementAndGet();
              }
            }
            over.set(System.nanoTime() > until);
          }
          meet(arrived, round * 4);
        }
      });
    }
    TestLanes.together(posters);
    System.out.println(rounds + " rounds of " + cells + " events posted by two threads");
    assertThat(lost).as("events lost").hasValue(0);
  }

  private static void meet(AtomicInteger arrived, int all) {
    arrived.incrementAndGet();
    while (arrived.get() < all) {
      Thread.onSpinWait();
    }
  }

  @Test
  void an_event_posted_by_all_is_never_twice_in_the_inbox_and_never_forgotten() {
    try (ExecutorService workers = Executors.newFixedThreadPool(2)) {
      Lane lane = TestLanes.lane("lane", test.inline(workers));
      AtomicLong posted = new AtomicLong();
      long[] served = {0};
      long[] runs = {0};
      Event event =
          Event.of(() -> {
            runs[0]++;
            served[0] = posted.get();
          });
      Runnable poster =
          () -> {
            for (int i = 0; i < 200_000; i++) {
              posted.incrementAndGet();
              lane.post(event);
            }
          };
      TestLanes.together(List.of(poster, poster, poster, poster));
      awaitIdle(lane);
      assertThat(served[0]).isEqualTo(posted.get());
      assertThat(runs[0]).isBetween(1L, posted.get());
    }
  }

  @Test
  void calls_from_many_threads_each_get_their_own_answer() {
    try (ExecutorService workers = Executors.newFixedThreadPool(2)) {
      Lane lane = TestLanes.lane("lane", test.inline(workers));
      int[] plain = {0};
      Runnable caller =
          guarded(() -> {
            int last = 0;
            for (int i = 0; i < 50_000; i++) {
              int got = lane.call(() -> ++plain[0]);
              assertThat(got).isGreaterThan(last);
              last = got;
            }
          });
      TestLanes.together(List.of(caller, caller, caller, caller));
      assertThat(plain[0]).isEqualTo(THREADS * 50_000);
    }
  }

  @Test
  void parked_callers_are_woken_by_the_turn_alone() {
    Lanes lanes =
        new Lanes(
            null,
            () -> 0,
            Runnable::run,
            condition -> {
              while (!condition.getAsBoolean()) {
                LockSupport.park();
              }
            },
            new FaultHandler() {
              @Override
              public void fault(Lane lane, Throwable cause) {}

              @Override
              public void overrun(Lane lane, long nanos, StackTraceElement[] stack) {}
            });
    Lane lane = TestLanes.lane("lane", lanes);
    int[] plain = {0};
    Runnable caller =
        guarded(() -> {
          for (int i = 0; i < 30_000; i++) {
            lane.call(() -> ++plain[0]);
          }
        });
    TestLanes.together(IntStream.range(0, THREADS).mapToObj(i -> caller).toList());
    assertThat(plain[0]).isEqualTo(THREADS * 30_000);
  }

  @Test
  void lanes_that_flood_each_other_on_many_threads_come_to_rest_with_nothing_lost() {
    try (ExecutorService workers = Executors.newFixedThreadPool(2)) {
      Lanes lanes = test.inline(workers);
      int n = 16;
      Lane[] ring = new Lane[n];
      for (int i = 0; i < n; i++) {
        ring[i] = new Lane("r" + i, lanes, null, 8);
      }
      AtomicLong ended = new AtomicLong();
      AtomicLong dropped = new AtomicLong();
      int each = 5_000;
      Runnable sender =
          () -> {
            for (int i = 0; i < each; i++) {
              int start = i % n;
              ring[start].post(Event.of(() -> hop(ring, start, 20, ended, dropped)));
            }
          };
      TestLanes.together(List.of(sender, sender, sender, sender));
      long deadline = System.nanoTime() + 10_000_000_000L;
      while (ended.get() + dropped.get() < (long) THREADS * each && System.nanoTime() < deadline) {
        Thread.onSpinWait();
      }
      assertThat(ended.get() + dropped.get()).isEqualTo((long) THREADS * each);
      assertThat(ended.get()).isPositive();
      assertThat(test.faults).isEmpty();
    }
  }

  private static void hop(Lane[] ring, int at, int left, AtomicLong ended, AtomicLong dropped) {
    if (left == 0) {
      ended.incrementAndGet();
      return;
    }
    int to = (at + 1) % ring.length;
    NumberedItem packet = new NumberedItem(left, n -> hop(ring, to, n - 1, ended, dropped));
    if (!ring[to].offer(packet, ring[at])) {
      dropped.incrementAndGet();
    }
  }
}
