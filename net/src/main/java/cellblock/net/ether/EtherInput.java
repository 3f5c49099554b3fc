package cellblock.net.ether;

import cellblock.kern.drop.DropReason;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.IfFlags;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.netisr.Netisr;
import cellblock.net.pfil.PfilHead;
import cellblock.net.pfil.Verdict;
import cellblock.wire.EtherHeader;
import cellblock.wire.MacAddress;

/**
 * A frame comes in: for us or not, then by its type to a protocol (ancestor: ether_input_internal,
 * ether_demux of net/if_ethersubr.c). Threading: the vnet's lane.
 */
final class EtherInput {
  private final Vnet vnet;
  private final PfilHead pfil;
  private final Netisr netisr;

  EtherInput(Vnet vnet, PfilHead pfil, Netisr netisr) {
    this.vnet = vnet;
    this.pfil = pfil;
    this.netisr = netisr;
  }

  void input(Ifnet ifp, Mbuf m) {
    vnet.room(m, "EtherInput");
    if (m.len < EtherHeader.LENGTH) {
      ifp.counters().ierrors++;
      vnet.drop(m, DropReason.TRUNCATED);
      return;
    }
    m.fib = ifp.fib();
    m.priority = 0;
    m.hops = 0;
    if (!forUs(ifp, m, EtherHeader.destination(m.buf, m.off))) {
      vnet.drop(m, DropReason.ETHER_NOT_FOR_US);
      return;
    }
    if ((ifp.flags() & IfFlags.MONITOR) != 0) {
      vnet.drop(m, DropReason.CONSUMED);
      return;
    }
    if (!pfil.empty(false) && pfil.run(m, ifp, false) != Verdict.PASS) {
      return;
    }
    demux(ifp, m);
  }

  /** Marks broadcast and multicast, and tells whether the frame is to be looked at. */
  private static boolean forUs(Ifnet ifp, Mbuf m, long to) {
    m.flags &= ~(Mbuf.M_BCAST | Mbuf.M_MCAST);
    if (to == ifp.lladdr()) {
      return true;
    }
    if (MacAddress.isBroadcast(to)) {
      m.flags |= Mbuf.M_BCAST;
      ifp.counters().imcasts++;
      return true;
    }
    if (MacAddress.isMulticast(to)) {
      m.flags |= Mbuf.M_MCAST;
      ifp.counters().imcasts++;
      return ifp.acceptsMulticast(to);
    }
    return (ifp.flags() & IfFlags.PPROMISC) != 0;
  }

  private void demux(Ifnet ifp, Mbuf m) {
    int type = EtherHeader.type(m.buf, m.off);
    if (type == EtherHeader.TYPE_VLAN) {
      if (m.len < EtherHeader.LENGTH + EtherHeader.TAG_LENGTH) {
        ifp.counters().ierrors++;
        vnet.drop(m, DropReason.TRUNCATED);
        return;
      }
      if (EtherHeader.vlan(EtherHeader.tag(m.buf, m.off)) != 0) {
        ifp.counters().noproto++;
        vnet.drop(m, DropReason.ETHER_VLAN_UNKNOWN);
        return;
      }
      type = EtherHeader.innerType(m.buf, m.off); // priority only: no VLAN
      m.adjust(EtherHeader.TAG_LENGTH);
    }
    m.adjust(EtherHeader.LENGTH);
    netisr.dispatch(ifp, m, type);
  }
}
