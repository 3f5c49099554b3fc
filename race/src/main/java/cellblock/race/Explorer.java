package cellblock.race;

import cellblock.kern.plan.TeardownPlan;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/**
 * Tries the interleavings of a scenario: depth first, each once, with at most so many preemptions;
 * or at random from a seed. A preemption takes the turn from somebody who could have gone on;
 * switching at an end or a wait is free. Every run starts a new machine.
 */
public final class Explorer {
  /**
   * What an exploration came to.
   *
   * @param runs how many runs were made
   * @param seen how many of them ended early, because the rest was seen in another
   * @param complete whether every interleaving within the bound was run
   * @param first the first run that the caller looked for, or null
   * @param outcomes the ways in which the actors ended, each once
   */
  public record Result(
      long runs,
      long seen,
      boolean complete,
      @Nullable Run first,
      List<String> outcomes,
      int longest) {}

  private final Scenario scenario;
  private final TeardownPlan plan;
  private final Function<Schedule, Run> runs;

  /** Takes every interleaving. */
  public Explorer(Scenario scenario, TeardownPlan plan) {
    this(scenario, plan, schedule -> Run.of(scenario, plan, schedule));
  }

  private Explorer(Scenario scenario, TeardownPlan plan, Function<Schedule, Run> runs) {
    this.scenario = scenario;
    this.plan = plan;
    this.runs = runs;
  }

  /**
   * Leaves out interleavings that come to what another one comes to ({@link Reduction}).
   *
   * @throws IllegalStateException in classes that {@link TouchLoader} has not loaded
   */
  static Explorer reduced(Scenario scenario, TeardownPlan plan) {
    return told(scenario, plan, schedule -> Run.reduced(scenario, plan, schedule));
  }

  /** Takes every interleaving, and lets the runs tell their order. */
  static Explorer watched(Scenario scenario, TeardownPlan plan) {
    return told(scenario, plan, schedule -> Run.watched(scenario, plan, schedule));
  }

  private static Explorer told(Scenario scenario, TeardownPlan plan, Function<Schedule, Run> runs) {
    if (!Touch.isWoven()) {
      throw new IllegalStateException("these classes do not tell what they touch");
    }
    return new Explorer(scenario, plan, runs);
  }

  /**
   * Runs every interleaving with at most {@code preemptions}.
   *
   * @param most runs at most
   * @param stop ends the exploration with this run
   */
  public Result exhaustive(int preemptions, long most, Predicate<Run> stop) {
    TreeSet<String> outcomes = new TreeSet<>();
    Schedule next = Schedule.undisturbed();
    BitSet contested = new BitSet();
    int longest = 0;
    long seen = 0;
    for (long runs = 1; ; runs++) {
      Run run = this.runs.apply(next);
      if (run.seen()) {
        seen++;
      } else {
        outcomes.add(String.join(", ", run.outcomes()));
      }
      longest = Math.max(longest, run.decisions().size());
      if (stop.test(run)) {
        return new Result(runs, seen, false, run, List.copyOf(outcomes), longest);
      }
      contested.or(run.contested());
      next = successor(run.decisions(), preemptions, contested);
      if (next == null || runs == most) {
        return new Result(runs, seen, next == null, null, List.copyOf(outcomes), longest);
      }
    }
  }

  /**
   * Looks for a run: first without preemptions, then with one, and so on, so that what is found is
   * as plain as can be. Its {@code runs} are those of all rounds together.
   */
  public Result find(int preemptions, long most, Predicate<Run> wanted) {
    long runs = 0;
    long seen = 0;
    for (int p = 0; ; p++) {
      Result r = exhaustive(p, most - runs, wanted);
      runs += r.runs;
      seen += r.seen;
      if (r.first != null || p == preemptions || runs >= most) {
        return new Result(runs, seen, r.complete, r.first, r.outcomes, r.longest);
      }
    }
  }

  /**
   * The next way in depth-first order, or null after the last.
   *
   * @param contested where, after all runs that went the first way, others have to be tried
   */
  private static @Nullable Schedule successor(
      List<Decision> made, int preemptions, BitSet contested) {
    for (int last = made.size() - 1; last >= 0; last--) {
      Decision d = made.get(last);
      if (d.picked() + 1 == d.ways() || (d.picked() == 0 && !contested.get(last))) {
        continue;
      }
      int used = 0;
      List<Integer> picks = new ArrayList<>();
      for (Decision before : made.subList(0, last)) {
        picks.add(before.picked());
        used += before.preempts() && before.picked() != 0 ? 1 : 0;
      }
      if (used + (d.preempts() ? 1 : 0) <= preemptions) {
        picks.add(d.picked() + 1);
        contested.clear(last, made.size());
        return new Schedule(picks);
      }
    }
    return null;
  }

  /** Runs by chance, {@code runs} times; run i is that of seed + i. */
  public Result random(long seed, long runs, Predicate<Run> stop) {
    TreeSet<String> outcomes = new TreeSet<>();
    int longest = 0;
    for (long i = 0; i < runs; i++) {
      Run run = seeded(seed + i);
      outcomes.add(String.join(", ", run.outcomes()));
      longest = Math.max(longest, run.decisions().size());
      if (stop.test(run)) {
        return new Result(i + 1, 0, false, run, List.copyOf(outcomes), longest);
      }
    }
    return new Result(runs, 0, false, null, List.copyOf(outcomes), longest);
  }

  /** The run of one seed. */
  public Run seeded(long seed) {
    return Run.of(scenario, plan, RandomGeneratorFactory.of("L64X128MixRandom").create(seed));
  }
}
