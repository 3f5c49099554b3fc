package cellblock.kern.lane;

/**
 * Told of a Throwable that a turn let escape, and of turns that take too long. A fault is told in
 * the turn, an overrun by {@link TurnWatch}; neither may block or throw.
 */
public interface FaultHandler {
  /** An item of {@code lane} threw: the lane is quarantined from here on. */
  void fault(Lane lane, Throwable cause);

  /**
   * A turn has been running for {@code nanos}, longer than the limit; its thread is at {@code
   * stack}.
   */
  void overrun(Lane lane, long nanos, StackTraceElement[] stack);
}
