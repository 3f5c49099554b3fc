package cellblock.kern.lane;

/** Where a lane reads the time, once a turn: nanoseconds since boot, monotonic. */
@FunctionalInterface
public interface TurnClock {
  long nanos();
}
