package cellblock.race;

import cellblock.kern.plan.TeardownPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
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
      @Nullable Run first, List<String> outcomes, int longest) {}

  private final Scenario scenario;
  private final TeardownPlan plan;
  private final boolean reduces;

  /** Takes every interleaving. */
  public Explorer(Scenario scenario, TeardownPlan plan) {
    this(scenario, plan, false);
  }

  /**
   * @param reduces leaves out interleavings that come to what another one comes to ({@link
   *     Reduction}): only in classes that {@link TouchLoader} has loaded
   */
  Explorer(Scenario scenario, TeardownPlan plan, boolean reduces) {
    if (reduces && !Touch.isWoven()) {
      throw new IllegalStateException("these classes do not tell what they touch");
    }
    this.scenario = scenario;
    this.plan = plan;
    this.reduces = reduces;
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
    int longest = 0;
    long seen = 0;
    for (long runs = 1; ; runs++) {
      Run run = reduces ? Run.reduced(scenario, plan, next) : Run.of(scenario, plan, next);
      if (run.seen()) {
        seen++;
      } else {
        outcomes.add(String.join(", ", run.outcomes()));
      }
      longest = Math.max(longest, run.decisions().size());
      if (stop.test(run)) {
        return new Result(runs, seen, false, run, List.copyOf(outcomes), longest);
      }
      next = successor(run.decisions(), preemptions);
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

  /** The next way in depth-first order, or null after the last. */
  private static @Nullable Schedule successor(List<Decision> made, int preemptions) {
    for (int last = made.size() - 1; last >= 0; last--) {
      Decision d = made.get(last);
      if (d.picked() + 1 == d.ways()) {
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
