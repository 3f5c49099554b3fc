package cellblock.race;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.kern.plan.TeardownPlan;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every scenario shows its fault in the plan that has it, and none in {@code staged}, whatever the
 * interleaving. The bound of the normal build is one preemption; {@code
 * -Dcellblock.race.preemptions=2} is that of the table in docs/lifecycle.md.
 */
class ScenariosTest {
  private static final int PREEMPTIONS = Integer.getInteger("cellblock.race.preemptions", 1);
  private static final long MOST = Long.getLong("cellblock.race.runs", 3_000);

  static List<Scenario> scenarios() {
    return Scenarios.all();
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void the_classic_plan_leads_to_the_fault_and_names_it(Scenario s) {
    Pattern fault = Pattern.compile(s.fault());
    Explorer.Result r =
        new Explorer(s, s.classic())
            .find(
                2,
                20_000,
                run -> run.findings().stream().anyMatch(f -> fault.matcher(f.text()).find()));
    assertThat(r.first()).as("a run of %s with %s", s, s.fault()).isNotNull();
    Run again = Run.of(s, s.classic(), r.first().schedule());
    assertThat(again.findings()).as("replayed").hasToString(r.first().findings().toString());
    assertThat(again.trace().lines()).isEqualTo(r.first().trace().lines());
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void no_interleaving_of_the_staged_plan_is_at_fault(Scenario s) {
    Explorer.Result r =
        new Explorer(s, TeardownPlan.STAGED)
            .exhaustive(PREEMPTIONS, MOST, run -> !run.findings().isEmpty());
    System.out.printf(
        "%s: %d interleavings with at most %d preemptions%s%n",
        s, r.runs(), PREEMPTIONS, r.complete() ? "" : ", cut off");
    assertThat(r.first())
        .as(
            "%s --schedule %s: %s",
            s,
            r.first() == null ? "" : r.first().schedule(),
            r.first() == null ? "" : r.first().findings())
        .isNull();
  }
}
