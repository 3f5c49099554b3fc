package cellblock.tunnel.wg;

import cellblock.kern.MachineVariable;
import cellblock.kern.module.Declarations;
import cellblock.kern.module.KernelModule;
import cellblock.kern.module.ModuleInfo;
import cellblock.kern.sysctl.SysctlDeclaration;
import cellblock.kern.vnet.Order;
import cellblock.kern.vnet.Subsystem;
import cellblock.kern.vnet.VnetVariable;
import cellblock.net.ifnet.IfCloners;
import cellblock.tunnel.TunnelSysctls;
import java.util.random.RandomGenerator;

/**
 * if_wg: the module of {@link Wg} (ancestor: wg_module_init, vnet_wg_init of if_wg.c). Its shutdown
 * handler cuts the devices that were made in the vnet, while the ribs are alive; in the classic
 * plan that is FreeBSD's wg_prison_remove, a method of the prison.
 */
public final class WgModule implements KernelModule {
  /** What keys, numbers and cookies of this machine are made of. */
  static final MachineVariable<RandomGenerator> WG_RANDOM =
      MachineVariable.define("wg_random", m -> m.secrets());

  /** WireGuard in each vnet. */
  static final VnetVariable<WgNet> V_WG = VnetVariable.define("wg", WgNet::new);

  @Override
  public ModuleInfo info() {
    return ModuleInfo.of("if_wg", 1, new ModuleInfo.Dependency("inet", 1, 1, 1));
  }

  @Override
  public void declare(Declarations d) {
    d.variable(WG_RANDOM);
    d.variable(V_WG);
    IfCloners.declare(d, "wg", new WgClone());
    d.vnetShutdown(
            Subsystem.PROTO_IFATTACHDOMAIN,
            Order.ANY,
            "wg devices",
            v -> {
              V_WG.of(v).cutAll();
              return null;
            })
        .asMethod();
    d.sysctl(
        SysctlDeclaration.vnetInt(
            "net.link.wg.nexthop_cache",
            v -> V_WG.of(v).caching,
            0,
            1,
            "Remember the nexthop of each endpoint"));
    TunnelSysctls.counters(d, "net.link.wg.", v -> V_WG.of(v).stats);
  }
}
