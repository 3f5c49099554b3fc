package cellblock.kern.saga;

import cellblock.kern.epoch.Epoch;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.lane.KernelFault;
import cellblock.kern.lane.Lane;
import cellblock.kern.time.Clock;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
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

  private final Object name;
  private final @Nullable Object of;
  private final Steps steps = new Steps();
  private final Steps back = new Steps();
  private final Steps added = new Steps();
  private @Nullable Step inFlight;
  private Step.@Nullable Wait waitingFor;
  private @Nullable Clock clock;
  private @Nullable Throwable failure;
  private boolean undoing;
  boolean inStep;

  // Written by the driver alone, which needs no fence for it.
  private volatile @Nullable Saga<?> part;
  private volatile @Nullable Step at;
  private volatile boolean finished;

  private static final VarHandle PART;
  private static final VarHandle AT;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      PART = lookup.findVarHandle(Saga.class, "part", Saga.class);
      AT = lookup.findVarHandle(Saga.class, "at", Step.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

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
    add(new Step(this, verb, what, lane, action));
  }

  /**
   * A turn on {@code lane} for a step of a teardown, which must not end half-way: what it throws
   * quarantines the lane, and the saga goes on.
   */
  protected final void teardownTurn(Object verb, @Nullable Object what, Lane lane, Action action) {
    add(new Step(this, verb, what, lane, action).goesOn());
  }

  /** Work on the coordinator's thread, outside every lane. */
  protected final void local(String step, Action action) {
    local(step, null, action);
  }

  /** The same; the step is named {@code verb} and {@code what}, once somebody asks. */
  protected final void local(Object verb, @Nullable Object what, Action action) {
    add(new Step(this, verb, what, null, action));
  }

  /** Waits until {@code condition} holds. */
  protected final void await(String step, BooleanSupplier condition) {
    await(step, null, condition);
  }

  /** The same; the step is named {@code verb} and {@code what}, once somebody asks. */
  protected final void await(Object verb, @Nullable Object what, BooleanSupplier condition) {
    add(new Step.Wait(this, verb, what, condition, Long.MAX_VALUE, null));
  }

  /** Waits until {@code condition} holds; when {@code deadline} passes first, does {@code late}. */
  protected final void await(
      String step, BooleanSupplier condition, Clock by, long deadline, Action late) {
    clock = by;
    add(new Step.Wait(this, step, null, condition, deadline, late));
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
          PART.setRelease(this, begun);
          add(new Step(this, verb, what, null, begun::result).silent());
        });
  }

  /** The way back for what was just done. */
  protected final void undo(String step, @Nullable Lane lane, Action action) {
    back.push(new Step(this, step, null, lane, action));
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
    Saga<?> inner = part;
    String there = inner == null ? "" : inner.at();
    Step here = at;
    return !there.isEmpty() || here == null ? there : here.name();
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
    Step.Wait w = waitingFor;
    return w == null || w.condition.getAsBoolean() || late(w);
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
    Step next = undoing ? back.first : steps.first;
    return waitingFor == null && next != null && next.silent;
  }

  private boolean late(Step.Wait w) {
    return w.deadline != Long.MAX_VALUE && clock != null && clock.nanos() >= w.deadline;
  }

  /** The deadline of the wait that the saga is in, or {@code Long.MAX_VALUE}. */
  public final long deadline() {
    Saga<?> inner = part;
    if (inner != null) {
      return inner.deadline();
    }
    Step.Wait w = waitingFor;
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
        PART.setRelease(this, null);
        return true;
      }
      return inner.advance();
    }
    Step turn = inFlight;
    if (turn != null) {
      if (!turn.done) {
        return false;
      }
      inFlight = null;
      ended(turn.failure);
      return true;
    }
    Step.Wait w = waitingFor;
    if (w != null) {
      if (w.condition.getAsBoolean()) {
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
    AT.setRelease(this, step);
    if (step instanceof Step.Wait w) {
      waitingFor = w;
    } else if (step.lane == null) {
      act(step.action);
    } else {
      inFlight = step;
      step.driver = Thread.currentThread();
      step.lane.post(step);
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
    (undoing ? back : steps).pushAll(added);
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

  @Override
  public String toString() {
    return of == null ? name.toString() : name + " " + of;
  }
}
