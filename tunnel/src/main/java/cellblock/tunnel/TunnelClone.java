package cellblock.tunnel;

import cellblock.kern.errno.ErrnoException;
import cellblock.kern.vnet.VnetVariable;
import cellblock.net.ifnet.CloneOps;
import cellblock.net.ifnet.IfCap;
import cellblock.net.ifnet.IfCloner;
import cellblock.net.ifnet.IfFlags;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * A type of point-to-point tunnels (ancestor: gif_clone_create of net/if_gif.c, gre_clone_create of
 * net/if_gre.c).
 *
 * @param type IFT_* of its interfaces
 * @param mtu MTU of a new one, bytes
 * @param make makes the tunnel of a unit
 * @param tunnels where those of a vnet are kept
 */
public record TunnelClone(
    int type, int mtu, IntFunction<? extends IpTunnel> make, VnetVariable<Tunnels> tunnels)
    implements CloneOps {
  @Override
  public Ifnet create(IfCloner cloner, String name, int unit, Map<String, String> params)
      throws ErrnoException {
    Ifnet ifp =
        Ifnet.allocate(cloner.vnet(), type, name, make.apply(unit), v -> tunnels.of(v).link());
    ifp.facts()
        .flags(IfFlags.POINTOPOINT | IfFlags.MULTICAST)
        .mtu(mtu)
        .capabilities(IfCap.LINKSTATE, IfCap.LINKSTATE);
    cloner.adopt(ifp);
    Interfaces.of(cloner.vnet()).attach(ifp);
    return ifp;
  }

  @Override
  public int unit(Ifnet ifp) {
    return ((IpTunnel) ifp.driver()).unit();
  }
}
