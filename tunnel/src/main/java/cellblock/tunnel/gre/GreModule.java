package cellblock.tunnel.gre;

import cellblock.kern.module.Declarations;
import cellblock.kern.module.KernelModule;
import cellblock.kern.module.ModuleInfo;
import cellblock.kern.vnet.Order;
import cellblock.kern.vnet.Subsystem;
import cellblock.kern.vnet.VnetVariable;
import cellblock.net.ifnet.IfCloners;
import cellblock.net.ifnet.IfType;
import cellblock.tunnel.TunnelClone;
import cellblock.tunnel.TunnelSysctls;
import cellblock.tunnel.Tunnels;
import cellblock.wire.IpProtocol;

/**
 * if_gre: the module of {@link Gre} (ancestor: gremodevent, vnet_gre_init of net/if_gre.c). Its
 * shutdown handler takes the ends of all tunnels away, while ribs and protocols are alive.
 */
public final class GreModule implements KernelModule {
  /** GREMTU. */
  private static final int MTU = 1476;

  /** GRE_TTL and GRE_HLIM. */
  private static final int HOPS = 30;

  /** The gre tunnels of each vnet. */
  public static final VnetVariable<Tunnels> V_GRE =
      VnetVariable.define(
          "gre", v -> new Tunnels(v, HOPS, IpProtocol.GRE).inUdp(Gre.UDP_PORT, Gre.IN_UDP));

  @Override
  public ModuleInfo info() {
    return ModuleInfo.of("if_gre", 1, new ModuleInfo.Dependency("inet", 1, 1, 1));
  }

  @Override
  public void declare(Declarations d) {
    d.variable(V_GRE);
    IfCloners.declare(d, "gre", new TunnelClone(IfType.TUNNEL, MTU, Gre::new, V_GRE));
    d.vnetShutdown(
        Subsystem.PROTO_IFATTACHDOMAIN,
        Order.ANY,
        "gre tunnels",
        v -> {
          V_GRE.of(v).deleteAll();
          return null;
        });
    TunnelSysctls.declare(d, "gre", V_GRE::of);
  }
}
