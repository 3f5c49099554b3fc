package cellblock.kern.jail;

import java.util.List;

/** The order of a removal, as data. */
public record TeardownPlan(String name, List<TeardownStep> steps) {
  /** The order of the house. */
  public static final TeardownPlan STAGED =
      new TeardownPlan("staged", List.of(TeardownStep.values()));

  public TeardownPlan {
    steps = List.copyOf(steps);
  }
}
