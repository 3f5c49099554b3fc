package cellblock.race;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each guard of the staged plan holds something up: without it a named scenario turns red. */
class MutationTest {
  /** Which scenario notices; docs/lifecycle.md tells how. */
  private static final Map<String, String> NOTICED_BY = new LinkedHashMap<>();

  /** Second lines: what they hold up stands by another guard alone, as the documents say. */
  private static final List<String> SECOND_LINES = new ArrayList<>();

  static {
    NOTICED_BY.put("GATE", "F36");
    NOTICED_BY.put("ENTRY", "F30");
    NOTICED_BY.put("PARENT", "F14");
    NOTICED_BY.put("CLAIM", "F3");
    NOTICED_BY.put("SWEEP", "F16");
    NOTICED_BY.put("LEAVING", "F6");
    NOTICED_BY.put("GENERATION_ON_MOVE", "F19");
    NOTICED_BY.put("GENERATION_ON_DETACH", "F19b");
    SECOND_LINES.add("HANDLE_VNET");
    NOTICED_BY.put("LINK_STATE", "F8");
    NOTICED_BY.put("HOME_CLONER", "inside");
    NOTICED_BY.put("HOME_NAME", "F28");
    NOTICED_BY.put("TAPS", "F24");
    NOTICED_BY.put("MEMBERSHIPS", "F33");
    SECOND_LINES.add("REASSIGN");
    NOTICED_BY.put("RIB_CLOSING", "F15b");
    NOTICED_BY.put("CACHES", "F16b");
    NOTICED_BY.put("EARLY_LIST", "F27");
    NOTICED_BY.put("SECOND_PHASE", "phases");
    NOTICED_BY.put("step KILL", "F34");
    NOTICED_BY.put("step AWAIT", "program");
    NOTICED_BY.put("step SHUTDOWN", "F15");
    NOTICED_BY.put("step AUDIT", "F22");
    NOTICED_BY.put("detach step GRACE", "section");
    NOTICED_BY.put("detach order: revoke before unlink", "section");
    SECOND_LINES.add("detach order: unlink before down");
  }

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
