package cellblock.race;

import cellblock.kern.epoch.Epoch;
import cellblock.kern.lane.Lane;
import cellblock.kern.saga.Saga;
import cellblock.sim.Program;
import cellblock.sim.Stepper;
import cellblock.sim.Stepper.Choice;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Tells the stepper what comes next, and remembers where it could have gone otherwise. Outside the
 * race things go in the order in which they became ready. In the race the yield points are the
 * steps of sagas and the turns of lanes. Two reductions leave out interleavings that nobody could
 * tell from others: a saga's turn, which it posts to a lane that is idle, is one with the posting;
 * and a step that touches its saga alone is taken at once.
 */
final class Director implements Stepper.Chooser {
  /** Steps one inside the other, at most: the turn that is interrupted, and two more. */
  private static final int NESTED = 2;

  /** By chance, a turn is interrupted at one yield point of so many. */
  private static final int RARELY = 8;

  private final Schedule schedule;
  private final @Nullable RandomGenerator random;
  private final Trace trace;
  private final @Nullable Reduction reduction;
  private final List<Decision> decisions = new ArrayList<>();
  private final Set<String> points = new TreeSet<>();
  private boolean racing;
  private boolean tracing;
  private boolean asking;
  private @Nullable Stepper stepper;
  private Runnable before = () -> {};

  // What was taken last.
  private List<Choice> offered = List.of();
  private @Nullable Saga<?> going;
  private @Nullable Lane posted;
  private boolean collects;

  /**
   * @param random picks where the schedule says nothing; null = the first way
   * @param reduction ends runs that were seen; null = none is
   */
  Director(
      Schedule schedule,
      @Nullable RandomGenerator random,
      Trace trace,
      @Nullable Reduction reduction) {
    this.schedule = schedule;
    this.random = random;
    this.trace = trace;
    this.reduction = reduction;
  }

  /** Called before each step is taken. */
  void before(Runnable look) {
    before = look;
  }

  /** From here on ways are tried. */
  void race() {
    racing = true;
    tracing = true;
    begins();
  }

  private void begins() {
    going = null;
    posted = null;
    collects = false;
    offered = List.of();
  }

  /** The race is over. */
  void rest() {
    ended(false);
    racing = false;
  }

  /** Time moves, for nothing was ready: what it brings was not posted by the last step. */
  void moves() {
    ended(false);
    if (reduction != null) {
      reduction.moves();
    }
    begins();
  }

  /** The step under way is over; what is looked at from here on is nobody's doing. */
  void pauses() {
    if (reduction != null) {
      reduction.footprint().open(false);
    }
  }

  /** Nothing more is told. */
  void mute() {
    tracing = false;
  }

  List<Decision> decisions() {
    return decisions;
  }

  /** The yield points inside turns at which somebody else could have gone first. */
  Set<String> points() {
    return points;
  }

  /** The way taken. */
  Schedule taken() {
    return new Schedule(decisions.stream().map(Decision::picked).toList());
  }

  @Override
  public int choose(List<Choice> ready) {
    before.run();
    int pick = racing ? decide(ready) : 0;
    Choice choice = ready.get(pick);
    if (tracing) {
      tell(choice);
    }
    if (racing) {
      remember(ready, choice);
      if (reduction != null) {
        reduction.footprint().open(true);
      }
    }
    return pick;
  }

  private int decide(List<Choice> ready) {
    int forced = forced(ready);
    if (forced >= 0) {
      return forced;
    }
    List<Integer> order = order(ready);
    boolean goesOn = going != null && isOf(ready.get(order.getFirst()), going);
    ended(goesOn);
    int way = ready.size() == 1 ? 0 : decide(order.size(), goesOn);
    if (reduction != null) {
      List<Object> before = new ArrayList<>(way);
      for (int i = 0; i < way; i++) {
        before.add(who(ready.get(order.get(i))));
      }
      int decision = ready.size() == 1 ? -1 : decisions.size() - 1;
      reduction.takes(who(ready.get(order.get(way))), decision, before, goesOn ? going : null);
    }
    return order.get(way);
  }

  private int decide(int ways, boolean preempts) {
    int n = decisions.size();
    int way =
        random == null || n < schedule.picks().size()
            ? Math.min(schedule.pick(n), ways - 1)
            : random.nextInt(ways);
    boolean bound = preempts && reduction != null && reduction.isBound();
    decisions.add(new Decision(bound ? 1 : ways, way, preempts));
    return way;
  }

  private void ended(boolean goesOn) {
    if (reduction != null) {
      if (going != null) {
        reduction.looks(going);
      }
      reduction.ended(goesOn);
    }
  }

  private static Object who(Choice choice) {
    return switch (choice) {
      case Choice.Turn(Lane lane) -> lane;
      case Choice.Task(Runnable work) -> work;
      case Choice.Advance(Saga<?> saga) -> saga;
      case Choice.Resume(Program program) -> program;
    };
  }

  /** The turn that the last step posted, and the collecting of its result. */
  private int forced(List<Choice> ready) {
    for (int i = 0; i < ready.size(); i++) {
      if (ready.get(i) instanceof Choice.Advance(Saga<?> saga) && saga.silent()) {
        return i;
      }
    }
    if (collects) {
      for (int i = 0; i < ready.size(); i++) {
        if (going != null && isOf(ready.get(i), going)) {
          return i;
        }
      }
    }
    if (going != null && posted == null && !collects) {
      for (int i = 0; i < ready.size(); i++) {
        if (ready.get(i) instanceof Choice.Turn(Lane lane) && !was(lane)) {
          posted = lane;
          return i;
        }
      }
    }
    return -1;
  }

  private boolean was(Lane lane) {
    for (Choice c : offered) {
      if (c instanceof Choice.Turn(Lane other) && other == lane) {
        return true;
      }
    }
    return false;
  }

  /** The one that goes on first, then the others as they came. */
  private List<Integer> order(List<Choice> ready) {
    List<Integer> order = new ArrayList<>(ready.size());
    for (int i = 0; i < ready.size(); i++) {
      if (going != null && isOf(ready.get(i), going)) {
        order.add(i);
      }
    }
    for (int i = 0; i < ready.size(); i++) {
      if (!order.contains(i)) {
        order.add(i);
      }
    }
    return order;
  }

  private static boolean isOf(Choice choice, Saga<?> saga) {
    return choice instanceof Choice.Advance(Saga<?> s) && s == saga;
  }

  private void remember(List<Choice> ready, Choice choice) {
    if (choice instanceof Choice.Advance(Saga<?> saga) && saga.silent()) {
      if (saga == going) {
        collects = false;
        offered = List.copyOf(ready);
      }
      return;
    }
    switch (choice) {
      case Choice.Advance(Saga<?> saga) -> {
        boolean was = collects && saga == going;
        going = saga;
        posted = null;
        collects = false;
        offered = was ? ready : List.copyOf(ready);
      }
      case Choice.Turn(Lane lane) -> {
        collects = lane == posted;
        if (!collects) {
          going = null;
        }
        posted = null;
        offered = List.copyOf(ready);
      }
      case Choice.Task _, Choice.Resume _ -> {
        going = null;
        offered = List.copyOf(ready);
      }
    }
  }

  private void tell(Choice choice) {
    switch (choice) {
      case Choice.Turn(Lane lane) -> {
        List<String> items = lane.waiting();
        trace.turn(lane.name(), (lane.turns() >> 1) + 1, String.join("; ", items));
      }
      case Choice.Advance _, Choice.Task _, Choice.Resume _ -> {}
    }
  }

  // ---- inside a turn ----

  /** The stepper that is told; without it turns are not interrupted. */
  void interrupts(Stepper of) {
    stepper = of;
  }

  /**
   * A yield point inside a step: others may go first, for as long as the schedule says. Those that
   * are interrupted go on in the reverse order of their interruption.
   */
  void yieldAt(String point) {
    Stepper s = stepper;
    if (!racing || asking || s == null || s.depth() == 0 || s.depth() > NESTED) {
      return;
    }
    List<Choice> ready = ready(s);
    if (ready.isEmpty()) {
      return;
    }
    points.add(point);
    int way = way(ready.size() + 1, true);
    if (way == 0) {
      return;
    }
    Saga<?> goingBefore = going;
    Lane postedBefore = posted;
    boolean collectsBefore = collects;
    List<Choice> offeredBefore = offered;
    trace.say("interrupted at " + point);
    going = null;
    posted = null;
    collects = false;
    takeNested(s, ready, ready.get(way - 1));
    goOn(s);
    trace.say("goes on at " + point);
    going = goingBefore;
    posted = postedBefore;
    collects = collectsBefore;
    offered = offeredBefore;
  }

  private void goOn(Stepper s) {
    for (List<Choice> ready = ready(s); !ready.isEmpty(); ready = ready(s)) {
      int forced = forced(ready);
      if (forced >= 0) {
        takeNested(s, ready, ready.get(forced));
        continue;
      }
      List<Integer> order = order(ready);
      boolean goes = going != null && isOf(ready.get(order.getFirst()), going);
      int way = way(ready.size() + 1, goes);
      int back = goes ? 1 : 0; // where he could go on, going back comes second
      if (way == back) {
        return;
      }
      takeNested(s, ready, ready.get(order.get(way > back ? way - 1 : way)));
    }
  }

  private void takeNested(Stepper s, List<Choice> ready, Choice choice) {
    before.run();
    tell(choice);
    remember(ready, choice);
    s.take(choice);
  }

  /**
   * What may go first. The epoch's reaper may only where it need not wait: it would wait for the
   * turn that is interrupted.
   */
  private List<Choice> ready(Stepper s) {
    asking = true;
    try {
      List<Choice> ready = s.ready();
      ready.removeIf(
          c -> c instanceof Choice.Task(Runnable w) && w instanceof Epoch.Reaper r && !r.ready());
      return ready;
    } finally {
      asking = false;
    }
  }

  private int way(int ways, boolean preempts) {
    int n = decisions.size();
    int way =
        random == null || n < schedule.picks().size()
            ? Math.min(schedule.pick(n), ways - 1)
            : random.nextInt(RARELY) == 0 ? random.nextInt(ways) : 0;
    decisions.add(new Decision(ways, way, preempts));
    return way;
  }
}
