package cellblock.packetdrill;

import cellblock.kern.module.Declarations;
import cellblock.kern.module.KernelModule;
import cellblock.kern.module.ModuleInfo;
import cellblock.net.ifnet.IfCloners;

/** The type "tun" of the runner's kernels: see {@link Tun}. */
final class TunModule implements KernelModule {
  @Override
  public ModuleInfo info() {
    return ModuleInfo.of("packetdrill_tun", 1);
  }

  @Override
  public void declare(Declarations d) {
    d.variable(Tun.V_LINK);
    IfCloners.declare(d, "tun", new Tun.Clone());
  }
}
