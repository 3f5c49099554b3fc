package cellblock.net.bridge;

import cellblock.kern.module.Declarations;
import cellblock.kern.module.KernelModule;
import cellblock.kern.module.ModuleInfo;
import cellblock.kern.sysctl.IntCell;
import cellblock.kern.sysctl.SysctlDeclaration;
import cellblock.kern.vnet.VnetVariable;
import cellblock.net.ifnet.IfCloners;
import java.util.function.Function;

/**
 * if_bridge: the module of {@link Bridge} (ancestor: bridge_modevent, vnet_bridge_init). Bridges
 * die in the shutdown stage with the other cloned interfaces.
 */
public final class BridgeModule implements KernelModule {
  /** The bridges of each vnet. */
  static final VnetVariable<BridgeNet> V_BRIDGE = VnetVariable.define("bridge", BridgeNet::new);

  @Override
  public ModuleInfo info() {
    return ModuleInfo.of("if_bridge", 1, new ModuleInfo.Dependency("net", 1, 1, 1));
  }

  @Override
  public void declare(Declarations d) {
    d.variable(V_BRIDGE);
    IfCloners.declare(d, "bridge", new BridgeClone());
    flag(d, "allow_llz_overlap", n -> n.overlap, OVERLAP);
    flag(d, "inherit_mac", n -> n.inheritMac, "Inherit MAC address from the first bridge member");
    flag(d, "log_mac_flap", n -> n.logFlaps, "Log MAC address port flapping");
    flag(d, "member_ifaddrs", n -> n.memberAddresses, "Allow layer 3 addresses on bridge members");
    flag(d, "pfil_onlyip", n -> n.pfilOnlyIp, "Only pass IP packets when pfil is enabled");
    flag(d, "pfil_bridge", n -> n.pfilBridge, "Packet filter on the bridge interface");
    flag(d, "pfil_member", n -> n.pfilMember, "Packet filter on the member interface");
    flag(
        d,
        "pfil_local_phys",
        n -> n.pfilLocal,
        "Packet filter on the physical interface for locally destined packets");
  }

  private static final String OVERLAP =
      "Allow overlap of link-local scope zones of a bridge interface and the member interfaces";

  private static void flag(
      Declarations d, String name, Function<BridgeNet, IntCell> of, String what) {
    d.sysctl(
        SysctlDeclaration.vnetInt(
            "net.link.bridge." + name, v -> of.apply(V_BRIDGE.of(v)), 0, 1, what));
  }
}
