package cellblock.kern.lane;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Whether a thread that waits for a lane would run it, and whether a turn has been left to it: see
 * {@link LaneWait}. Made when the first thread attends the lane. The thread looks at this word
 * again and again, so it has a cache line of its own.
 */
final class LaneAttendance extends LaneAttendanceWord {
  private static final VarHandle WORD;

  static {
    try {
      WORD = MethodHandles.lookup().findVarHandle(LaneAttendanceWord.class, "word", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final int NOBODY = 0;
  private static final int SOMEBODY = 1;
  private static final int LEFT = 2;

  @SuppressWarnings("unused")
  private long b0, b1, b2, b3, b4, b5, b6, b7;

  /** The calling thread attends from now on; false = another one does. */
  boolean begin() {
    return word == NOBODY && WORD.compareAndSet(this, NOBODY, SOMEBODY);
  }

  /** Leaves a turn, which the caller owed, to the one who attends; false = nobody is free to. */
  boolean leave() {
    return word == SOMEBODY && WORD.compareAndSet(this, SOMEBODY, LEFT);
  }

  /** Takes what was left; true = the caller owes the turn now. */
  boolean take() {
    return word == LEFT && WORD.compareAndSet(this, LEFT, SOMEBODY);
  }

  /** The caller attends no longer; true = it still owes a turn. */
  boolean end() {
    return (int) WORD.getAndSet(this, NOBODY) == LEFT;
  }
}

/** The bytes before. */
class LaneAttendanceBefore {
  @SuppressWarnings("unused")
  private long a0, a1, a2, a3, a4, a5, a6, a7;
}

/** The word itself. */
class LaneAttendanceWord extends LaneAttendanceBefore {
  volatile int word;
}
