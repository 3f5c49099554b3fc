package cellblock.race;

import cellblock.kern.plan.TeardownPlan;
import java.util.List;

/**
 * Explorations that leave out what was seen, in the copy of the classes that tells what it touches.
 */
final class Reduced {
  private static final TouchLoader LOADER = new TouchLoader(Reduced.class.getClassLoader());

  /**
   * What an exploration came to.
   *
   * @param runs how many runs were begun
   * @param seen how many of them ended early
   * @param schedule of the first run at fault, or null
   */
  record Result(long runs, long seen, boolean complete, String schedule, String findings) {
    long whole() {
      return runs - seen;
    }
  }

  private Reduced() {}

  /** Looks for the first run at fault: in "classic" for the scenario's own. */
  static Result find(Scenario s, String plan, int preemptions, long most) {
    return result("find", s, plan, preemptions, most);
  }

  /** Takes every course, until one is at fault. */
  static Result exhaustive(Scenario s, String plan, int preemptions, long most) {
    return result("exhaustive", s, plan, preemptions, most);
  }

  private static Result result(String how, Scenario s, String plan, int preemptions, long most) {
    List<?> r = (List<?>) call(Reduced.class, "explore", how, s.name(), plan, preemptions, most);
    return new Result(
        (Long) r.get(0), (Long) r.get(1), (Boolean) r.get(2), (String) r.get(3), (String) r.get(4));
  }

  /** Calls a static method of that copy. */
  static Object call(Class<?> type, String method, Object... arguments) {
    try {
      return LOADER.call(type, method, arguments);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Called in that copy. */
  static List<Object> explore(
      String how, String scenario, String plan, int preemptions, long most) {
    Scenario s = Scenarios.named(scenario);
    boolean classic = plan.equals("classic");
    Explorer explorer = Explorer.reduced(s, plan(s, plan));
    Explorer.Result r =
        how.equals("find")
            ? explorer.find(preemptions, most, run -> isAtFault(s, run, classic))
            : explorer.exhaustive(preemptions, most, run -> isAtFault(s, run, classic));
    Run first = r.first();
    return List.of(
        r.runs(),
        r.seen(),
        r.complete(),
        first == null ? "" : first.schedule().toString(),
        first == null ? "" : first.findings().toString());
  }

  private static boolean isAtFault(Scenario s, Run run, boolean classic) {
    return classic ? Main.matches(s, run) : !run.findings().isEmpty();
  }

  /** "staged", "classic", or staged without what a mutation takes out. */
  private static TeardownPlan plan(Scenario s, String name) {
    return switch (name) {
      case "staged" -> TeardownPlan.STAGED;
      case "classic" -> s.classic();
      default ->
          Mutation.all().stream()
              .filter(m -> m.name().equals(name))
              .findFirst()
              .orElseThrow()
              .plan();
    };
  }
}
