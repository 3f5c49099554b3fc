package cellblock.host.real;

import cellblock.kern.lane.LaneWait;
import cellblock.kern.lane.Waiting;
import cellblock.kern.time.Clock;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Waits by spinning a little, then parking. An interrupt is kept for the caller. Threading: any.
 *
 * <p>How often {@link #untilWoken} looks before it parks is learned for each place that waits:
 * twice as often when the last look but few brought it, half as often when all were in vain. Where
 * waits are short and yet end in a park, a long look is tried now and then: two threads that wake
 * each other would not find out otherwise that neither had to sleep. Where there is one CPU nobody
 * spins: whoever is waited for needs it.
 */
public final class RealWaiting implements Waiting {
  private static final int SPINS = 200;
  private static final long SHORTEST = 20_000;
  private static final long LONGEST = 2_000_000;

  /** Looks at first, and at least: some microseconds. */
  private static final int LEAST = 128;

  /** Looks at most: a virtual thread that spins keeps a carrier from others. */
  private static final int MOST_VIRTUAL = 2_048;

  private static final int MOST_PLATFORM = 16_384;

  /** After a park of fewer nanoseconds a longer look might have been the better choice. */
  private static final long SHORT = 200_000;

  /** So many short parks, then a long look. */
  private static final int PROBE = 64;

  /** Every so many looks a thread takes back what it left to one that is late; a mask. */
  private static final int LATE = 63;

  /** A virtual thread looks so many times, then lets others run. */
  private static final int BREATH = 128;

  /** Patience is a number of looks, and above it how many short parks there were. */
  private static final int LOOKS = 0xffff;

  private final Clock clock;
  private final boolean spins;

  /** Measures waits by {@code clock}; spins where there is more than one CPU. */
  public RealWaiting(Clock clock, int cpus) {
    this.clock = clock;
    this.spins = cpus > 1;
  }

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
      park(park);
      park = Math.min(park * 2, LONGEST);
    }
  }

  @Override
  public int untilWoken(LaneWait place, BooleanSupplier condition, int patience) {
    int looks = Math.max(patience & LOOKS, LEAST);
    if (spins) {
      int seen = look(place, condition, looks);
      if (seen < looks) {
        return seen > looks / 4 ? Math.min(2 * looks, most()) : looks;
      }
    }
    long start = clock.nanos();
    Thread self = Thread.currentThread();
    place.sleeper(self);
    try {
      while (!condition.getAsBoolean() && !self.isInterrupted()) {
        LockSupport.park(place);
      }
    } finally {
      place.sleeper(null);
    }
    int parks = (patience >>> 16) + (clock.nanos() - start < SHORT ? 1 : 0);
    return parks == PROBE ? most() : parks << 16 | looks / 2;
  }

  /**
   * Looks so many times; returns how often it looked in vain. A virtual thread lets others have its
   * carrier now and then: the one it waits for may be among them.
   */
  private static int look(LaneWait place, BooleanSupplier condition, int looks) {
    boolean virtual = Thread.currentThread().isVirtual();
    int seen = 0;
    while (seen < looks) {
      int before = seen;
      seen = attend(place, condition, seen, virtual ? Math.min(looks, seen + BREATH) : looks);
      if (seen < Math.min(looks, before + BREATH) || condition.getAsBoolean()) {
        return Math.min(seen, looks - 1);
      }
      if (virtual) {
        Thread.yield();
      }
    }
    return looks;
  }

  /** Looks from {@code from} up to {@code to} while it attends the place's lane. */
  private static int attend(LaneWait place, BooleanSupplier condition, int from, int to) {
    boolean attends = place.attend();
    try {
      for (int i = from; i < to; i++) {
        boolean late = (i & LATE) == LATE;
        if (condition.getAsBoolean() || (late && Thread.currentThread().isInterrupted())) {
          return i;
        }
        if (attends) {
          place.serve(late);
        }
        Thread.onSpinWait();
      }
      return to;
    } finally {
      if (attends) {
        place.leave();
      }
    }
  }

  private static int most() {
    return Thread.currentThread().isVirtual() ? MOST_VIRTUAL : MOST_PLATFORM;
  }

  private void park(long nanos) {
    // The mark is off while it parks, or it would not; the condition may want to see it.
    boolean interrupted = Thread.interrupted();
    LockSupport.parkNanos(this, nanos);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
