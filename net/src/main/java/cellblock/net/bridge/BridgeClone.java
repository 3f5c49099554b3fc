package cellblock.net.bridge;

import cellblock.kern.errno.ErrnoException;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ether.Ethernet;
import cellblock.net.ifnet.CloneOps;
import cellblock.net.ifnet.IfCloner;
import cellblock.net.ifnet.IfType;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import java.util.Map;

/** The type "bridge" (ancestor: bridge_clone_create, bridge_clone_destroy). */
final class BridgeClone implements CloneOps {
  @Override
  public Ifnet create(IfCloner cloner, String name, int unit, Map<String, String> params)
      throws ErrnoException {
    Vnet vnet = cloner.vnet();
    long address = Ethernet.generate(vnet);
    Ifnet ifp = Ethernet.allocate(vnet, IfType.BRIDGE, name, new Bridge(unit, address), address);
    ifp.facts().baudrate(0);
    cloner.adopt(ifp);
    Interfaces.of(vnet).attach(ifp);
    return ifp;
  }

  @Override
  public int unit(Ifnet ifp) {
    return ((Bridge) ifp.driver()).unit();
  }
}
