package cellblock.race;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.kern.plan.TeardownPlan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the reduction leaves out comes to nothing new: for every scenario and both its plans, the
 * runs that are left take every course that any run takes. A course is what each lane did in what
 * order, how everybody ended, and what was wrong.
 */
class ReductionTest {
  private static final long MOST = 3_000;
  private static final Pattern TURN = Pattern.compile(" *\\d+ {2}(\\S+) +turn \\d+ +(.*)");

  static List<Scenario> scenarios() {
    return Scenarios.all();
  }

  /** The courses of a scenario's runs; called in the copy of the classes that tells, too. */
  static Set<String> courses(String name, boolean classic, int preemptions, boolean reduces) {
    Scenario s = Scenarios.named(name);
    Set<String> courses = new TreeSet<>();
    Explorer.Result r =
        new Explorer(s, classic ? s.classic() : TeardownPlan.STAGED, reduces)
            .exhaustive(
                preemptions,
                MOST,
                run -> {
                  if (!run.seen()) {
                    courses.add(course(run));
                  }
                  return false;
                });
    if (!r.complete()) {
      throw new IllegalStateException(name + " was cut off after " + MOST + " runs");
    }
    return courses;
  }

  private static String course(Run run) {
    Map<String, List<String>> lanes = new TreeMap<>();
    for (String line : run.trace().lines()) {
      Matcher m = TURN.matcher(line);
      if (m.matches()) {
        lanes.computeIfAbsent(m.group(1), _ -> new ArrayList<>()).add(m.group(2));
      }
    }
    Map<String, Object> course = new LinkedHashMap<>(lanes);
    course.put("outcomes", run.outcomes());
    course.put("findings", run.findings().stream().map(Finding::text).sorted().toList());
    return course.toString();
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void the_runs_that_are_left_take_every_course(Scenario s) {
    for (boolean classic : new boolean[] {false, true}) {
      Set<String> all = courses(s.name(), classic, 1, false);
      Object left = Reduced.call(ReductionTest.class, "courses", s.name(), classic, 1, true);
      assertThat(left).as("%s, %s", s, classic ? "classic" : "staged").isEqualTo(all);
    }
  }
}
