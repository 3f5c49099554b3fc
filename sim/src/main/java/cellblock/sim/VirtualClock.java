package cellblock.sim;

import cellblock.kern.time.Clock;

/** A clock that stands still until it is moved. Threading: the simulator's one thread. */
public final class VirtualClock implements Clock {
  private final long bootWall;
  private long now;

  /**
   * @param bootWall what the wall shows at boot, nanoseconds since the Unix epoch
   */
  public VirtualClock(long bootWall) {
    this.bootWall = bootWall;
  }

  @Override
  public long nanos() {
    return now;
  }

  @Override
  public long wallNanos() {
    return bootWall + now;
  }

  /** Moves to {@code nanos} since boot; never backwards. */
  void moveTo(long nanos) {
    if (nanos > now) {
      now = nanos;
    }
  }
}
