package cellblock.net.tuntap;

import cellblock.kern.drop.DropReason;
import cellblock.kern.errno.Errno;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.kern.vnet.VnetVariable;
import cellblock.net.ifnet.IfFlags;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.LinkLayer;
import cellblock.net.netisr.Netisr;
import cellblock.wire.Family;
import org.jspecify.annotations.Nullable;

/**
 * The link layer of tun: packets as they are (ancestor: tunoutput, tunwrite_l3). Threading: the
 * vnet's lane.
 */
final class TunLink implements LinkLayer {
  static final VnetVariable<TunLink> V_TUN = VnetVariable.define("tun", TunLink::new);

  private final Vnet vnet;

  TunLink(Vnet vnet) {
    this.vnet = vnet;
  }

  @Override
  public @Nullable Errno output(Ifnet ifp, Mbuf m, Family family, long hi, long lo) {
    vnet.room(m, "TunOutput");
    TunDevice device = (TunDevice) ifp.driver();
    if (!device.isOpen() || (ifp.flags() & IfFlags.UP) == 0) {
      vnet.drop(m, DropReason.INTERFACE_DOWN);
      return Errno.EHOSTDOWN;
    }
    if (family != Family.INET && !device.tellsFamily()) {
      vnet.drop(m, DropReason.ETHER_UNKNOWN_TYPE);
      return Errno.EAFNOSUPPORT;
    }
    return ifp.transmit(m);
  }

  @Override
  public void input(Ifnet ifp, Mbuf m) {
    m.fib = ifp.fib();
    m.hops = 0;
    Netisr.of(vnet).dispatch(ifp, m, Netisr.typeOf(m));
  }
}
