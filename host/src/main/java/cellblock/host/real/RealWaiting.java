package cellblock.host.real;

import cellblock.kern.lane.Waiting;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Waits by spinning a little, then parking for longer and longer. Whoever makes the condition true
 * unparks where it knows the thread; the longest park bounds the wait where it does not. An
 * interrupt does not end the wait: it is kept for the caller. Threading: any.
 */
public final class RealWaiting implements Waiting {
  private static final int SPINS = 200;
  private static final long SHORTEST = 20_000;
  private static final long LONGEST = 2_000_000;

  /** Stateless. */
  public RealWaiting() {}

  @Override
  public void until(BooleanSupplier condition) {
    for (int i = 0; i < SPINS; i++) {
      if (condition.getAsBoolean()) {
        return;
      }
      Thread.onSpinWait();
    }
    long park = SHORTEST;
    while (!condition.getAsBoolean()) {
      // The mark is off while it parks, or it would not; the condition may want to see it.
      boolean interrupted = Thread.interrupted();
      LockSupport.parkNanos(park);
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      park = Math.min(park * 2, LONGEST);
    }
  }
}
