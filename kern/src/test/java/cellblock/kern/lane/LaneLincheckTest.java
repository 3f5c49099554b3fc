package cellblock.kern.lane;

import cellblock.kern.TestLanes;
import java.util.ArrayList;
import java.util.List;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/**
 * The state word under Lincheck: offers of several producers and the turns of one owner are those
 * of a bounded queue that is emptied in one go. A lost item, one that runs twice, a wrong order or
 * a broken bound is a result that no order of the operations explains.
 */
class LaneLincheckTest {
  private static final int LIMIT = 2;

  /** What both sides of the comparison do. */
  public static class Real {
    private final List<Integer> ran = new ArrayList<>();
    private volatile boolean owed;
    private final Lanes lanes =
        new Lanes(lane -> owed = true, () -> 0, Runnable::run, c -> {}, new Silent());
    private final Lane from = TestLanes.lane("from", lanes);
    private final Lane lane = new Lane("lane", lanes, null, LIMIT);

    @Operation
    public boolean offer(@Param(gen = IntGen.class, conf = "1:9") int n) {
      return lane.offer(new NumberedItem(n, ran::add), from);
    }

    /** Whoever made the lane ready owes it a turn and is about to say so. */
    @Operation(nonParallelGroup = "owner")
    public List<Integer> turn() {
      if (!lane.busy()) {
        return List.of();
      }
      while (!owed) {
        Thread.onSpinWait();
      }
      owed = false;
      ran.clear();
      lane.step();
      return List.copyOf(ran);
    }
  }

  /** The law. */
  public static class Law {
    private final List<Integer> inbox = new ArrayList<>();

    public boolean offer(int n) {
      return inbox.size() < LIMIT && inbox.add(n);
    }

    public List<Integer> turn() {
      List<Integer> all = List.copyOf(inbox);
      inbox.clear();
      return all;
    }
  }

  private record Silent() implements FaultHandler {
    @Override
    public void fault(Lane lane, Throwable cause) {
      throw new AssertionError(cause);
    }

    @Override
    public void overrun(Lane lane, long nanos, StackTraceElement[] stack) {}
  }

  @Test
  void every_interleaving_of_offers_and_turns_is_that_of_a_bounded_queue() {
    new ModelCheckingOptions()
        .sequentialSpecification(Law.class)
        .threads(3)
        .actorsPerThread(2)
        .actorsBefore(1)
        .actorsAfter(2)
        .iterations(8)
        .invocationsPerIteration(250)
        .check(Real.class);
  }

  @Test
  void under_stress_offers_and_turns_are_those_of_a_bounded_queue() {
    new StressOptions()
        .sequentialSpecification(Law.class)
        .threads(3)
        .actorsPerThread(3)
        .actorsBefore(1)
        .actorsAfter(2)
        .iterations(8)
        .invocationsPerIteration(1000)
        .check(Real.class);
  }
}
