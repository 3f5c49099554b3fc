package cellblock.kern.lane;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * How a thread outside every lane waits until something has come true: by parking in real time, by
 * taking steps in virtual time.
 */
@FunctionalInterface
public interface Waiting {
  /**
   * Returns once {@code condition} holds. It must be cheap and without effect: another thread may
   * look at it, too, while this one waits.
   */
  void until(BooleanSupplier condition);

  /** The same, but an interrupt of the calling thread ends the wait, too, and stays marked. */
  default void interruptibly(BooleanSupplier condition) {
    Thread self = Thread.currentThread();
    until(() -> condition.getAsBoolean() || self.isInterrupted());
  }

  /** Takes {@code lock} for the calling thread. */
  default void lock(ReentrantLock lock) {
    while (!lock.tryLock()) {
      until(() -> !lock.isLocked());
    }
  }

  /**
   * As {@link #interruptibly}, for a thread that is certain to be woken by whoever makes the
   * condition true: it may park without a timer, and look for a while before it parks.
   *
   * @param place where it waits
   * @param patience what this gave back the last time in the same place, 0 at first
   * @return what the next wait in this place is to begin with
   */
  default int untilWoken(LaneWait place, BooleanSupplier condition, int patience) {
    place.sleeper(Thread.currentThread());
    try {
      interruptibly(condition);
    } finally {
      place.sleeper(null);
    }
    return patience;
  }
}
