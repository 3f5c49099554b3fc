package cellblock.net.loop;

import cellblock.kern.drop.DropReason;
import cellblock.kern.errno.Errno;
import cellblock.kern.lane.Lane;
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
 * The link layer of loopback interfaces: what goes out comes in, by way of the lane's own inbox,
 * never by recursion (ancestor: looutput, if_simloop of net/if_loop.c). A full inbox is a counted
 * drop. Threading: the lane.
 */
public final class Loopback implements LinkLayer {
  public static final VnetVariable<Loopback> V_LOOP = VnetVariable.define("loop", Loopback::new);

  private final Vnet vnet;
  private final Lane lane;
  private final Netisr netisr;

  Loopback(Vnet vnet) {
    this.vnet = vnet;
    this.lane = vnet.lane();
    this.netisr = Netisr.of(vnet);
  }

  @Override
  public @Nullable Errno output(Ifnet ifp, Mbuf m, Family family, long hi, long lo) {
    vnet.room(m, "LoopOutput");
    if ((ifp.flags() & IfFlags.UP) == 0) {
      vnet.drop(m, DropReason.INTERFACE_DOWN);
      return Errno.ENETDOWN;
    }
    return ifp.transmit(m);
  }

  /** The driver's part. */
  @Nullable Errno loop(Ifnet ifp, Mbuf m) {
    int bytes = m.len;
    int flags = m.flags;
    m.flags = m.flags & (Mbuf.M_BCAST | Mbuf.M_MCAST) | Mbuf.M_LOOP;
    m.csumFlags |= Mbuf.CSUM_IP_VALID | Mbuf.CSUM_DATA_VALID;
    m.direct(ifp, ifp.generation());
    if (!lane.offer(m, lane)) {
      ifp.counters().oqdrops++;
      vnet.drop(m, DropReason.INBOX_FULL);
      return Errno.ENOBUFS;
    }
    ifp.sent(bytes, flags);
    return null;
  }

  @Override
  public void input(Ifnet ifp, Mbuf m) {
    m.fib = ifp.fib();
    netisr.dispatch(ifp, m, Netisr.typeOf(m));
  }
}
