package cellblock.net.bridge;

import cellblock.kern.module.Declarations;
import cellblock.kern.module.KernelModule;
import cellblock.kern.module.ModuleInfo;
import cellblock.kern.sysctl.SysctlBranch;
import cellblock.kern.vnet.VnetVariable;
import cellblock.net.ifnet.IfCloners;

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
    SysctlBranch<BridgeNet> link = new SysctlBranch<>(d::sysctl, "net.link.bridge.", V_BRIDGE::of);
    link.knob("allow_llz_overlap", n -> n.overlap)
        .flag(
            "Allow overlap of link-local scope zones of a bridge interface and the member"
                + " interfaces");
    link.knob("inherit_mac", n -> n.inheritMac)
        .flag("Inherit MAC address from the first bridge member");
    link.knob("log_mac_flap", n -> n.logFlaps).flag("Log MAC address port flapping");
    link.knob("member_ifaddrs", n -> n.memberAddresses)
        .flag("Allow layer 3 addresses on bridge members");
    link.knob("pfil_onlyip", n -> n.pfilOnlyIp).flag("Only pass IP packets when pfil is enabled");
    link.knob("pfil_bridge", n -> n.pfilBridge).flag("Packet filter on the bridge interface");
    link.knob("pfil_member", n -> n.pfilMember).flag("Packet filter on the member interface");
    link.knob("pfil_local_phys", n -> n.pfilLocal)
        .flag("Packet filter on the physical interface for locally destined packets");
  }
}
