package cellblock.tunnel.gif;

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
 * if_gif: the module of {@link Gif} (ancestor: gifmodevent, vnet_gif_init of net/if_gif.c). Its
 * shutdown handler takes the ends of all tunnels away, while ribs and protocols are alive.
 */
public final class GifModule implements KernelModule {
  /** GIF_MTU. */
  private static final int MTU = 1280;

  /** GIF_TTL and GIF_HLIM. */
  private static final int HOPS = 30;

  /** The gif tunnels of each vnet. */
  public static final VnetVariable<Tunnels> V_GIF =
      VnetVariable.define("gif", v -> new Tunnels(v, HOPS, IpProtocol.IPV4, IpProtocol.IPV6));

  @Override
  public ModuleInfo info() {
    return ModuleInfo.of("if_gif", 1, new ModuleInfo.Dependency("inet", 1, 1, 1));
  }

  @Override
  public void declare(Declarations d) {
    d.variable(V_GIF);
    IfCloners.declare(d, "gif", new TunnelClone(IfType.GIF, MTU, Gif::new, V_GIF));
    d.vnetShutdown(
        Subsystem.PROTO_IFATTACHDOMAIN,
        Order.ANY,
        "gif tunnels",
        v -> {
          V_GIF.of(v).deleteAll();
          return null;
        });
    TunnelSysctls.declare(d, "gif", V_GIF::of);
  }
}
