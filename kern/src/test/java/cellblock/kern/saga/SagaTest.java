package cellblock.kern.saga;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cellblock.kern.TestLanes;
import cellblock.kern.epoch.Epoch;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.lane.FaultHandler;
import cellblock.kern.lane.KernelFault;
import cellblock.kern.lane.Lane;
import cellblock.kern.lane.Lanes;
import cellblock.kern.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Sagas: order of steps, ways back, waits, parts, faults. */
class SagaTest {
  private final TestLanes test = new TestLanes();
  private final Lanes lanes = test.stepped();
  private final Lane a = TestLanes.lane("a", lanes);
  private final Lane b = TestLanes.lane("b", lanes);
  private final List<String> log = new ArrayList<>();
  private final Coordinator coordinator = new Coordinator(lanes.waiting());

  /** A saga whose steps the test writes down. */
  private static final class Told extends Saga<String> {
    Told(String name, Consumer<Told> plan) {
      super(name);
      plan.accept(this);
    }

    @Override
    protected String value() {
      return "done";
    }

    void go(String step, Lane lane, Action action) {
      turn(step, lane, action);
    }

    void here(String step, Action action) {
      local(step, action);
    }

    void back(String step, Lane lane, Action action) {
      undo(step, lane, action);
    }

    void part(String step, Saga<?> saga) {
      inner(step, () -> saga);
    }

    void waitFor(String step, BooleanSupplier c, Clock clock, long by, Action l) {
      await(step, c, clock, by, l);
    }

    void gracePeriod(String step, Epoch epoch) {
      grace(step, epoch);
    }

    void keep() {
      commit();
    }
  }

  private Saga.Action says(String what) {
    return () -> log.add(what + (Lane.CURRENT.isBound() ? " on " + Lane.CURRENT.get() : ""));
  }

  private static ErrnoException no(Errno e) {
    return new ErrnoException(e);
  }

  @Test
  void steps_run_in_order_each_where_it_belongs_and_added_ones_right_after_their_maker()
      throws ErrnoException {
    Told saga =
        new Told(
            "s",
            s -> {
              s.go("one", a, says("one"));
              s.here(
                  "two",
                  () -> {
                    log.add("two");
                    s.go("two.1", b, says("two.1"));
                    s.here(
                        "two.2",
                        () -> {
                          log.add("two.2");
                          s.here("two.2.1", says("two.2.1"));
                        });
                    s.go("two.3", a, says("two.3"));
                  });
              s.go(
                  "three",
                  b,
                  () -> {
                    log.add("three");
                    s.go("three.1", a, says("three.1"));
                  });
              s.here("four", says("four"));
            });
    assertThat(coordinator.run(saga)).isEqualTo("done");
    assertThat(log)
        .containsExactly(
            "one on a",
            "two",
            "two.1 on b",
            "two.2",
            "two.2.1",
            "two.3 on a",
            "three",
            "three.1 on a",
            "four");
  }

  @Test
  void a_failure_takes_the_ways_back_in_reverse_and_skips_what_was_left() {
    Told saga =
        new Told(
            "s",
            s -> {
              for (String step : List.of("1", "2", "3")) {
                s.go(
                    step,
                    a,
                    () -> {
                      log.add(step);
                      s.back("undo " + step, b, says("undo " + step));
                    });
              }
              s.here(
                  "fail",
                  () -> {
                    s.here("never", says("never"));
                    throw no(Errno.ENOMEM);
                  });
              s.here("nor this", says("nor this"));
            });
    assertThatThrownBy(() -> coordinator.run(saga))
        .isInstanceOfSatisfying(
            ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOMEM));
    assertThat(log).containsExactly("1", "2", "3", "undo 3 on b", "undo 2 on b", "undo 1 on b");
  }

  @Test
  void a_way_back_that_fails_does_not_stop_the_others_and_the_first_failure_is_told() {
    ErrnoException first = no(Errno.EBUSY);
    Told saga =
        new Told(
            "s",
            s -> {
              s.here("1", () -> s.back("undo 1", a, says("undo 1")));
              s.here(
                  "2",
                  () ->
                      s.back(
                          "undo 2",
                          a,
                          () -> {
                            throw first; // the very same object, too
                          }));
              s.here(
                  "3",
                  () ->
                      s.back(
                          "undo 3",
                          b,
                          () -> {
                            log.add("undo 3");
                            s.here("undo 3.1", says("undo 3.1"));
                          }));
              s.here(
                  "fail",
                  () -> {
                    throw first;
                  });
            });
    assertThatThrownBy(() -> coordinator.run(saga)).isSameAs(first);
    assertThat(log).containsExactly("undo 3", "undo 3.1", "undo 1 on a");
  }

  @Test
  void after_a_commit_there_is_no_way_back() {
    Told saga =
        new Told(
            "s",
            s -> {
              s.here("1", () -> s.back("undo 1", a, says("undo 1")));
              s.here("commit", s::keep);
              s.here("2", () -> s.back("undo 2", a, says("undo 2")));
              s.here(
                  "fail",
                  () -> {
                    throw no(Errno.EIO);
                  });
            });
    assertThatThrownBy(() -> coordinator.run(saga)).isInstanceOf(ErrnoException.class);
    assertThat(log).containsExactly("undo 2 on a");
  }

  @Test
  void a_part_that_fails_undoes_itself_first_and_then_fails_the_whole() {
    Told part =
        new Told(
            "part",
            s -> {
              s.go("p1", b, () -> s.back("undo p1", b, says("undo p1")));
              s.go(
                  "p2",
                  b,
                  () -> {
                    throw no(Errno.ENXIO);
                  });
            });
    Told whole =
        new Told(
            "whole",
            s -> {
              s.here("w1", () -> s.back("undo w1", a, says("undo w1")));
              s.part("part", part);
              s.here("w2", says("w2"));
            });
    assertThatThrownBy(() -> coordinator.run(whole))
        .isInstanceOfSatisfying(
            ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENXIO));
    assertThat(log).containsExactly("undo p1 on b", "undo w1 on a");
  }

  @Test
  void a_part_is_a_way_back_as_well() {
    Told burial = new Told("burial", s -> s.go("bury", b, says("bury")));
    Told whole =
        new Told(
            "whole",
            s -> {
              s.here("w1", () -> s.back("undo w1", a, says("undo w1")));
              s.here("w2", () -> s.back("undo w2", null, () -> s.part("burial", burial)));
              s.here(
                  "fail",
                  () -> {
                    throw no(Errno.EPERM);
                  });
            });
    assertThatThrownBy(() -> coordinator.run(whole)).isInstanceOf(ErrnoException.class);
    assertThat(log).containsExactly("bury on b", "undo w1 on a");
  }

  @Test
  void a_part_added_in_a_turn_runs_right_after_it() throws ErrnoException {
    Told part = new Told("part", s -> s.go("p", b, says("p")));
    Told whole =
        new Told(
            "whole",
            s -> {
              s.go("w1", a, () -> s.part("part", part));
              s.go("w2", a, says("w2"));
            });
    coordinator.run(whole);
    assertThat(log).containsExactly("p on b", "w2 on a");
  }

  @Test
  void a_fault_in_a_turn_quarantines_its_lane_and_takes_the_ways_back() {
    Told saga =
        new Told(
            "s",
            s -> {
              s.go("1", a, () -> s.back("undo 1", b, says("undo 1")));
              s.go(
                  "2",
                  b,
                  () -> {
                    throw new ArithmeticException("bug");
                  });
            });
    assertThatThrownBy(() -> coordinator.run(saga))
        .isInstanceOf(KernelFault.class)
        .hasRootCauseInstanceOf(ArithmeticException.class);
    assertThat(log).as("events run in a quarantined lane").containsExactly("undo 1 on b");
    assertThat(b.fault()).isInstanceOf(KernelFault.class);
    assertThat(a.fault()).isNull();
  }

  /** A clock moved by hand. */
  private Clock clock() {
    return new Clock() {
      @Override
      public long nanos() {
        return test.clock.get();
      }

      @Override
      public long wallNanos() {
        return nanos();
      }
    };
  }

  @Test
  void a_wait_ends_when_its_condition_holds_or_does_what_is_due_when_too_late()
      throws ErrnoException {
    AtomicBoolean free = new AtomicBoolean();
    Told saga =
        new Told(
            "s",
            s -> {
              s.waitFor("free", free::get, clock(), 100, says("late"));
              s.here("then", says("then"));
              s.waitFor(
                  "never",
                  () -> false,
                  clock(),
                  200,
                  () -> {
                    throw no(Errno.ETIMEDOUT);
                  });
            });
    while (saga.advance()) {
      // as far as it goes
    }
    assertThat(saga.at()).isEqualTo("free");
    assertThat(saga.ready()).isFalse();
    assertThat(saga.deadline()).isEqualTo(100);
    test.clock.set(50);
    free.set(true);
    assertThat(saga.ready()).isTrue();
    while (saga.advance()) {
      // as far as it goes
    }
    assertThat(log).containsExactly("then");
    assertThat(saga.deadline()).isEqualTo(200);
    test.clock.set(200);
    while (saga.advance()) {
      // to its end
    }
    assertThat(saga.finished()).isTrue();
    assertThatThrownBy(saga::result)
        .isInstanceOfSatisfying(
            ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ETIMEDOUT));
  }

  @Test
  void a_grace_step_waits_for_the_readers_of_that_moment() {
    Epoch epoch = new Epoch(lanes, Runnable::run, TestLanes.lane("kernel", lanes));
    Epoch.Section[] reader = new Epoch.Section[1];
    Told saga =
        new Told(
            "s",
            s -> {
              s.here("a reader comes", () -> reader[0] = epoch.enter());
              s.gracePeriod("grace", epoch);
              s.here("then", says("then"));
            });
    while (saga.advance()) {
      // until it waits
    }
    assertThat(saga.at()).isEqualTo("grace");
    assertThat(log).isEmpty();
    reader[0].close();
    while (saga.advance()) {
      // to its end
    }
    assertThat(log).containsExactly("then");
  }

  @Test
  void a_saga_inside_a_turn_is_refused() throws ErrnoException {
    a.call(() -> {
      assertThatThrownBy(() -> coordinator.run(new Told("s", s -> {})))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("inside a turn");
      return true;
    });
  }

  /** Turns end on one thread while the saga goes on on another: what a step adds stays in place. */
  @Test
  void with_turns_on_other_threads_steps_keep_their_order_also_after_faults() {
    try (ExecutorService workers = Executors.newFixedThreadPool(1)) {
      Lanes real = test.inline(workers);
      Lanes elsewhere =
          new Lanes(
              lane -> workers.execute(lane::step),
              () -> 0,
              workers,
              real.waiting(),
              new FaultHandler() {
                @Override
                public void fault(Lane lane, Throwable cause) {}

                @Override
                public void overrun(Lane lane, long nanos, StackTraceElement[] stack) {}
              });
      Coordinator driver = new Coordinator(real.waiting());
      AtomicInteger disorder = new AtomicInteger();
      for (int round = 0; round < 3000; round++) {
        Lane lane = TestLanes.lane("r" + round, elsewhere);
        List<String> seen = new ArrayList<>();
        Told saga =
            new Told(
                "s",
                s -> {
                  s.here(
                      "1",
                      () -> {
                        s.back("u1", null, () -> seen.add("u1"));
                        s.back(
                            "u2",
                            null,
                            () -> {
                              for (int i = 0; i < 3; i++) {
                                String step = "u2." + i;
                                for (int spin = 0; spin < 100; spin++) {
                                  Thread.onSpinWait(); // the turn's thread is ending meanwhile
                                }
                                s.here(step, () -> seen.add(step));
                              }
                            });
                      });
                  s.go(
                      "bug",
                      lane,
                      () -> {
                        throw new IllegalStateException("bug");
                      });
                });
        assertThatThrownBy(() -> driver.run(saga)).isInstanceOf(KernelFault.class);
        if (!seen.equals(List.of("u2.0", "u2.1", "u2.2", "u1"))) {
          disorder.incrementAndGet();
        }
        lane.close();
      }
      assertThat(disorder).hasValue(0);
    }
  }
}
