package cellblock.race;

import cellblock.kern.errno.ErrnoException;
import cellblock.kern.lane.Lane;
import cellblock.kern.memguard.Fault;
import cellblock.kern.memguard.StaleUse;
import cellblock.kern.plan.TeardownPlan;
import cellblock.kern.saga.Saga;
import cellblock.sim.Residue;
import cellblock.sim.Stepper;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One run of a scenario: set up, raced, looked at. What a run comes to depends on scenario, plan
 * and schedule alone.
 */
public final class Run {
  /** Virtual time after which a race that still goes on is stuck. */
  private static final long PATIENCE = 120_000_000_000L;

  /** Virtual time after the race in which what was left may still show. */
  private static final long AFTERLIFE = 5_000_000_000L;

  private static final int TOO_MANY = 200_000;

  private final Scenario scenario;
  private final TeardownPlan plan;
  private final Trace trace = new Trace();
  private final Director director;
  private final List<Finding> findings = new ArrayList<>();
  private final List<String> outcomes = new ArrayList<>();
  private final @Nullable Reduction reduction;
  private int faultsSeen;
  private boolean seen;

  private Run(
      Scenario scenario,
      TeardownPlan plan,
      Schedule schedule,
      @Nullable RandomGenerator random,
      @Nullable Reduction reduction) {
    this.scenario = scenario;
    this.plan = plan;
    this.reduction = reduction;
    this.director = new Director(schedule, random, trace, reduction);
  }

  /** Runs a scenario the way a schedule says. */
  public static Run of(Scenario scenario, TeardownPlan plan, Schedule schedule) {
    Run run = new Run(scenario, plan, schedule, null, null);
    run.go();
    return run;
  }

  /** The same; ends early where all that follows was seen in a run that comes before this one. */
  static Run reduced(Scenario scenario, TeardownPlan plan, Schedule schedule) {
    Run run = new Run(scenario, plan, schedule, null, new Reduction(true));
    run.go();
    return run;
  }

  /** The same to its end; tells its {@link #order}. */
  static Run watched(Scenario scenario, TeardownPlan plan, Schedule schedule) {
    Run run = new Run(scenario, plan, schedule, null, new Reduction(false));
    run.go();
    return run;
  }

  /** Runs a scenario, picking by chance. */
  public static Run of(Scenario scenario, TeardownPlan plan, RandomGenerator random) {
    Run run = new Run(scenario, plan, Schedule.undisturbed(), random, null);
    run.go();
    return run;
  }

  /** What was wrong; empty = the run was clean. */
  public List<Finding> findings() {
    return List.copyOf(findings);
  }

  /** Whether the run ended early, since what follows was seen. */
  boolean seen() {
    return seen;
  }

  /** What came before what, where that could be told; empty where nobody watched. */
  List<String> order() {
    return reduction == null ? List.of() : reduction.order();
  }

  /** The decisions at which others have to be tried; all where nothing is left out. */
  BitSet contested() {
    if (reduction != null) {
      return reduction.contested();
    }
    BitSet all = new BitSet();
    all.set(0, director.decisions().size());
    return all;
  }

  /** Who ended how. */
  public List<String> outcomes() {
    return List.copyOf(outcomes);
  }

  public Trace trace() {
    return trace;
  }

  /** The way taken; another run with it is this run again. */
  public Schedule schedule() {
    return director.taken();
  }

  /** The yield points inside turns at which somebody else could have gone first. */
  Set<String> points() {
    return director.points();
  }

  List<Decision> decisions() {
    return director.decisions();
  }

  private void go() {
    World world = new World(plan, director, trace, scenario.modules());
    director.before(() -> faults(world));
    Stepper stepper = world.sim().stepper();
    try {
      scenario.script().set(world);
      stepper.settle();
      director.interrupts(stepper);
      stepper.gate(() -> {
        director.pauses();
        return true;
      });
      for (Lane lane : world.machine().lanes().snapshot()) {
        trace.begins(lane.name(), lane.turns() >> 1);
      }
      director.race();
      Yield.ask(director);
      Touch.tell(reduction == null ? null : reduction.footprint());
      world.actors().forEach(stepper::spawn);
      race(world);
      director.rest();
      untold();
      stepper.advance(AFTERLIFE);
      faults(world);
      for (Actor a : world.actors()) {
        outcomes.add(a + ": " + a.outcome());
      }
      for (World.Check check : world.checks()) {
        check.look(text -> findings.add(Finding.of(text)));
      }
      crashes(world);
      residue(world);
    } catch (Reduction.Seen e) {
      untold();
      seen = true;
      faults(world);
    } catch (ErrnoException | RuntimeException e) {
      untold();
      faults(world);
      if (findings.isEmpty()) {
        findings.add(Finding.of("the run ended with " + e));
      }
    }
  }

  private static void untold() {
    Yield.ask(null);
    Touch.tell(null);
  }

  private void race(World world) {
    Stepper stepper = world.sim().stepper();
    long until = world.sim().clock().nanos() + PATIENCE;
    for (int n = 0; !over(stepper); n++) {
      if (stepper.step()) {
        if (n > TOO_MANY) {
          findings.add(Finding.of("does not end: " + stuck(stepper)));
          return;
        }
        continue;
      }
      director.moves();
      if (!stepper.sleep() || world.sim().clock().nanos() > until) {
        findings.add(Finding.of("stuck: " + stuck(stepper)));
        return;
      }
    }
    stepper.settle();
  }

  private boolean over(Stepper stepper) {
    director.pauses();
    return stepper.unfinished().isEmpty();
  }

  private static String stuck(Stepper stepper) {
    List<String> who = new ArrayList<>();
    for (Saga<?> s : stepper.unfinished()) {
      who.add(s + " at " + s.at());
    }
    return String.join("; ", who);
  }

  private void faults(World world) {
    List<Fault> all = world.machine().memguard().faults();
    while (faultsSeen < all.size()) {
      Fault f = all.get(faultsSeen++);
      trace.fault(f);
      findings.add(Finding.of(f));
    }
  }

  /** Turns that ended with anything but a fault that has been named already. */
  private void crashes(World world) {
    for (Lane lane : world.machine().lanes().snapshot()) {
      Throwable t = lane.fault();
      if (t != null && !named(t)) {
        findings.add(Finding.of("lane " + lane + ": " + root(t)));
      }
    }
  }

  private static boolean named(@Nullable Throwable t) {
    return t != null && (t instanceof StaleUse || named(t.getCause()));
  }

  private static Throwable root(Throwable t) {
    Throwable cause = t.getCause();
    return cause == null ? t : root(cause);
  }

  /** A machine on which nothing went wrong can be stopped without a trace. */
  private void residue(World world) {
    if (!findings.isEmpty()) {
      return;
    }
    director.mute();
    world.kernel().close();
    world.sim().stepper().settle();
    Residue.of(world.machine()).forEach(r -> findings.add(Finding.of("residue: " + r)));
    faults(world);
  }
}
