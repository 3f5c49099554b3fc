package cellblock.race;

import cellblock.kern.plan.Guard;
import cellblock.kern.plan.TeardownPlan;
import cellblock.kern.plan.TeardownStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The life of a jail, small enough to be looked at whole: the state of its prison, the gate, its
 * processes, a holder, an interface that can be lent to it, and how far its removal has come.
 */
final class LifeModel {
  static final int MOST = 2;

  /** Where a prison stands. */
  enum Life {
    ALIVE,
    DYING,
    GONE
  }

  /**
   * A state of the world.
   *
   * @param gate whether the gate is open
   * @param processes those that live
   * @param fresh those of them that nobody has killed
   * @param held whether somebody holds the prison
   * @param lent whether the interface is in the jail
   * @param built whether the vnet has not been destroyed
   * @param taken steps of the removal taken
   * @param stray whether something of the jail's is left in a vnet that was destroyed
   */
  record State(
      Life life,
      boolean gate,
      int processes,
      int fresh,
      boolean held,
      boolean lent,
      boolean built,
      int taken,
      boolean stray) {
    static final State FIRST = new State(Life.ALIVE, true, 0, 0, false, false, true, 0, false);
  }

  /** What can happen; REMOVE begins a removal, STEP is its next step. */
  enum Act {
    FORK,
    EXIT,
    HOLD,
    RELEASE,
    LEND,
    RECLAIM,
    REMOVE,
    STEP
  }

  private final TeardownPlan plan;

  LifeModel(TeardownPlan plan) {
    this.plan = plan;
  }

  /** The state after an act; empty where it is refused or cannot be. */
  Optional<State> after(State s, Act act) {
    return Optional.ofNullable(next(s, act));
  }

  private State next(State s, Act act) {
    boolean alive = s.life == Life.ALIVE;
    boolean gone = s.life == Life.GONE;
    return switch (act) {
      case FORK -> {
        boolean may = alive || !gone && !plan.has(Guard.ENTRY);
        yield may && s.processes < MOST ? processes(s, s.processes + 1, s.fresh + 1) : null;
      }
      case EXIT ->
          s.processes > s.fresh || alive && s.processes > 0
              ? processes(s, s.processes - 1, Math.min(s.fresh, s.processes - 1))
              : null;
      case HOLD -> gone || s.held ? null : held(s, true);
      case RELEASE -> s.held ? held(s, false) : null;
      case LEND -> !s.lent && !gone && open(s) && s.built ? lent(s, true) : null;
      case RECLAIM -> s.lent && open(s) && s.built ? lent(s, false) : null;
      case REMOVE -> alive ? with(s, Life.DYING, s.gate, s.built, 0, s.stray) : null;
      case STEP -> s.life == Life.DYING ? step(s) : null;
    };
  }

  private boolean open(State s) {
    return s.gate || !plan.has(Guard.GATE);
  }

  private State step(State s) {
    TeardownStep step = plan.steps().get(s.taken);
    State t = with(s, s.life, s.gate, s.built, s.taken + 1, s.stray);
    return switch (step) {
      case METHODS, AUDIT -> t;
      case KILL -> {
        boolean open = !plan.has(Guard.GATE) && s.gate;
        State shut = with(t, t.life, open, t.built, t.taken, t.stray);
        yield processes(shut, shut.processes, 0);
      }
      case AWAIT -> s.processes == 0 ? t : null;
      case SHUTDOWN -> lent(t, false);
      case RELEASE -> s.processes == 0 && !s.held ? t : null;
      case DESTROY -> with(t, t.life, false, false, t.taken, s.lent && !plan.merged());
      case BURY -> {
        boolean free = s.processes == 0 && !s.held;
        yield free ? with(t, Life.GONE, false, false, t.taken, t.stray) : null;
      }
    };
  }

  private static State with(
      State s, Life life, boolean gate, boolean built, int taken, boolean stray) {
    return new State(life, gate, s.processes, s.fresh, s.held, s.lent, built, taken, stray);
  }

  private static State processes(State s, int n, int fresh) {
    return new State(s.life, s.gate, n, fresh, s.held, s.lent, s.built, s.taken, s.stray);
  }

  private static State held(State s, boolean now) {
    return new State(s.life, s.gate, s.processes, s.fresh, now, s.lent, s.built, s.taken, s.stray);
  }

  private static State lent(State s, boolean now) {
    return new State(s.life, s.gate, s.processes, s.fresh, s.held, now, s.built, s.taken, s.stray);
  }

  /** Steps taken until the removal waits or has ended: what is seen where nobody interrupts it. */
  State settled(State s) {
    State now = s;
    for (Optional<State> n = after(now, Act.STEP); n.isPresent(); n = after(now, Act.STEP)) {
      now = n.get();
    }
    return now;
  }

  private int place(TeardownStep step) {
    int at = plan.steps().indexOf(step);
    return at < 0 ? Integer.MAX_VALUE : at;
  }

  /** The rules that a state breaks; docs/lifecycle.md has them in words. */
  List<String> broken(State s) {
    List<String> broken = new ArrayList<>();
    if (s.life == Life.DYING && s.taken > place(TeardownStep.KILL) && s.fresh > 0) {
      broken.add("a process that nobody killed lives in a dying jail");
    }
    if (!s.built && s.processes > 0) {
      broken.add("a process lives on a stack that was destroyed");
    }
    if (!s.built && s.lent || s.stray) {
      broken.add("an interface is left in a stack that was destroyed");
    }
    if (s.life == Life.DYING && s.taken > place(TeardownStep.SHUTDOWN) && s.lent) {
      broken.add("an interface is in the jail after the shutdown stage");
    }
    if (s.life == Life.GONE && (s.held || s.processes > 0)) {
      broken.add("somebody holds what is gone");
    }
    if (s.life != Life.ALIVE && s.taken > place(TeardownStep.KILL) && s.gate) {
      broken.add("the gate of a dying jail is open after the kill");
    }
    return broken;
  }
}
