package cellblock.kern.lane;

import java.util.function.BooleanSupplier;

/**
 * How a thread outside every lane waits until something has come true: by parking in real time, by
 * taking steps in virtual time. Whoever makes the condition true unparks the thread where it knows
 * it; otherwise the condition is looked at again from time to time.
 */
@FunctionalInterface
public interface Waiting {
  /** Returns once {@code condition} holds. It must be cheap, and safe to call from this thread. */
  void until(BooleanSupplier condition);
}
