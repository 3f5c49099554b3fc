package cellblock.tunnel;

import cellblock.kern.errno.Errno;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.LinkLayer;
import cellblock.net.netisr.Netisr;
import cellblock.wire.Family;
import org.jspecify.annotations.Nullable;

/**
 * The link layer of interfaces whose packets have no link header (ancestor: gif_output, gre_output
 * and the second half of gif_input). What comes in is taken up after the current packet, never
 * inside it: a packet in a packet in a packet is no recursion. Threading: the vnet's lane.
 */
public final class TunnelLink implements LinkLayer {
  private final Vnet vnet;
  private final Netisr netisr;

  public TunnelLink(Vnet vnet) {
    this.vnet = vnet;
    this.netisr = Netisr.of(vnet);
  }

  @Override
  public @Nullable Errno output(Ifnet ifp, Mbuf m, Family family, long hi, long lo) {
    vnet.room(m, "TunnelOutput");
    return ifp.transmit(m);
  }

  @Override
  public void input(Ifnet ifp, Mbuf m) {
    m.fib = ifp.fib();
    netisr.queue(ifp, m);
  }
}
