package cellblock.tunnel.wg;

import cellblock.kern.errno.ErrnoException;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.CloneOps;
import cellblock.net.ifnet.IfCap;
import cellblock.net.ifnet.IfCloner;
import cellblock.net.ifnet.IfFlags;
import cellblock.net.ifnet.IfType;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import java.util.Map;

/** The type "wg" (ancestor: wg_clone_create and wg_clone_destroy of if_wg.c). */
final class WgClone implements CloneOps {
  /** 1500 less the outer headers over IPv6. */
  static final int MTU = 1420;

  @Override
  public Ifnet create(IfCloner cloner, String name, int unit, Map<String, String> params)
      throws ErrnoException {
    Vnet home = cloner.vnet();
    Wg driver = new Wg(home, WgModule.V_WG.of(home), unit, name);
    Ifnet ifp =
        Ifnet.allocate(home, IfType.WIREGUARD, name, driver, v -> WgModule.V_WG.of(v).link());
    ifp.facts()
        .flags(IfFlags.NOARP | IfFlags.MULTICAST)
        .mtu(MTU)
        .capabilities(IfCap.LINKSTATE, IfCap.LINKSTATE);
    driver.join(ifp);
    cloner.adopt(ifp);
    try {
      Interfaces.of(home).attach(ifp);
    } catch (ErrnoException e) {
      driver.device().end();
      throw e;
    }
    return ifp;
  }

  @Override
  public int unit(Ifnet ifp) {
    return ((Wg) ifp.driver()).unit();
  }

  @Override
  public void destroyed(Ifnet ifp) {
    ((Wg) ifp.driver()).device().end();
  }
}
