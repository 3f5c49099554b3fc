package cellblock.race;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.kern.plan.TeardownPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the reduction leaves out comes to nothing new, for every scenario and both its plans: the
 * runs that are left take every order of dependent steps that any run takes; and what counts as
 * independent is: runs of one order come to the same end. An end is what lanes did, whatever the
 * order, how everybody ended, and what was wrong.
 */
class ReductionTest {
  private static final int PREEMPTIONS = 1;
  private static final long USUAL = 1_000;
  private static final long MOST = Long.getLong("cellblock.race.every", USUAL);
  private static final Pattern TURN = Pattern.compile(" *\\d+ {2}(\\S+) +turn \\d+ +(.*)");
  private static final Pattern UNIT = Pattern.compile("(?<=\\blo)\\d+");

  /** Has ten times as many interleavings as any other: looked at where more than usual are. */
  private static final String LARGE = "F11b";

  static List<Scenario> scenarios() {
    return Scenarios.all().stream().filter(s -> MOST > USUAL || !s.name().equals(LARGE)).toList();
  }

  /**
   * The orders that the runs of a scenario take, each with its end; called in the copy of the
   * classes that tells. Stops after {@link #MOST} runs.
   *
   * @throws IllegalStateException when two runs of one order come to different ends
   */
  static Map<String, String> orders(String name, boolean classic, boolean reduced) {
    Scenario s = Scenarios.named(name);
    TeardownPlan plan = classic ? s.classic() : TeardownPlan.STAGED;
    Explorer explorer = reduced ? Explorer.reduced(s, plan) : Explorer.watched(s, plan);
    Map<String, String> orders = new TreeMap<>();
    long most = reduced ? Long.MAX_VALUE : MOST;
    Explorer.Result unused =
        explorer.exhaustive(
            PREEMPTIONS,
            most,
            run -> {
              if (!run.seen()) {
                String end = end(run);
                String before = orders.putIfAbsent(String.join("\n", run.order()), end);
                if (before != null && !before.equals(end)) {
                  throw new IllegalStateException(run.schedule() + ": " + before + "\n" + end);
                }
              }
              return false;
            });
    return orders;
  }

  /**
   * What came of a run, its turns without their order. A step's words call an interface by the name
   * that it has just then, which the step itself may never read: F28 renames one.
   */
  private static String end(Run run) {
    List<String> turns = new ArrayList<>();
    for (String line : run.trace().lines()) {
      Matcher m = TURN.matcher(line);
      if (m.matches()) {
        turns.add(m.group(1) + ": " + UNIT.matcher(m.group(2)).replaceAll(""));
      }
    }
    turns.sort(null);
    List<String> findings = run.findings().stream().map(Finding::text).sorted().toList();
    return run.outcomes() + " " + findings + " " + turns;
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void the_runs_that_are_left_take_every_order_of_dependent_steps(Scenario s) {
    for (boolean classic : new boolean[] {false, true}) {
      Map<String, String> all = told(s, classic, false);
      Map<String, String> left = told(s, classic, true);
      assertThat(left).as("%s, %s", s, classic ? "classic" : "staged").containsAllEntriesOf(all);
      assertThat(all.values()).isNotEmpty();
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, String> told(Scenario s, boolean classic, boolean reduced) {
    return (Map<String, String>)
        Reduced.call(ReductionTest.class, "orders", s.name(), classic, reduced);
  }
}
