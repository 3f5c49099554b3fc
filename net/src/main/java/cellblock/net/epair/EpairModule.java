package cellblock.net.epair;

import cellblock.kern.MachineVariable;
import cellblock.kern.module.Declarations;
import cellblock.kern.module.KernelModule;
import cellblock.kern.module.ModuleInfo;
import cellblock.net.ifnet.IfCloners;
import cellblock.net.ifnet.IfUnits;

/** if_epair: the module of {@link EpairClone} (ancestor: epair_modevent of net/if_epair.c). */
public final class EpairModule implements KernelModule {
  /** Units of all vnets, owned by the kernel lane. */
  static final MachineVariable<IfUnits> EPAIR_UNITS =
      MachineVariable.define("epair_units", m -> new IfUnits());

  /** What this machine's Ethernet addresses are made from. */
  static final MachineVariable<Long> EPAIR_KEY =
      MachineVariable.define("epair_key", m -> m.splitRandom().nextLong());

  @Override
  public ModuleInfo info() {
    return ModuleInfo.of("if_epair", 3, new ModuleInfo.Dependency("net", 1, 1, 1));
  }

  @Override
  public void declare(Declarations d) {
    d.variable(EPAIR_UNITS);
    d.variable(EPAIR_KEY);
    IfCloners.declare(d, "epair", new EpairClone());
  }
}
