package cellblock.kern.lane;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * How a thread outside every lane waits until something has come true: by parking in real time, by
 * taking steps in virtual time. Whoever makes the condition true unparks the thread where it knows
 * it; otherwise the condition is looked at again from time to time.
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
}
