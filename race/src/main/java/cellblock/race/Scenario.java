package cellblock.race;

import cellblock.kern.errno.ErrnoException;
import cellblock.kern.module.KernelModule;
import cellblock.kern.plan.TeardownPlan;
import java.util.List;

/**
 * A life-cycle race with a name.
 *
 * @param name what {@code race} calls it: "F15"
 * @param origin the seed, review or report that it comes from
 * @param title what happens, in one line
 * @param classic the plan in which it shows
 * @param fault a regular expression of the finding that the classic plan leads to
 * @param modules loaded besides the usual ones
 * @param script sets it up and names the actors
 */
public record Scenario(
    String name,
    String origin,
    String title,
    TeardownPlan classic,
    String fault,
    List<KernelModule> modules,
    Script script) {

  /** Sets a scenario up. */
  @FunctionalInterface
  public interface Script {
    void set(World world) throws ErrnoException;
  }

  public Scenario {
    modules = List.copyOf(modules);
  }

  /** One that shows in the classic plan as it is. */
  public static Scenario of(String name, String origin, String title, String fault, Script script) {
    return new Scenario(name, origin, title, TeardownPlan.CLASSIC, fault, List.of(), script);
  }

  /** The same with another plan in the part of the old one. */
  public Scenario classic(TeardownPlan plan) {
    return new Scenario(name, origin, title, plan, fault, modules, script);
  }

  /** The same with more modules. */
  public Scenario with(KernelModule... more) {
    return new Scenario(name, origin, title, classic, fault, List.of(more), script);
  }

  @Override
  public String toString() {
    return name;
  }
}
