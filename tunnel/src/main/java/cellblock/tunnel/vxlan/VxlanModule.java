package cellblock.tunnel.vxlan;

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

/**
 * if_vxlan: the module of {@link Vxlan} (ancestor: vxlan_modevent of net/if_vxlan.c). Its shutdown
 * handler stops all, while ribs, groups and ports are alive.
 */
public final class VxlanModule implements KernelModule {
  /** What this machine's Ethernet addresses are made from. */
  static final MachineVariable<Long> VXLAN_KEY =
      MachineVariable.define("vxlan_key", m -> m.splitRandom().nextLong());

  /** The vxlans of each vnet. */
  static final VnetVariable<VxlanNet> V_VXLAN = VnetVariable.define("vxlan", VxlanNet::new);

  @Override
  public ModuleInfo info() {
    return ModuleInfo.of("if_vxlan", 1, new ModuleInfo.Dependency("inet", 1, 1, 1));
  }

  @Override
  public void declare(Declarations d) {
    d.variable(VXLAN_KEY);
    d.variable(V_VXLAN);
    IfCloners.declare(d, "vxlan", new VxlanClone());
    d.vnetShutdown(
        Subsystem.PROTO_IFATTACHDOMAIN,
        Order.ANY,
        "vxlan tunnels",
        v -> {
          V_VXLAN.of(v).stopAll();
          return null;
        });
    d.sysctl(
        SysctlDeclaration.vnetInt(
            "net.link.vxlan.nexthop_cache",
            v -> V_VXLAN.of(v).caching,
            0,
            1,
            "Remember the nexthop of each far end"));
    TunnelSysctls.counters(d, "net.link.vxlan.", v -> V_VXLAN.of(v).stats);
  }
}
