package cellblock.tunnel.vxlan;

import cellblock.kern.errno.ErrnoException;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ether.Ethernet;
import cellblock.net.ifnet.CloneOps;
import cellblock.net.ifnet.IfCap;
import cellblock.net.ifnet.IfCloner;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The type "vxlan" (ancestor: vxlan_clone_create of net/if_vxlan.c). */
final class VxlanClone implements CloneOps {
  /** 1500 less the outer headers over IPv4. */
  static final int MTU = 1450;

  /** 58:9c:fc:10:…, FreeBSD's own for made-up interfaces. */
  private static final long VENDOR = 0x58_9c_fc_10_00_00L;

  @Override
  public Ifnet create(IfCloner cloner, String name, int unit, Map<String, String> params)
      throws ErrnoException {
    Vnet vnet = cloner.vnet();
    Vxlan driver = new Vxlan(unit);
    long key = VxlanModule.VXLAN_KEY.of(vnet.machine());
    long mac = (key ^ (long) vnet.id() * 0x9e37 + unit * 0x7f4bL) & 0xffff;
    Ifnet ifp = Ethernet.allocate(vnet, name, driver, VENDOR | mac);
    ifp.facts().mtu(MTU).capabilities(IfCap.LINKSTATE, IfCap.LINKSTATE);
    cloner.adopt(ifp);
    Interfaces.of(vnet).attach(ifp);
    for (Map.Entry<String, String> p : new TreeMap<>(params).entrySet()) {
      driver.configure(ifp, "vxlan", List.of(p.getKey(), p.getValue()));
    }
    return ifp;
  }

  @Override
  public int unit(Ifnet ifp) {
    return ((Vxlan) ifp.driver()).unit();
  }
}
