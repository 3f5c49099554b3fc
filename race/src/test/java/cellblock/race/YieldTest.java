package cellblock.race;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.kern.plan.TeardownPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Yield points inside turns: every one is reached while somebody else could go first. */
class YieldTest {
  /** The points that scenarios reach; called in the copy of the classes that has them. */
  static Set<String> reached() {
    Set<String> reached = new TreeSet<>();
    List<Scenario> all = new ArrayList<>(Scenarios.all());
    all.add(AbsentTest.rememberedRoute());
    all.add(twoJails());
    for (Scenario s : all) {
      Explorer explorer = new Explorer(s, TeardownPlan.STAGED);
      for (long seed = 1; seed <= 100; seed++) {
        Run run = explorer.seeded(seed);
        if (!run.findings().isEmpty()) {
          throw new IllegalStateException(s + " --yield --seed " + seed + ": " + run.findings());
        }
        reached.addAll(run.points());
      }
    }
    return reached;
  }

  /** Somebody else is always there, to the last step. */
  private static Scenario twoJails() {
    return Scenario.of(
        "two jails",
        "this test",
        "two jails die at the same time",
        "",
        w -> {
          w.jail("a");
          w.jail("b");
          w.removes("a");
          w.removes("b");
        });
  }

  @Test
  void every_yield_point_is_reached_while_somebody_else_could_go_first() throws Exception {
    Set<String> all = new TreeSet<>(YieldLoader.POINTS);
    all.addAll(YieldLoader.ENTRIES);
    Object reached =
        new YieldLoader(YieldTest.class.getClassLoader()).call(YieldTest.class, "reached");
    assertThat((Set<?>) reached).as("yield points").isEqualTo(all);
  }
}
