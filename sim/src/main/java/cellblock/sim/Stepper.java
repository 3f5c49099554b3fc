package cellblock.sim;

import cellblock.kern.errno.ErrnoException;
import cellblock.kern.lane.Lane;
import cellblock.kern.lane.Ready;
import cellblock.kern.lane.Waiting;
import cellblock.kern.saga.Driver;
import cellblock.kern.saga.Saga;
import cellblock.kern.time.Alarms;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/**
 * Runs a machine on one thread in virtual time: a seeded generator picks, at each step, which ready
 * lane takes a turn, which saga takes a step, or which task runs. Time moves only when nothing is
 * ready. The same seed gives the same run.
 *
 * <p>Threading: one thread, that of the test.
 */
public final class Stepper implements Ready, Waiting, Executor, Driver {
  /** What can be done next. */
  public sealed interface Choice {
    /** A lane takes a turn. */
    record Turn(Lane lane) implements Choice {}

    /** A saga takes a step. */
    record Advance(Saga<?> saga) implements Choice {}

    /** A worker runs a task. */
    record Task(Runnable work) implements Choice {}
  }

  /** Says what is done next. */
  @FunctionalInterface
  public interface Chooser {
    /**
     * @param ready at least one; lanes in the order in which they became ready, then tasks, then
     *     sagas
     * @return the place of the one to be done
     */
    int choose(List<Choice> ready);
  }

  private final long seed;
  private final Chooser chooser;
  private final VirtualClock clock;
  private final List<Lane> lanes = new ArrayList<>();
  private final List<Runnable> tasks = new ArrayList<>();
  private final List<Saga<?>> sagas = new ArrayList<>();
  private @Nullable Alarms alarms;
  private final List<Saga<?>> advancing = new ArrayList<>(2);
  private int depth;
  private long steps;
  private long trace = 0xcbf29ce484222325L;

  public Stepper(long seed, VirtualClock clock) {
    this(seed, clock, random(seed));
  }

  /** A stepper whose choices are made by somebody else; {@code seed} is for messages only. */
  public Stepper(long seed, VirtualClock clock, Chooser chooser) {
    this.seed = seed;
    this.chooser = chooser;
    this.clock = clock;
  }

  private static Chooser random(long seed) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    return ready -> ready.size() == 1 ? 0 : random.nextInt(ready.size());
  }

  /** Told once, when the machine exists. */
  void alarms(Alarms of) {
    alarms = of;
  }

  public long seed() {
    return seed;
  }

  /** How many steps were taken. */
  public long steps() {
    return steps;
  }

  /** A digest of every choice so far: equal for equal runs. */
  public long trace() {
    return trace;
  }

  @Override
  public void ready(Lane lane) {
    lanes.add(lane);
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  @Override
  public void drive(Saga<?> saga) {
    spawn(saga);
  }

  /** Lets a saga take part: the stepper drives it beside everything else. */
  public <S extends Saga<?>> S spawn(S saga) {
    sagas.add(saga);
    return saga;
  }

  /** One step, if anything is ready. */
  public boolean step() {
    List<Choice> choices = ready();
    if (choices.isEmpty()) {
      return false;
    }
    take(choices.get(chooser.choose(choices)));
    return true;
  }

  /** What can be done next: lanes as they became ready, then tasks, then sagas. */
  public List<Choice> ready() {
    List<Choice> choices = new ArrayList<>(lanes.size() + tasks.size() + sagas.size());
    lanes.forEach(l -> choices.add(new Choice.Turn(l)));
    tasks.forEach(t -> choices.add(new Choice.Task(t)));
    if (depth == 0) {
      sagas.removeIf(Saga::finished);
    }
    for (Saga<?> s : sagas) {
      if (!s.finished() && !advancing.contains(s) && s.ready()) {
        choices.add(new Choice.Advance(s));
      }
    }
    return choices;
  }

  /** How many steps are under way, one inside the other: 0 between steps. */
  public int depth() {
    return depth;
  }

  /** Takes one step, of those that are ready; also inside another, at a place of its choosing. */
  public void take(Choice choice) {
    steps++;
    depth++;
    try {
      run(choice);
    } finally {
      depth--;
    }
  }

  private void run(Choice choice) {
    switch (choice) {
      case Choice.Turn(Lane lane) -> {
        lanes.remove(lane);
        note(lane.name());
        lane.step();
      }
      case Choice.Task(Runnable work) -> {
        tasks.remove(work);
        note("task");
        work.run();
      }
      case Choice.Advance(Saga<?> saga) -> {
        note(saga.toString());
        advancing.add(saga);
        saga.advance();
        advancing.remove(saga);
      }
    }
  }

  private void note(String what) {
    trace = (trace ^ what.hashCode() ^ clock.nanos()) * 0x100000001b3L;
  }

  /** Runs whatever is ready now, without moving time. */
  public void settle() {
    while (step()) {
      // each step is counted
    }
  }

  /** Runs everything due in the next {@code nanos}, then stands at that time. */
  public void advance(long nanos) {
    long until = clock.nanos() + nanos;
    settle();
    while (next() <= until) {
      moveToNext();
      settle();
    }
    clock.moveTo(until);
  }

  @Override
  public void until(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      if (!step()) {
        if (next() == Long.MAX_VALUE) {
          throw new Stuck("nothing is ready and no timer is set; seed " + seed);
        }
        moveToNext();
      }
    }
  }

  /** Sagas handed over that have not ended yet, oldest first. */
  public List<Saga<?>> unfinished() {
    return sagas.stream().filter(s -> !s.finished()).toList();
  }

  /** Moves time to the next alarm or deadline; false = there is none. */
  public boolean sleep() {
    if (next() == Long.MAX_VALUE) {
      return false;
    }
    moveToNext();
    return true;
  }

  /** Runs a saga to its end among everything else. */
  public <T extends @Nullable Object> T run(Saga<T> saga) throws ErrnoException {
    spawn(saga);
    until(saga::finished);
    return saga.result();
  }

  private long next() {
    long at = alarms == null ? Long.MAX_VALUE : alarms.next();
    for (Saga<?> s : sagas) {
      if (!s.finished()) {
        at = Math.min(at, s.deadline());
      }
    }
    return at;
  }

  private void moveToNext() {
    clock.moveTo(next());
    if (alarms != null) {
      alarms.ring(clock.nanos());
    }
  }

  /** The run cannot go on: somebody waits for what will never come. */
  public static final class Stuck extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    Stuck(String message) {
      super(message);
    }
  }
}
