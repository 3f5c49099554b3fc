package cellblock.kern.saga;

import cellblock.kern.epoch.Epoch;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.lane.Event;
import cellblock.kern.lane.KernelFault;
import cellblock.kern.lane.Lane;
import cellblock.kern.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An operation over several lanes as explicit steps: each a turn on a named lane, a wait, or a
 * little work of the coordinator's own. Steps that a step adds run right after it. When a step
 * fails, the ways back registered so far run in reverse, then the saga ends with that failure.
 *
 * <p>Waits (epoch barriers, processes, deadlines) happen only here, never in a turn. A saga says at
 * any time which step it is at, so that a removal that cannot go on can tell why.
 *
 * <p>Threading: one driver calls {@link #advance} until {@link #finished}; {@link #at} may be read
 * from anywhere.
 *
 * @param <T> the result
 */
public abstract class Saga<T extends @Nullable Object> {
  /** What a step does. */
  @FunctionalInterface
  public interface Action {
    void run() throws ErrnoException;
  }

  /** {@code verb} and {@code what} are put into words for whoever asks. */
  private record Step(
      Object verb,
      @Nullable Object what,
      @Nullable Lane lane,
      @Nullable Action action,
      @Nullable BooleanSupplier condition,
      long deadline,
      @Nullable Action late,
      boolean goesOn,
      boolean silent) {
    Step(
        Object verb,
        @Nullable Object what,
        @Nullable Lane lane,
        @Nullable Action action,
        @Nullable BooleanSupplier condition,
        long deadline,
        @Nullable Action late) {
      this(verb, what, lane, action, condition, deadline, late, false, false);
    }

    String name() {
      return what == null ? verb.toString() : verb + " " + what;
    }
  }

  private final Object name;
  private final @Nullable Object of;
  private final ArrayDeque<Step> steps = new ArrayDeque<>(7);
  private final ArrayDeque<Step> back = new ArrayDeque<>(1);
  private final List<Step> added = new ArrayList<>(4);
  private @Nullable Turn inFlight;
  private @Nullable Saga<?> part;
  private @Nullable Step waitingFor;
  private @Nullable Clock clock;
  private @Nullable Throwable failure;
  private boolean undoing;
  private boolean inStep;
  private volatile @Nullable Step at;
  private volatile boolean finished;

  protected Saga(String name) {
    this(name, null);
  }

  /** A saga named {@code verb} and what it is about, once somebody asks. */
  protected Saga(Object verb, @Nullable Object of) {
    this.name = verb;
    this.of = of;
  }

  // ---- what subclasses say ----

  /** A turn on {@code lane}. */
  protected final void turn(String step, Lane lane, Action action) {
    turn(step, null, lane, action);
  }

  /** The same; the step is named {@code verb} and {@code what}, once somebody asks. */
  protected final void turn(Object verb, @Nullable Object what, Lane lane, Action action) {
    add(new Step(verb, what, lane, action, null, 0, null));
  }

  /**
   * A turn on {@code lane} for a step of a teardown, which must not end half-way: what it throws
   * quarantines the lane, and the saga goes on.
   */
  protected final void teardownTurn(Object verb, @Nullable Object what, Lane lane, Action action) {
    add(new Step(verb, what, lane, action, null, 0, null, true, false));
  }

  /** Work on the coordinator's thread, outside every lane. */
  protected final void local(String step, Action action) {
    local(step, null, action);
  }

  /** The same; the step is named {@code verb} and {@code what}, once somebody asks. */
  protected final void local(Object verb, @Nullable Object what, Action action) {
    add(new Step(verb, what, null, action, null, 0, null));
  }

  /** Waits until {@code condition} holds. */
  protected final void await(String step, BooleanSupplier condition) {
    await(step, null, condition);
  }

  /** The same; the step is named {@code verb} and {@code what}, once somebody asks. */
  protected final void await(Object verb, @Nullable Object what, BooleanSupplier condition) {
    add(new Step(verb, what, null, null, condition, Long.MAX_VALUE, null));
  }

  /** Waits until {@code condition} holds; when {@code deadline} passes first, does {@code late}. */
  protected final void await(
      String step, BooleanSupplier condition, Clock by, long deadline, Action late) {
    clock = by;
    add(new Step(step, null, null, null, condition, deadline, late));
  }

  /** Waits for a grace period from this step on. */
  protected final void grace(String step, Epoch epoch) {
    local(
        step,
        () -> {
          Epoch.Ticket ticket = epoch.ticket();
          if (!ticket.passed()) {
            await(step, ticket::passed);
          }
        });
  }

  /** Another saga as a part of this one; its failure is this one's. */
  protected final void inner(String step, Supplier<? extends Saga<?>> saga) {
    inner(step, null, saga);
  }

  /** The same; the step is named {@code verb} and {@code what}, once somebody asks. */
  protected final void inner(Object verb, @Nullable Object what, Supplier<? extends Saga<?>> saga) {
    local(
        verb,
        what,
        () -> {
          Saga<?> begun = saga.get();
          part = begun;
          add(new Step(verb, what, null, begun::result, null, 0, null, false, true));
        });
  }

  /** The way back for what was just done. */
  protected final void undo(String step, @Nullable Lane lane, Action action) {
    back.push(new Step(step, null, lane, action, null, 0, null));
  }

  /** What was done is here to stay: forgets the ways back. */
  protected final void commit() {
    back.clear();
  }

  /** The result, once every step is done. */
  protected abstract T value();

  /** The saga has ended with this failure: for one that nobody waits for. */
  protected void failed(Throwable cause) {}

  // ---- what drivers ask ----

  /** The step that the saga is at. */
  public final String at() {
    Step now = at;
    return now == null ? "" : now.name();
  }

  public final boolean finished() {
    return finished;
  }

  /** Whether {@link #advance} would get on. */
  public final boolean ready() {
    Saga<?> inner = part;
    if (inner != null) {
      return inner.finished || inner.ready();
    }
    if (inFlight != null) {
      return inFlight.done;
    }
    Step w = waitingFor;
    return w == null || holds(w) || late(w);
  }

  /**
   * Whether the next {@link #advance} touches nothing but the saga itself, so that nobody can tell
   * when it was: the end of a part, the collecting of a turn's result.
   */
  public final boolean silent() {
    Saga<?> inner = part;
    if (inner != null) {
      return inner.finished || inner.silent();
    }
    if (inFlight != null) {
      return inFlight.done;
    }
    Step next = undoing ? back.peek() : steps.peek();
    return waitingFor == null && next != null && next.silent;
  }

  private static boolean holds(Step w) {
    return w.condition != null && w.condition.getAsBoolean();
  }

  private boolean late(Step w) {
    return w.deadline != Long.MAX_VALUE && clock != null && clock.nanos() >= w.deadline;
  }

  /** The deadline of the wait that the saga is in, or {@code Long.MAX_VALUE}. */
  public final long deadline() {
    Saga<?> inner = part;
    if (inner != null) {
      return inner.deadline();
    }
    Step w = waitingFor;
    return w == null ? Long.MAX_VALUE : w.deadline;
  }

  /** Takes one step; false = it cannot get on now. */
  public final boolean advance() {
    if (finished) {
      return false;
    }
    Saga<?> inner = part;
    if (inner != null) {
      if (inner.finished) {
        part = null;
        return true;
      }
      boolean went = inner.advance();
      at = inner.at;
      return went;
    }
    Turn turn = inFlight;
    if (turn != null) {
      if (!turn.done) {
        return false;
      }
      inFlight = null;
      ended(turn.failure);
      return true;
    }
    Step w = waitingFor;
    if (w != null) {
      if (holds(w)) {
        waitingFor = null;
        return true;
      }
      if (!late(w)) {
        return false;
      }
      waitingFor = null;
      act(w.late);
      return true;
    }
    Step step = undoing ? back.poll() : steps.poll();
    if (step == null) {
      finished = true;
      if (failure != null) {
        failed(failure);
      }
      return true;
    }
    begin(step);
    return true;
  }

  public final T result() throws ErrnoException {
    switch (failure) {
      case null -> {
        return value();
      }
      case ErrnoException e -> throw e;
      case KernelFault f -> throw f;
      default -> throw new KernelFault(this + " at " + at() + ": " + failure, failure);
    }
  }

  private void begin(Step step) {
    at = step;
    if (step.condition != null) {
      waitingFor = step;
    } else if (step.lane == null) {
      act(step.action);
    } else {
      Turn turn = new Turn(this, step, Thread.currentThread());
      inFlight = turn;
      step.lane.post(turn);
    }
  }

  private void act(@Nullable Action action) {
    Throwable thrown = null;
    inStep = true;
    try {
      if (action != null) {
        action.run();
      }
    } catch (Throwable t) {
      thrown = t;
    } finally {
      inStep = false;
    }
    ended(thrown);
  }

  private void ended(@Nullable Throwable thrown) {
    for (int i = added.size() - 1; i >= 0; i--) {
      (undoing ? back : steps).push(added.get(i));
    }
    added.clear();
    if (thrown != null) {
      if (failure == null) {
        failure = thrown;
      } else if (failure != thrown) {
        failure.addSuppressed(thrown);
      }
      undoing = true;
      steps.clear();
    }
  }

  private void add(Step step) {
    if (inStep) {
      added.add(step);
    } else {
      steps.add(step);
    }
  }

  /** A step in flight. */
  private static final class Turn extends Event {
    private final Saga<?> saga;
    private final Step step;
    private final Thread driver;
    private @Nullable Throwable failure;
    private volatile boolean done;

    private Turn(Saga<?> saga, Step step, Thread driver) {
      this.saga = saga;
      this.step = step;
      this.driver = driver;
    }

    @Override
    protected void fire(Lane lane) {
      saga.inStep = true;
      lane.doing(this);
      try {
        if (step.action != null) {
          step.action.run();
        }
      } catch (Throwable t) {
        if (!step.goesOn) {
          failure = t;
          if (t instanceof ErrnoException) {
            return;
          }
        }
        throw new KernelFault(saga + " at " + step.name() + ": " + t, t);
      } finally {
        lane.doing(null);
        saga.inStep = false;
        done = true;
        if (Thread.currentThread() != driver) {
          lane.wake(driver);
        }
      }
    }

    @Override
    public String toString() {
      return saga + ": " + step.name();
    }
  }

  @Override
  public String toString() {
    return of == null ? name.toString() : name + " " + of;
  }
}
