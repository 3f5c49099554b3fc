package cellblock.tunnel.gre;

import cellblock.kern.errno.ErrnoException;
import cellblock.net.ifnet.CloneOps;
import cellblock.net.ifnet.IfCap;
import cellblock.net.ifnet.IfCloner;
import cellblock.net.ifnet.IfFlags;
import cellblock.net.ifnet.IfType;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import java.util.Map;

/** The type "gre" (ancestor: gre_clone_create of net/if_gre.c). */
final class GreClone implements CloneOps {
  /** GREMTU. */
  static final int MTU = 1476;

  @Override
  public Ifnet create(IfCloner cloner, String name, int unit, Map<String, String> params)
      throws ErrnoException {
    Ifnet ifp =
        Ifnet.allocate(
            cloner.vnet(), IfType.TUNNEL, name, new Gre(unit), v -> GreModule.V_GRE.of(v).link());
    ifp.facts()
        .flags(IfFlags.POINTOPOINT | IfFlags.MULTICAST)
        .mtu(MTU)
        .capabilities(IfCap.LINKSTATE, IfCap.LINKSTATE);
    cloner.adopt(ifp);
    Interfaces.of(cloner.vnet()).attach(ifp);
    return ifp;
  }

  @Override
  public int unit(Ifnet ifp) {
    return ((Gre) ifp.driver()).unit();
  }
}
