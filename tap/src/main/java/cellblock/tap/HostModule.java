package cellblock.tap;

import cellblock.kern.Machine;
import cellblock.kern.MachineVariable;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.module.Declarations;
import cellblock.kern.module.KernelModule;
import cellblock.kern.module.ModuleEvent;
import cellblock.kern.module.ModuleInfo;
import cellblock.net.ifnet.IfCloners;
import cellblock.net.ifnet.IfUnits;

/**
 * if_host: the module of {@link HostClone}. It is not loaded in virtual time, where nothing may
 * come from outside.
 */
public final class HostModule implements KernelModule {
  /** Units of all vnets, owned by the kernel lane. */
  static final MachineVariable<IfUnits> HOST_UNITS =
      MachineVariable.define("host_units", m -> new IfUnits());

  /** What this machine's Ethernet addresses are made from. */
  static final MachineVariable<Long> HOST_KEY =
      MachineVariable.define("host_key", m -> m.splitRandom().nextLong());

  @Override
  public ModuleInfo info() {
    return ModuleInfo.of("if_host", 1, new ModuleInfo.Dependency("net", 1, 1, 1));
  }

  @Override
  public void event(ModuleEvent event, Machine machine) throws ErrnoException {
    if (event == ModuleEvent.LOAD && machine.threads() != null) {
      machine.messages().log("if_host: the host is not reached in virtual time");
      throw new ErrnoException(Errno.EOPNOTSUPP);
    }
  }

  @Override
  public void declare(Declarations d) {
    d.variable(HOST_UNITS);
    d.variable(HOST_KEY);
    IfCloners.declare(d, "host", new HostClone());
  }
}
