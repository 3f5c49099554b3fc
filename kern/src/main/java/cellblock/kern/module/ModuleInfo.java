package cellblock.kern.module;

import cellblock.kern.vnet.Order;
import cellblock.kern.vnet.Subsystem;
import java.util.List;

/**
 * DECLARE_MODULE, MODULE_VERSION and MODULE_DEPEND of sys/module.h.
 *
 * @param subsystem where the LOAD event stands at boot
 * @param order the same, within the subsystem
 */
public record ModuleInfo(
    String name, int version, List<Dependency> dependencies, int subsystem, int order) {

  /** MODULE_DEPEND: needs {@code name} in a version from {@code minimum} to {@code maximum}. */
  public record Dependency(String name, int minimum, int preferred, int maximum) {}

  public ModuleInfo {
    dependencies = List.copyOf(dependencies);
  }

  /** A module that needs nothing and does not mind when it is told. */
  public static ModuleInfo of(String name, int version, Dependency... dependencies) {
    return new ModuleInfo(name, version, List.of(dependencies), Subsystem.DRIVERS, Order.MIDDLE);
  }
}
