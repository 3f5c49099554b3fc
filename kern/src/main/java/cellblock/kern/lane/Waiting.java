package cellblock.kern.lane;

import java.util.function.BooleanSupplier;

/**
 * How a thread outside every lane waits until something has come true: by parking in real time, by
 * taking steps in virtual time.
 */
@FunctionalInterface
public interface Waiting {
  /**
   * Returns once {@code condition} holds. It must be cheap, and safe to call from this thread.
   * Whoever makes it true unparks the thread where it knows it; otherwise the condition is looked
   * at again from time to time.
   */
  void until(BooleanSupplier condition);

  /**
   * The same for a thread that is certain to be woken by whoever makes the condition true: it may
   * park without a timer, and look for a while before it parks.
   *
   * @param place where it waits
   * @param patience what this gave back the last time in the same place, 0 at first
   * @return what the next wait in this place is to begin with
   */
  default int untilWoken(LaneWait place, BooleanSupplier condition, int patience) {
    place.sleeper(Thread.currentThread());
    try {
      until(condition);
    } finally {
      place.sleeper(null);
    }
    return patience;
  }
}
