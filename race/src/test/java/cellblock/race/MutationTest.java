package cellblock.race;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each guard of the staged plan holds something up: without it a named scenario turns red. */
class MutationTest {
  /** Which scenario notices; docs/lifecycle.md tells how. */
  private static final Map<String, String> NOTICED_BY =
      Map.ofEntries(
          entry("GATE", "F36"),
          entry("ENTRY", "F30"),
          entry("PARENT", "F14"),
          entry("CLAIM", "F3"),
          entry("SWEEP", "F16"),
          entry("LEAVING", "F6"),
          entry("GENERATION_ON_MOVE", "F19"),
          entry("GENERATION_ON_DETACH", "F19b"),
          entry("LINK_STATE", "F8"),
          entry("HOME_CLONER", "inside"),
          entry("HOME_NAME", "F28"),
          entry("TAPS", "F24"),
          entry("MEMBERSHIPS", "F33"),
          entry("RIB_CLOSING", "F15b"),
          entry("CACHES", "F16b"),
          entry("EARLY_LIST", "F27"),
          entry("SECOND_PHASE", "phases"),
          entry("step KILL", "F34"),
          entry("step AWAIT", "program"),
          entry("step SHUTDOWN", "F15"),
          entry("step AUDIT", "F22"),
          entry("detach step GRACE", "section"),
          entry("detach order: revoke before unlink", "section"));

  /** Second lines: what they hold up stands by another guard alone, as the documents say. */
  private static final Set<String> SECOND_LINES =
      Set.of("HANDLE_VNET", "REASSIGN", "detach order: unlink before down");

  static List<Mutation> mutations() {
    return Mutation.all().stream().filter(m -> NOTICED_BY.containsKey(m.name())).toList();
  }

  @Test
  void every_guard_is_on_the_list() {
    assertThat(Mutation.all())
        .extracting(Mutation::name)
        .allMatch(name -> NOTICED_BY.containsKey(name) || SECOND_LINES.contains(name));
  }

  @ParameterizedTest
  @MethodSource("mutations")
  void without_it_a_scenario_turns_red(Mutation m) {
    Scenario s = Scenarios.named(NOTICED_BY.get(m.name()));
    assertThat(s).isNotNull();
    Reduced.Result r = Reduced.find(s, m.name(), 2, 10_000);
    assertThat(r.schedule()).as("%s without %s", s, m.name()).isNotEmpty();
    Run again = Run.of(s, m.plan(), Schedule.parse(r.schedule()));
    assertThat(again.findings()).as("replayed").isNotEmpty();
  }
}
