package cellblock.sim;

import cellblock.kern.errno.ErrnoException;
import cellblock.kern.lane.Lane;
import cellblock.kern.lane.Ready;
import cellblock.kern.lane.Threads;
import cellblock.kern.lane.Waiting;
import cellblock.kern.saga.Driver;
import cellblock.kern.saga.Saga;
import cellblock.kern.time.Alarms;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/**
 * Runs a machine in virtual time: a seeded generator picks, at each step, which ready lane takes a
 * turn, which saga takes a step, which task runs, or which program goes on. Time moves only when
 * nothing is ready. The same seed gives the same run.
 *
 * <p>Programs are threads of their own ({@link #start}), but only one thread of a run ever runs:
 * the one that holds the baton. It gives it away where it waits ({@link #until}, which every
 * blocking call of the kernel comes down to); until then it takes the run's steps itself. A program
 * that blocks by other means, such as {@code Thread.sleep}, keeps the baton, and the whole run
 * waits for it.
 *
 * <p>Threading: one driver, which is any thread outside the run, and the programs.
 */
public final class Stepper implements Ready, Waiting, Executor, Driver, Threads {
  /** What can be done next. */
  public sealed interface Choice {
    /** A lane takes a turn. */
    record Turn(Lane lane) implements Choice {}

    /** A saga takes a step. */
    record Advance(Saga<?> saga) implements Choice {}

    /** A worker runs a task. */
    record Task(Runnable work) implements Choice {}

    /** A program goes on. */
    record Resume(Program program) implements Choice {}
  }

  /** Says what is done next. */
  @FunctionalInterface
  public interface Chooser {
    /**
     * @param ready at least one; lanes in the order in which they became ready, then tasks, then
     *     sagas, then programs
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
  private final List<Program> programs = new ArrayList<>();
  private final Program driver = new Program("driver");
  private volatile Program holder = driver;
  private @Nullable BooleanSupplier awaited;
  private boolean single;
  private @Nullable BooleanSupplier gate;
  private @Nullable Consumer<String> listener;
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

  /**
   * Sets what runs before each choice of what goes on, on the thread that chooses: a world outside
   * the run may be waited for there. While it answers false nothing is ready. Before the run
   * begins.
   */
  public void gate(BooleanSupplier before) {
    gate = before;
  }

  /** Sets who is told of each step: time, and what takes it. Before the run begins. */
  public void listener(Consumer<String> told) {
    listener = told;
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

  // ---- programs ----

  /** Starts a program: a virtual thread that takes part in the run. By whoever holds the baton. */
  @Override
  public Thread start(String name, Runnable body) {
    Program p = new Program(name);
    Thread thread = Thread.ofVirtual().name(name).unstarted(() -> life(p, body));
    p.thread(thread);
    programs.add(p);
    thread.start();
    return thread;
  }

  private void life(Program p, Runnable body) {
    p.await();
    p.remember();
    try {
      body.run();
    } finally {
      programs.remove(p);
      holder = driver;
      driver.give();
    }
  }

  /** Whether a thread that {@link #start} made has not ended. By whoever holds the baton. */
  public boolean runs(Thread thread) {
    return programs.stream().anyMatch(p -> p.is(thread));
  }

  /** The names of the programs that have not ended. */
  public List<String> programs() {
    return programs.stream().map(Program::name).toList();
  }

  /** Who calls: the program that holds the baton, or the driver. */
  private Program caller() {
    Program at = holder;
    if (at == driver) {
      driver.thread(Thread.currentThread());
    } else if (!at.is(Thread.currentThread())) {
      throw new IllegalStateException(
          Thread.currentThread()
              + " is not part of the simulated run (start programs by Jail.start or"
              + " Kernel.threads); the baton is at "
              + at);
    }
    return at;
  }

  private void pass(Program from, Program to) {
    holder = to;
    to.give();
    from.await();
  }

  /** A program waits: takes the run's steps until its own turn or another's comes. */
  private void wait(Program self, Program.Wait what) {
    Program.Wait before = self.waitFor(what);
    try {
      while (true) {
        BooleanSupplier wanted = awaited;
        Choice choice = single || (wanted != null && wanted.getAsBoolean()) ? null : choose();
        if (choice == null) {
          pass(self, driver);
          return;
        }
        if (choice instanceof Choice.Resume(Program next)) {
          count(choice);
          if (next != self) {
            pass(self, next);
          }
          return;
        }
        take(choice);
      }
    } finally {
      self.waitFor(before);
      self.remember();
    }
  }

  // ---- steps ----

  private @Nullable Choice choose() {
    if (gate != null && !gate.getAsBoolean()) {
      return null;
    }
    List<Choice> choices = steps(lanes.size() + tasks.size() + sagas.size() + 1);
    for (Program p : programs) {
      if (p.ready()) {
        choices.add(new Choice.Resume(p));
      }
    }
    if (choices.isEmpty()) {
      return null;
    }
    return choices.get(chooser.choose(choices));
  }

  /** The steps that can be taken now: lanes as they became ready, then tasks, then sagas. */
  public List<Choice> ready() {
    return steps(0);
  }

  private List<Choice> steps(int room) {
    List<Choice> choices = new ArrayList<>(room);
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

  /** One step, if anything is ready; of a program that is all until it waits again. */
  public boolean step() {
    Program self = caller();
    single = true;
    try {
      return next(self);
    } finally {
      single = false;
      self.remember();
    }
  }

  private boolean next(Program self) {
    Choice choice = choose();
    if (choice == null) {
      return false;
    }
    if (choice instanceof Choice.Resume(Program program)) {
      count(choice);
      pass(self, program);
    } else {
      take(choice);
    }
    return true;
  }

  private void count(Choice choice) {
    steps++;
    String what =
        switch (choice) {
          case Choice.Turn(Lane lane) -> lane.name();
          case Choice.Task(Runnable work) -> "task";
          case Choice.Advance(Saga<?> saga) -> saga.toString();
          case Choice.Resume(Program program) -> program.name();
        };
    if (listener != null) {
      listener.accept(clock.nanos() + " " + what);
    }
    trace = (trace ^ what.hashCode() ^ clock.nanos()) * 0x100000001b3L;
  }

  /** Takes one step, of those that are ready; also inside another, at a place of its choosing. */
  public void take(Choice choice) {
    count(choice);
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
        lane.step();
      }
      case Choice.Task(Runnable work) -> {
        tasks.remove(work);
        work.run();
      }
      case Choice.Advance(Saga<?> saga) -> {
        advancing.add(saga);
        saga.advance();
        advancing.remove(saga);
      }
      case Choice.Resume(Program program) -> throw new IllegalStateException("not a step");
    }
  }

  /** Runs whatever is ready now, without moving time. The driver only. */
  public void settle() {
    Program self = caller();
    while (next(self)) {
      // each step is counted
    }
    self.remember();
  }

  /** Runs everything due in the next {@code nanos}, then stands at that time. The driver only. */
  public void advance(long nanos) {
    long until = clock.nanos() + nanos;
    settle();
    while (nextDeadline() <= until) {
      moveToNext();
      settle();
    }
    clock.moveTo(until);
  }

  @Override
  public void until(BooleanSupplier condition) {
    wait(new Program.Wait(condition, false));
  }

  @Override
  public void interruptibly(BooleanSupplier condition) {
    wait(new Program.Wait(condition, true));
  }

  private void wait(Program.Wait what) {
    Program self = caller();
    if (self == driver) {
      drive(what);
    } else if (!what.condition().getAsBoolean()
        && !(what.interruptible() && Thread.currentThread().isInterrupted())) {
      wait(self, what);
    }
  }

  /** The driver waits: its condition comes before everything else. */
  private void drive(Program.Wait what) {
    BooleanSupplier awaitedBefore = awaited;
    Program.Wait before = driver.waitFor(what);
    awaited = driver::ready;
    try {
      while (!driver.ready()) {
        if (!next(driver) && !driver.ready()) {
          if (nextDeadline() == Long.MAX_VALUE) {
            throw new Stuck("nothing is ready and no timer is set; seed " + seed + waiters());
          }
          moveToNext();
        }
      }
    } finally {
      awaited = awaitedBefore;
      driver.waitFor(before);
      driver.remember();
    }
  }

  private String waiters() {
    return programs.isEmpty() ? "" : "; these wait for ever: " + programs;
  }

  /** Sagas handed over that have not ended yet, oldest first. */
  public List<Saga<?>> unfinished() {
    return sagas.stream().filter(s -> !s.finished()).toList();
  }

  /** Moves time to the next alarm or deadline; false = there is none. The driver only. */
  public boolean sleep() {
    if (nextDeadline() == Long.MAX_VALUE) {
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

  /** When the next timer is due, nanoseconds since boot; {@code Long.MAX_VALUE}: none is set. */
  public long nextDeadline() {
    long at = alarms == null ? Long.MAX_VALUE : alarms.next();
    for (Saga<?> s : sagas) {
      if (!s.finished()) {
        at = Math.min(at, s.deadline());
      }
    }
    return at;
  }

  /** Moves time to the next timer; nothing is ready. The driver only. */
  public void moveToNext() {
    clock.moveTo(nextDeadline());
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
