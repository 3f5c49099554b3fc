package cellblock.race;

import cellblock.kern.lane.Lane;
import cellblock.kern.saga.Saga;
import cellblock.sim.Stepper;
import cellblock.sim.Stepper.Choice;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Tells the stepper what comes next, and remembers where it could have gone otherwise. Outside the
 * race things go in the order in which they became ready. In the race the yield points are the
 * steps of sagas and the turns of lanes; a saga's turn, which it posts to a lane that is idle, is
 * one with the posting and the collecting of its result: nobody can tell when it was posted.
 */
final class Director implements Stepper.Chooser {
  private final Schedule schedule;
  private final @Nullable RandomGenerator random;
  private final Trace trace;
  private final List<Decision> decisions = new ArrayList<>();
  private boolean racing;
  private boolean tracing;
  private Runnable before = () -> {};

  // What was taken last.
  private List<Choice> offered = List.of();
  private @Nullable Saga<?> going;
  private @Nullable Lane posted;
  private boolean collects;

  /**
   * @param random picks where the schedule says nothing; null = the first way
   */
  Director(Schedule schedule, @Nullable RandomGenerator random, Trace trace) {
    this.schedule = schedule;
    this.random = random;
    this.trace = trace;
  }

  /** Called before each step is taken. */
  void before(Runnable look) {
    before = look;
  }

  /** From here on ways are tried. */
  void race() {
    racing = true;
    tracing = true;
    going = null;
    posted = null;
    collects = false;
    offered = List.of();
  }

  /** The race is over. */
  void rest() {
    racing = false;
  }

  List<Decision> decisions() {
    return decisions;
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
    }
    return pick;
  }

  private int decide(List<Choice> ready) {
    int forced = forced(ready);
    if (forced >= 0) {
      return forced;
    }
    if (ready.size() == 1) {
      return 0;
    }
    List<Integer> order = order(ready);
    boolean goesOn = going != null && isOf(ready.get(order.getFirst()), going);
    int n = decisions.size();
    int way =
        random == null || n < schedule.picks().size()
            ? Math.min(schedule.pick(n), order.size() - 1)
            : random.nextInt(order.size());
    decisions.add(new Decision(order.size(), way, goesOn));
    return order.get(way);
  }

  /** The turn that the last step posted, and the collecting of its result. */
  private int forced(List<Choice> ready) {
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

  /** For messages: those that could not go on. */
  static String names(Set<String> of) {
    return String.join(", ", of);
  }
}
