package cellblock.race;

import cellblock.kern.errno.ErrnoException;
import cellblock.kern.lane.Lane;
import cellblock.kern.saga.Saga;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Somebody in a scenario: what he does, step by step. A refusal ends him; the run remembers it. */
public final class Actor extends Saga<Boolean> {
  private final String name;
  private final Trace trace;

  Actor(String name, Trace trace) {
    super(name);
    this.name = name;
    this.trace = trace;
  }

  /** Does something in a turn of {@code lane}. */
  public Actor does(String what, Lane lane, Action action) {
    turn(what, lane, action);
    return this;
  }

  /** Brings a saga to its end. */
  public Actor runs(String what, Supplier<? extends Saga<?>> saga) {
    inner(what, saga);
    return this;
  }

  /** Does something outside every lane. */
  public Actor notes(String what, Action action) {
    local(
        what,
        () -> {
          trace.step(name, what);
          action.run();
        });
    return this;
  }

  /** Waits. */
  public Actor waits(String what, BooleanSupplier condition) {
    await(what, condition);
    return this;
  }

  /** How it ended: "done", an errno, a fault, or where it hangs. */
  public String outcome() {
    if (!finished()) {
      return "still at " + at();
    }
    Throwable f = failure();
    return switch (f) {
      case null -> "done";
      case ErrnoException e -> e.errno().toString();
      default -> "fault";
    };
  }

  private @Nullable Throwable failure() {
    try {
      result();
      return null;
    } catch (ErrnoException | RuntimeException e) {
      return e;
    }
  }

  @Override
  protected Boolean value() {
    return true;
  }

  @Override
  public String toString() {
    return name;
  }
}
