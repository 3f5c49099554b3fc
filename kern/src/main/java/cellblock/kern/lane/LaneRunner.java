package cellblock.kern.lane;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The mark of a thread that runs turns: which lane it is at. A grace period looks at these, a few,
 * and not at every lane. One thread has it at a time; the next one uses it again. Surrounded by
 * unused bytes, so that two threads do not share a cache line.
 */
final class LaneRunner extends LaneRunnerWords {
  private static final VarHandle TAKEN;
  private static final VarHandle LANE;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      TAKEN = lookup.findVarHandle(LaneRunnerWords.class, "taken", boolean.class);
      LANE = lookup.findVarHandle(LaneRunnerWords.class, "lane", Lane.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @SuppressWarnings("unused")
  private long b0, b1, b2, b3, b4, b5, b6, b7;

  /** Takes it for the calling thread; false = another thread has it. */
  boolean take() {
    return !taken && TAKEN.compareAndSet(this, false, true);
  }

  /** Gives it back, between turns. */
  void giveBack() {
    LANE.setOpaque(this, null); // a dead lane must not stay reachable from here
    TAKEN.setRelease(this, false);
  }

  /** A turn of {@code now} begins; ordered by the fence of the turn's begin. */
  void at(Lane now) {
    LANE.setOpaque(this, now);
  }

  /** The lane whose turn its thread runs, or ran last; null when there is none. */
  @Nullable Lane lane() {
    return lane;
  }
}

/** The bytes before. */
class LaneRunnerBefore {
  @SuppressWarnings("unused")
  private long a0, a1, a2, a3, a4, a5, a6, a7;
}

/** The words themselves. */
class LaneRunnerWords extends LaneRunnerBefore {
  volatile boolean taken;
  volatile @Nullable Lane lane;
}
