package cellblock.tunnel.gif;

import cellblock.kern.errno.ErrnoException;
import cellblock.net.ifnet.CloneOps;
import cellblock.net.ifnet.IfCap;
import cellblock.net.ifnet.IfCloner;
import cellblock.net.ifnet.IfFlags;
import cellblock.net.ifnet.IfType;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import java.util.Map;

/** The type "gif" (ancestor: gif_clone_create of net/if_gif.c). */
final class GifClone implements CloneOps {
  /** GIF_MTU. */
  static final int MTU = 1280;

  @Override
  public Ifnet create(IfCloner cloner, String name, int unit, Map<String, String> params)
      throws ErrnoException {
    Ifnet ifp =
        Ifnet.allocate(
            cloner.vnet(), IfType.GIF, name, new Gif(unit), v -> GifModule.V_GIF.of(v).link());
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
    return ((Gif) ifp.driver()).unit();
  }
}
