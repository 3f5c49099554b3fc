package cellblock.race;

import cellblock.kern.plan.DetachStep;
import cellblock.kern.plan.Guard;
import cellblock.kern.plan.TeardownPlan;
import cellblock.kern.plan.TeardownStep;
import java.util.ArrayList;
import java.util.List;

/**
 * The staged plan with one thing taken out.
 *
 * @param name what was taken out
 * @param plan what is left
 */
public record Mutation(String name, TeardownPlan plan) {
  /** Each guard, and each step that waits or looks. */
  public static List<Mutation> all() {
    List<Mutation> all = new ArrayList<>();
    for (Guard g : Guard.values()) {
      all.add(new Mutation(g.name(), TeardownPlan.STAGED.without(g)));
    }
    for (TeardownStep s :
        List.of(TeardownStep.KILL, TeardownStep.AWAIT, TeardownStep.SHUTDOWN, TeardownStep.AUDIT)) {
      all.add(new Mutation("step " + s, TeardownPlan.STAGED.without(s)));
    }
    all.add(
        new Mutation(
            "detach step GRACE",
            TeardownPlan.STAGED.detach(DetachStep.DOWN, DetachStep.UNLINK, DetachStep.REVOKE)));
    all.add(
        new Mutation(
            "detach order: revoke before unlink",
            TeardownPlan.STAGED.detach(
                DetachStep.DOWN, DetachStep.REVOKE, DetachStep.GRACE, DetachStep.UNLINK)));
    all.add(
        new Mutation(
            "detach order: unlink before down",
            TeardownPlan.STAGED.detach(
                DetachStep.UNLINK, DetachStep.GRACE, DetachStep.DOWN, DetachStep.REVOKE)));
    return all;
  }
}
