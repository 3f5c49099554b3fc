package cellblock.race;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every scenario shows its fault in the plan that has it, and none in {@code staged}, whatever the
 * interleaving. The bound of the normal build is one preemption; {@code
 * -Dcellblock.race.preemptions=2}, which is what the profile {@code soak} sets, takes minutes. Both
 * counts stand in the table of docs/lifecycle.md; {@code -Dcellblock.book=write} puts them there.
 */
class ScenariosTest {
  private static final int PREEMPTIONS = Integer.getInteger("cellblock.race.preemptions", 1);
  private static final long MOST = Long.getLong("cellblock.race.runs", 1_000_000);

  static List<Scenario> scenarios() {
    return Scenarios.all();
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void the_classic_plan_leads_to_the_fault_and_names_it(Scenario s) {
    Explorer.Result r = new Explorer(s, s.classic()).find(2, 20_000, run -> Main.matches(s, run));
    assertThat(r.first()).as("a run of %s with %s", s, s.fault()).isNotNull();
    Run again = Run.of(s, s.classic(), r.first().schedule());
    assertThat(again.findings()).as("replayed").hasToString(r.first().findings().toString());
    assertThat(again.trace().lines()).isEqualTo(r.first().trace().lines());
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void the_reduction_leaves_the_fault_of_the_classic_plan(Scenario s) {
    Reduced.Result r = Reduced.find(s, "classic", 2, 20_000);
    assertThat(r.schedule()).as("a run of %s with %s", s, s.fault()).isNotEmpty();
    Run again = Run.of(s, s.classic(), Schedule.parse(r.schedule()));
    assertThat(Main.matches(s, again)).as("replayed: %s", again.findings()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void no_interleaving_of_the_staged_plan_is_at_fault(Scenario s) throws IOException {
    Reduced.Result r = Reduced.exhaustive(s, "staged", PREEMPTIONS, MOST);
    assertThat(r.findings()).as("%s --schedule %s", s, r.schedule()).isEmpty();
    assertThat(r.complete()).as("%s: more than %d runs", s, MOST).isTrue();
    if ("write".equals(System.getProperty("cellblock.book"))) {
      Table.write(s.name(), PREEMPTIONS, Long.toString(r.whole()));
    }
    assertThat(Table.says(s.name(), PREEMPTIONS))
        .as("%s in docs/lifecycle.md, bound %d; -Dcellblock.book=write counts anew", s, PREEMPTIONS)
        .isEqualTo(Long.toString(r.whole()));
  }
}
