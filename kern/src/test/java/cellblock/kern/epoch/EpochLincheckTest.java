package cellblock.kern.epoch;

import cellblock.kern.TestLanes;
import cellblock.kern.lane.Event;
import cellblock.kern.lane.Lane;
import cellblock.kern.lane.Lanes;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/**
 * Grace periods under Lincheck. A unit is published; readers use it inside sections and inside
 * turns; writers replace it and free the old one after a barrier, by a deferred action, or when a
 * ticket has passed. Every operation returns how many readers have met a freed unit or how many
 * actions ran twice so far: the law is that this is none, in every interleaving. Afterwards every
 * deferred action has run.
 */
class EpochLincheckTest {
  /** How often a reader looks at its unit inside one section. */
  private static final int LOOKS = 2;

  private static final class Unit {
    volatile boolean freed;
  }

  /** What the threads do. */
  public static class Real {
    private final Lanes lanes = new TestLanes().inline(Runnable::run);
    private final Lane kernel = TestLanes.lane("kernel", lanes);
    private final Lane reader = TestLanes.lane("reader", lanes);
    private final Lane owner = TestLanes.lane("owner", lanes);
    private final Epoch epoch = new Epoch(lanes, Runnable::run, kernel);
    private final AtomicReference<Unit> published = new AtomicReference<>(new Unit());
    private final AtomicInteger wrong = new AtomicInteger();
    private final AtomicInteger deferred = new AtomicInteger();
    private final AtomicInteger ran = new AtomicInteger();

    private void use() {
      Unit unit = published.get();
      for (int i = 0; i < LOOKS; i++) {
        if (unit.freed) {
          wrong.incrementAndGet();
        }
      }
    }

    private void free(Unit unit) {
      if (unit.freed) {
        wrong.incrementAndGet();
      }
      unit.freed = true;
    }

    @Operation
    public int section() {
      try (Epoch.Section section = epoch.enter()) {
        use();
      }
      return wrong.get();
    }

    @Operation
    public int turn() {
      reader.post(Event.of(this::use));
      return wrong.get();
    }

    @Operation
    public int barrier() {
      Unit old = published.getAndSet(new Unit());
      epoch.barrier();
      free(old);
      return wrong.get();
    }

    @Operation
    public int ticket() {
      Unit old = published.getAndSet(new Unit());
      if (epoch.ticket().passed()) {
        free(old);
      }
      return wrong.get();
    }

    @Operation
    public int defer() {
      Unit old = published.getAndSet(new Unit());
      deferred.incrementAndGet();
      epoch.defer(
          owner,
          () -> {
            ran.incrementAndGet();
            free(old);
          });
      return wrong.get();
    }

    /** No thread is at work any more. */
    @Validate
    public void nothingIsLeft() {
      if (epoch.outstanding() != 0 || ran.get() != deferred.get() || wrong.get() != 0) {
        throw new AssertionError(
            epoch.outstanding() + " outstanding, " + ran + " of " + deferred + " ran, " + wrong);
      }
    }
  }

  /** The law. */
  public static class Law {
    public int section() {
      return 0;
    }

    public int turn() {
      return 0;
    }

    public int barrier() {
      return 0;
    }

    public int ticket() {
      return 0;
    }

    public int defer() {
      return 0;
    }
  }

  @Test
  void in_every_interleaving_nothing_is_freed_that_a_section_open_at_the_call_may_see() {
    new ModelCheckingOptions()
        .sequentialSpecification(Law.class)
        .threads(3)
        .actorsPerThread(2)
        .actorsBefore(0)
        .actorsAfter(0)
        .iterations(Integer.getInteger("cellblock.race.iterations", 6))
        .invocationsPerIteration(Integer.getInteger("cellblock.race.invocations", 150))
        .check(Real.class);
  }

  @Test
  void under_stress_nothing_is_freed_that_a_section_open_at_the_call_may_see() {
    new StressOptions()
        .sequentialSpecification(Law.class)
        .threads(3)
        .actorsPerThread(4)
        .actorsBefore(0)
        .actorsAfter(0)
        .iterations(Integer.getInteger("cellblock.race.iterations", 6))
        .invocationsPerIteration(Integer.getInteger("cellblock.race.invocations", 1000))
        .check(Real.class);
  }
}
