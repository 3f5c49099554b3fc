package cellblock.host.real;

import cellblock.kern.time.Clock;

/** The host's clocks. The one place that reads them. Threading: any. */
public final class RealClock implements Clock {
  private final long boot = System.nanoTime();
  private final long wall = System.currentTimeMillis() * 1_000_000L;

  /** A clock that starts now. */
  public RealClock() {}

  @Override
  public long nanos() {
    return System.nanoTime() - boot;
  }

  @Override
  public long wallNanos() {
    return wall + nanos();
  }
}
