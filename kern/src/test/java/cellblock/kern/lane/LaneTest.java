package cellblock.kern.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cellblock.kern.TestLanes;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The laws of one lane, and of several on one thread. */
class LaneTest {
  private final TestLanes test = new TestLanes();
  private final Lanes stepped = test.stepped();
  private final List<Integer> seen = new ArrayList<>();

  private Lane lane(String name) {
    return TestLanes.lane(name, stepped);
  }

  private NumberedItem item(int n) {
    return new NumberedItem(n, seen::add, d -> seen.add(-d));
  }

  private static List<Integer> numbers(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }

  @Test
  void items_run_in_the_order_in_which_they_were_offered() {
    Lane a = lane("a");
    Lane b = lane("b");
    numbers(0, 100).forEach(n -> assertThat(b.offer(item(n), a)).isTrue());
    test.settle();
    assertThat(seen).isEqualTo(numbers(0, 100));
    assertThat(b.busy()).isFalse();
  }

  @Test
  void a_turn_handles_no_more_than_its_budget_and_what_came_meanwhile_waits_behind() {
    Lane a = lane("a");
    Lane b = lane("b");
    numbers(0, 50).forEach(n -> b.offer(item(n), a));
    test.step();
    assertThat(seen).isEqualTo(numbers(0, Lane.BUDGET));
    assertThat(test.owed).as("the rest is owed a turn").containsExactly(b);
    numbers(50, 60).forEach(n -> b.offer(item(n), a));
    test.settle();
    assertThat(seen).isEqualTo(numbers(0, 60));
  }

  @Test
  void a_full_inbox_refuses_items_and_still_takes_events() {
    Lane a = lane("a");
    Lane b = new Lane("b", stepped, null, 3);
    assertThat(numbers(0, 5).stream().map(n -> b.offer(item(n), a)))
        .containsExactly(true, true, true, false, false);
    assertThat(b.depth()).isEqualTo(3);
    b.post(Event.of(() -> seen.add(100)));
    assertThat(b.offer(item(9), a)).as("an event does not make room").isFalse();
    test.settle();
    assertThat(seen).containsExactly(0, 1, 2, 100);
    assertThat(b.offer(item(6), a)).isTrue();
    test.settle();
    assertThat(seen).containsExactly(0, 1, 2, 100, 6);
  }

  @Test
  void an_event_is_queued_at_most_once_and_anew_when_posted_while_it_runs() {
    Lane b = lane("b");
    AtomicInteger ran = new AtomicInteger();
    Event[] self = new Event[1];
    self[0] =
        Event.of(() -> {
          if (ran.incrementAndGet() < 3) {
            b.post(self[0]);
            b.post(self[0]);
          }
        });
    b.post(self[0]);
    b.post(self[0]);
    test.settle();
    assertThat(ran).hasValue(3);
  }

  @Test
  void turns_do_not_nest_and_lanes_made_ready_run_in_the_order_in_which_they_were() {
    Lanes inline = test.inline(Runnable::run);
    Lane[] lanes = new Lane[5];
    for (int i = 0; i < lanes.length; i++) {
      lanes[i] = TestLanes.lane("l" + i, inline);
    }
    int[] depth = {0};
    List<String> order = new ArrayList<>();
    Runnable[] body = new Runnable[1];
    body[0] =
        () -> {
          depth[0]++;
          assertThat(depth[0]).isEqualTo(1);
          order.add(Lane.CURRENT.get().name());
          if (Lane.CURRENT.get() == lanes[0]) {
            for (int i = 1; i < lanes.length; i++) {
              lanes[i].post(Event.of(body[0]));
            }
          } else if (Lane.CURRENT.get() == lanes[1]) {
            lanes[0].post(Event.of(() -> order.add("again l0")));
          }
          depth[0]--;
        };
    lanes[0].post(Event.of(body[0]));
    assertThat(order).containsExactly("l0", "l1", "l2", "l3", "l4", "again l0");
    assertThat(test.faults).isEmpty();
  }

  @Test
  void a_ring_of_a_thousand_lanes_is_a_chain_and_no_recursion() {
    Lanes inline = test.inline(Runnable::run);
    Lane[] ring = new Lane[1000];
    for (int i = 0; i < ring.length; i++) {
      ring[i] = TestLanes.lane("r" + i, inline);
    }
    int[] hops = {0};
    Runnable[] hop = new Runnable[1];
    hop[0] =
        () -> {
          if (++hops[0] < 100_000) {
            ring[hops[0] % ring.length].post(Event.of(hop[0]));
          }
        };
    ring[0].post(Event.of(hop[0]));
    assertThat(hops[0]).isEqualTo(100_000);
    assertThat(test.faults).isEmpty();
  }

  @Test
  void an_application_thread_serves_a_bounded_number_of_items_then_hands_over() {
    List<Runnable> handedOver = new ArrayList<>();
    Lanes inline = test.inline(handedOver::add);
    Lane a = TestLanes.lane("a", inline);
    Lane b = TestLanes.lane("b", inline);
    int[] left = {10_000};
    int[] ran = {0};
    Runnable[] bounce = new Runnable[1];
    bounce[0] =
        () -> {
          ran[0]++;
          if (--left[0] > 0) {
            (Lane.CURRENT.get() == a ? b : a).post(Event.of(bounce[0]));
          }
        };
    a.post(Event.of(bounce[0]));
    assertThat(ran[0]).isBetween(1, Lanes.APPLICATION_ITEMS + Lane.BUDGET);
    assertThat(handedOver).hasSize(1);
    assertThat(a.busy() || b.busy()).isTrue();
    handedOver.getFirst().run();
    assertThat(ran[0]).isEqualTo(10_000);
    assertThat(handedOver).as("a worker runs on").hasSize(1);
  }

  @Test
  void a_flooded_lane_of_its_own_does_not_capture_an_application_either() {
    List<Runnable> handedOver = new ArrayList<>();
    Lanes inline = test.inline(handedOver::add);
    Lane from = TestLanes.lane("from", inline);
    Lane b = TestLanes.lane("b", inline);
    from.post(Event.of(() -> numbers(0, 2000).forEach(n -> b.offer(item(n), from))));
    assertThat(seen.size()).isLessThanOrEqualTo(Lanes.APPLICATION_ITEMS + Lane.BUDGET);
    handedOver.forEach(Runnable::run);
    assertThat(seen).isEqualTo(numbers(0, 2000));
  }

  @Test
  void when_no_worker_is_left_the_application_runs_the_chain_to_its_end() {
    Lanes inline =
        test.inline(r -> {
          throw new RejectedExecutionException("stopped");
        });
    Lane from = TestLanes.lane("from", inline);
    Lane b = TestLanes.lane("b", inline);
    from.post(Event.of(() -> numbers(0, 2000).forEach(n -> b.offer(item(n), from))));
    assertThat(seen).isEqualTo(numbers(0, 2000));
    assertThat(b.busy()).isFalse();
  }

  @Test
  void after_a_throw_items_are_discarded_and_events_still_run() {
    Lane a = lane("a");
    Lane b = lane("b");
    IllegalStateException bug = new IllegalStateException("bug");
    b.offer(item(1), a);
    b.post(
        Event.of(() -> {
          throw bug;
        }));
    b.offer(item(2), a);
    b.post(Event.of(() -> seen.add(100)));
    b.offer(item(3), a);
    test.settle();
    assertThat(seen).containsExactly(1, -2, 100, -3);
    assertThat(b.fault()).isSameAs(bug);
    assertThat(test.faults).containsExactly(bug);
    b.offer(item(4), a);
    b.post(
        Event.of(() -> {
          throw new IllegalArgumentException("a second one");
        }));
    test.settle();
    assertThat(seen).endsWith(-4);
    assertThat(b.fault()).as("the first fault is kept").isSameAs(bug);
    assertThat(test.faults).hasSize(2);
    assertThat(a.fault()).as("a bug stays where it is").isNull();
    assertThat(b.busy()).isFalse();
  }

  @Test
  void a_fault_at_the_end_of_a_turn_does_not_hold_the_lane_for_ever() {
    Lane b = TestLanes.lane("b", test.inline(Runnable::run));
    b.atEndOfTurn(() -> {
      throw new IllegalStateException("flush");
    });
    b.post(Event.of(() -> seen.add(1)));
    assertThat(b.busy()).isFalse();
    assertThat(b.fault()).hasMessage("flush");
    b.post(Event.of(() -> seen.add(2)));
    assertThat(seen).containsExactly(1, 2);
    assertThat(b.turns() & 1).isZero();
  }

  @Test
  void a_call_answers_refuses_and_reports_faults_to_its_caller_without_quarantine()
      throws ErrnoException {
    Lane b = lane("b");
    assertThat(b.call(() -> 42)).isEqualTo(42);
    assertThat(b.<Object>call(() -> null)).isNull();
    assertThatThrownBy(() ->
            b.call(() -> {
              throw new ErrnoException(Errno.EBUSY);
            }))
        .isInstanceOfSatisfying(
            ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EBUSY));
    assertThat(test.faults).isEmpty();
    assertThatThrownBy(() ->
            b.call(() -> {
              throw new ArithmeticException("oops");
            }))
        .isInstanceOf(KernelFault.class)
        .hasCauseInstanceOf(ArithmeticException.class);
    assertThat(test.faults).hasSize(1);
    assertThat(b.fault()).isNull();
  }

  @Test
  void a_call_inside_a_turn_is_refused_and_names_both_lanes() throws ErrnoException {
    Lane a = lane("alpha");
    Lane b = lane("beta");
    String refused =
        a.call(() -> {
          try {
            return b.call(() -> "nested");
          } catch (IllegalStateException e) {
            return e.getMessage();
          }
        });
    assertThat(refused).contains("alpha").contains("beta");
    assertThat(b.busy()).isFalse();
  }

  @Test
  void time_stands_still_within_a_turn() throws ErrnoException {
    Lane b = lane("b");
    test.clock.set(1000);
    assertThat(
            b.call(() -> {
              long first = b.now();
              test.clock.set(2000);
              return List.of(first, b.now());
            }))
        .containsExactly(1000L, 1000L);
    assertThat(b.call(b::now)).isEqualTo(2000);
  }

  @Test
  void a_turn_over_the_limit_is_reported_once_with_its_stack() {
    Lanes inline = test.inline(Runnable::run);
    Lane b = TestLanes.lane("b", inline);
    TurnWatch watch = new TurnWatch(inline, 50);
    watch.look();
    b.post(Event.of(() -> lookAt(watch, 100, 150)));
    assertThat(test.overruns).as("just the limit").isEmpty();
    b.post(Event.of(() -> lookAt(watch, 200, 250, 251, 300)));
    assertThat(test.overruns).containsExactly(51L);
    assertThat(test.stacks.element()).anyMatch(e -> e.getMethodName().equals("lookAt"));
    b.post(Event.of(() -> lookAt(watch, 400)));
    b.post(Event.of(() -> lookAt(watch, 500)));
    assertThat(test.overruns).as("another turn begins anew").hasSize(1);
  }

  private void lookAt(TurnWatch watch, long... times) {
    for (long time : times) {
      test.clock.set(time);
      watch.look();
    }
  }

  @Test
  void in_stepped_mode_nothing_runs_until_a_step_and_each_ready_lane_is_told_once() {
    Lane a = lane("a");
    Lane b = lane("b");
    a.post(Event.of(() -> numbers(0, 3).forEach(n -> b.offer(item(n), a))));
    assertThat(test.owed).containsExactly(a);
    assertThat(seen).isEmpty();
    test.step();
    assertThat(test.owed).containsExactly(b);
    assertThat(seen).isEmpty();
    test.step();
    assertThat(seen).containsExactly(0, 1, 2);
    assertThat(test.owed).isEmpty();
  }

  @Test
  void turns_are_odd_inside_and_even_outside() throws ErrnoException {
    Lane b = lane("b");
    long before = b.turns();
    assertThat(before & 1).isZero();
    assertThat(b.call(b::turns)).isEqualTo(before + 1);
    assertThat(b.turns()).isEqualTo(before + 2);
  }

  @Test
  void an_open_lane_is_listed_and_a_closed_one_is_not() {
    Lane a = lane("a");
    Lane b = lane("b");
    Lane c = lane("c");
    b.close();
    b.close();
    assertThat(stepped.snapshot()).containsExactly(a, c);
  }
}
