package cellblock.kern.saga;

import cellblock.kern.errno.ErrnoException;
import cellblock.kern.lane.Event;
import cellblock.kern.lane.KernelFault;
import cellblock.kern.lane.Lane;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What is done next, on a lane or beside all of them. {@code verb} and {@code what} are put into
 * words for whoever asks.
 */
class Step extends Event {
  private final Saga<?> saga;
  private final Object verb;
  private final @Nullable Object what;
  final @Nullable Lane lane;
  final Saga.@Nullable Action action;
  @Nullable Step after;
  private boolean goesOn;
  boolean silent;

  // On a lane.
  @Nullable Thread driver;
  @Nullable Throwable failure;
  volatile boolean done;

  Step(
      Saga<?> saga,
      Object verb,
      @Nullable Object what,
      @Nullable Lane lane,
      Saga.@Nullable Action action) {
    this.saga = saga;
    this.verb = verb;
    this.what = what;
    this.lane = lane;
    this.action = action;
  }

  /** A failure does not end the saga. */
  Step goesOn() {
    goesOn = true;
    return this;
  }

  /** Nobody can tell when it is done. */
  Step silent() {
    silent = true;
    return this;
  }

  String name() {
    return what == null ? verb.toString() : verb + " " + what;
  }

  @Override
  protected void fire(Lane on) {
    saga.inStep = true;
    on.doing(this);
    try {
      if (action != null) {
        action.run();
      }
    } catch (Throwable t) {
      if (!goesOn) {
        failure = t;
        if (t instanceof ErrnoException) {
          return;
        }
      }
      throw new KernelFault(saga + " at " + name() + ": " + t, t);
    } finally {
      on.doing(null);
      saga.inStep = false;
      done = true;
      if (driver != null && Thread.currentThread() != driver) {
        on.wake(driver);
      }
    }
  }

  @Override
  public String toString() {
    return saga + ": " + name();
  }

  /** A step that is over when its condition holds, or at a deadline. */
  static final class Wait extends Step {
    final BooleanSupplier condition;
    final long deadline;
    final Saga.@Nullable Action late;

    Wait(
        Saga<?> saga,
        Object verb,
        @Nullable Object what,
        BooleanSupplier condition,
        long deadline,
        Saga.@Nullable Action late) {
      super(saga, verb, what, null, null);
      this.condition = condition;
      this.deadline = deadline;
      this.late = late;
    }
  }
}
