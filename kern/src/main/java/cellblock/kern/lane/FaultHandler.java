package cellblock.kern.lane;

/**
 * Told of a Throwable that a turn let escape, and of turns that took too long. It is called in the turn,
 * must not block and must not throw.
 */
public interface FaultHandler {
  /** An item of {@code lane} threw: the lane is quarantined from here on. */
  void fault(Lane lane, Throwable cause);

  /** A turn took {@code nanos}, longer than the limit. */
  void overrun(Lane lane, long nanos);
}
