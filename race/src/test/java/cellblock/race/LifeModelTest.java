package cellblock.race;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.kern.errno.ErrnoException;
import cellblock.kern.jail.HolderKind;
import cellblock.kern.jail.Prison;
import cellblock.kern.jail.PrisonState;
import cellblock.kern.lane.KernelFault;
import cellblock.kern.plan.Guard;
import cellblock.kern.plan.TeardownPlan;
import cellblock.kern.plan.TeardownStep;
import cellblock.kern.proc.Proc;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.IfMove;
import cellblock.net.ifnet.Ifnet;
import cellblock.race.LifeModel.Act;
import cellblock.race.LifeModel.Life;
import cellblock.race.LifeModel.State;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Every state of the model, and every edge of it on the real kernel. */
class LifeModelTest {
  private static final LifeModel STAGED = new LifeModel(TeardownPlan.STAGED);

  /** Every state that can be reached, with the shortest way to it. */
  private static Map<State, List<Act>> reachable(LifeModel model, boolean settle) {
    Map<State, List<Act>> ways = new LinkedHashMap<>();
    ArrayDeque<State> open = new ArrayDeque<>(List.of(State.FIRST));
    ways.put(State.FIRST, List.of());
    while (!open.isEmpty()) {
      State s = open.remove();
      for (Act act : Act.values()) {
        if (settle && act == Act.STEP) {
          continue;
        }
        Optional<State> next = model.after(s, act).map(n -> settle ? model.settled(n) : n);
        if (next.isPresent() && !ways.containsKey(next.get())) {
          List<Act> way = new ArrayList<>(ways.get(s));
          way.add(act);
          ways.put(next.get(), way);
          open.add(next.get());
        }
      }
    }
    return ways;
  }

  private static Set<String> broken(TeardownPlan plan) {
    LifeModel model = new LifeModel(plan);
    Set<String> all = new LinkedHashSet<>();
    reachable(model, false).keySet().forEach(s -> all.addAll(model.broken(s)));
    return all;
  }

  @Test
  void no_state_of_the_staged_life_breaks_a_rule() {
    Map<State, List<Act>> states = reachable(STAGED, false);
    System.out.println(states.size() + " states of the staged life");
    assertThat(states).hasSizeGreaterThan(30);
    assertThat(states).allSatisfy((s, way) -> assertThat(STAGED.broken(s)).as("%s", way).isEmpty());
  }

  @Test
  void from_every_state_a_removal_can_come_to_its_end() {
    for (State s : reachable(STAGED, false).keySet()) {
      State now = s;
      for (int i = 0; i < 40 && now.life() != Life.GONE; i++) {
        Act next =
            now.life() == Life.ALIVE
                ? Act.REMOVE
                : now.processes() > now.fresh() ? Act.EXIT : now.held() ? Act.RELEASE : Act.STEP;
        now = STAGED.after(now, next).or(() -> Optional.of(s)).get();
        if (next != Act.STEP) {
          now = STAGED.after(now, Act.STEP).orElse(now);
        }
      }
      assertThat(now.life()).as("%s", s).isEqualTo(Life.GONE);
    }
  }

  @Test
  void each_rule_needs_its_guard_or_step() {
    assertThat(broken(TeardownPlan.STAGED.without(Guard.ENTRY)))
        .contains("a process that nobody killed lives in a dying jail");
    assertThat(broken(TeardownPlan.STAGED.without(Guard.GATE)))
        .contains(
            "an interface is in the jail after the shutdown stage",
            "an interface is left in a stack that was destroyed",
            "the gate of a dying jail is open after the kill");
    assertThat(broken(TeardownPlan.STAGED.without(TeardownStep.AWAIT)))
        .contains("a process lives on a stack that was destroyed");
    assertThat(broken(TeardownPlan.STAGED.without(TeardownStep.SHUTDOWN)))
        .contains("an interface is left in a stack that was destroyed");
    assertThat(broken(TeardownPlan.CLASSIC)).isNotEmpty();
    assertThat(broken(TeardownPlan.PROTOTYPE)).isNotEmpty();
  }

  @Test
  void the_kernel_does_what_the_model_says_on_every_edge() throws ErrnoException {
    Map<State, List<Act>> states = reachable(STAGED, true);
    int edges = 0;
    for (Map.Entry<State, List<Act>> from : states.entrySet()) {
      for (Act act : Act.values()) {
        if (act != Act.STEP && possible(from.getKey(), act)) {
          replay(from.getValue(), act);
          edges++;
        }
      }
    }
    System.out.println(states.size() + " settled states, " + edges + " edges replayed");
    assertThat(edges).isGreaterThan(40);
  }

  /** Whether somebody could try it at all, refused or not. */
  private static boolean possible(State s, Act act) {
    return switch (act) {
      case EXIT -> s.processes() > s.fresh() || s.life() == Life.ALIVE && s.processes() > 0;
      case HOLD -> s.life() != Life.GONE && !s.held();
      case RELEASE -> s.held();
      case LEND -> !s.lent();
      case RECLAIM -> s.lent();
      case FORK -> s.processes() < LifeModel.MOST;
      case REMOVE -> s.life() == Life.ALIVE;
      case STEP -> false;
    };
  }

  private static void replay(List<Act> way, Act last) throws ErrnoException {
    Real real = new Real();
    State s = State.FIRST;
    for (Act act : way) {
      s = real.does(s, act, way + " then " + last);
    }
    real.does(s, last, way + " then " + last);
  }

  /** A kernel, and the words of the model for it. */
  private static final class Real {
    private final World world =
        new World(
            TeardownPlan.STAGED,
            new Director(Schedule.undisturbed(), null, new Trace(), null),
            new Trace(),
            List.of());
    private final Vnet vnet;
    private final Prison prison;
    private final Ifnet ifp;
    private final ArrayDeque<Proc> processes = new ArrayDeque<>();

    Real() throws ErrnoException {
      vnet = world.jail("j");
      prison = world.prison("j");
      world.create(world.host(), "lo");
      ifp = world.unit(world.host(), "lo1");
    }

    /** Does it, and compares what came of it with the model. */
    State does(State s, Act act, String way) throws ErrnoException {
      Optional<State> next = STAGED.after(s, act).map(STAGED::settled);
      boolean done = tries(act);
      world.sim().stepper().settle();
      assertThat(done).as("%s: %s", way, act).isEqualTo(next.isPresent());
      State now = next.orElse(s);
      PrisonState life = PrisonState.valueOf(now.life().name());
      assertThat(prison.state()).as("%s: %s", way, act).isEqualTo(life);
      assertThat(ifp.vnet() == vnet).as("%s: %s: lent", way, act).isEqualTo(now.lent());
      assertThat(prison.held(HolderKind.PROCESS)).as(way).isEqualTo(now.processes());
      assertThat(vnet.state() == Vnet.State.DEAD).as("%s: %s", way, act).isEqualTo(!now.built());
      assertThat(world.machine().memguard().faults()).as(way).isEmpty();
      return now;
    }

    private boolean tries(Act act) throws ErrnoException {
      try {
        acts(act);
        return true;
      } catch (ErrnoException e) {
        return false;
      } catch (KernelFault f) {
        throw new AssertionError(act + " in " + prison.state(), f);
      }
    }

    private void acts(Act act) throws ErrnoException {
      switch (act) {
        case FORK ->
            processes.add(
                turn(() ->
                    world
                        .kernel()
                        .procs()
                        .start(prison, null, 0, "p", new ReaderScenarios.Busy())));
        case EXIT -> {
          Proc p = processes.remove();
          turn(() -> {
            world.kernel().procs().exit(p);
            return true;
          });
        }
        case HOLD ->
            turn(() -> {
              prison.hold(HolderKind.DEVICE);
              return true;
            });
        case RELEASE -> turn(() -> world.kernel().prisons().release(prison, HolderKind.DEVICE));
        case LEND -> world.run(IfMove.lend(world.host(), "lo1", vnet));
        case RECLAIM -> world.run(IfMove.reclaim(world.host(), "lo1", vnet));
        case REMOVE ->
            turn(() -> {
              world.machine().spawn(world.kernel().jails().begin(prison));
              return true;
            });
        case STEP -> throw new IllegalArgumentException("no act");
      }
    }

    private <T> T turn(java.util.concurrent.Callable<T> work) throws ErrnoException {
      return world.machine().kernelLane().call(work);
    }
  }
}
