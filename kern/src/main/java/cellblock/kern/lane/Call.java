package cellblock.kern.lane;

import cellblock.kern.errno.ErrnoException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A control call that waits for its result. What it throws belongs to the caller, not to the lane.
 */
final class Call<T extends @Nullable Object> extends Event {
  private final Callable<T> work;
  private final Thread waiter;
  private @Nullable T value;
  private @Nullable Throwable failure;
  private volatile boolean done;

  Call(Callable<T> work, Thread waiter) {
    this.work = work;
    this.waiter = waiter;
  }

  @Override
  protected void fire(Lane lane) {
    try {
      value = work.call();
    } catch (ErrnoException e) {
      failure = e;
    } catch (Throwable t) {
      failure = t;
      lane.lanes().faults.fault(lane, t);
    }
    done = true;
    if (Thread.currentThread() != waiter) {
      lane.wake(waiter);
    }
  }

  @Override
  public String toString() {
    return "a call";
  }

  boolean done() {
    return done;
  }

  @SuppressWarnings("NullAway") // T says whether null is a value
  T result() throws ErrnoException {
    switch (failure) {
      case null -> {
        return value;
      }
      case ErrnoException e -> throw e;
      default -> throw new KernelFault("fault in a turn: " + failure, failure);
    }
  }
}
