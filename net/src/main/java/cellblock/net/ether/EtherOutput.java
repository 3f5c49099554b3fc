package cellblock.net.ether;

import cellblock.kern.drop.DropReason;
import cellblock.kern.errno.Errno;
import cellblock.kern.lane.Lane;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.mbuf.MbufInput;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.IfFlags;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.netisr.Netisr;
import cellblock.net.pfil.PfilHead;
import cellblock.net.pfil.Verdict;
import cellblock.wire.EtherHeader;
import cellblock.wire.Family;
import cellblock.wire.MacAddress;
import org.jspecify.annotations.Nullable;

/**
 * From a network packet and its next hop to a frame (ancestor: ether_output, ether_output_frame of
 * net/if_ethersubr.c). Threading: the vnet's lane.
 */
final class EtherOutput {
  private final Vnet vnet;
  private final Lane lane;
  private final PfilHead pfil;
  private final Netisr netisr;
  private @Nullable Resolver inet;
  private @Nullable Resolver inet6;
  private @Nullable Echo echo;

  EtherOutput(Vnet vnet, PfilHead pfil, Netisr netisr) {
    this.vnet = vnet;
    this.lane = vnet.lane();
    this.pfil = pfil;
    this.netisr = netisr;
  }

  @Nullable Resolver resolver(Family family) {
    return family == Family.INET ? inet : inet6;
  }

  void resolver(Family family, @Nullable Resolver r) {
    if (family == Family.INET) {
      inet = r;
    } else {
      inet6 = r;
    }
  }

  @Nullable Errno output(Ifnet ifp, Mbuf m, Family family, long hi, long lo) {
    vnet.room(m, "EtherOutput");
    if (!ready(ifp)) {
      return down(m);
    }
    long to;
    if ((m.flags & Mbuf.M_BCAST) != 0) {
      to = MacAddress.BROADCAST_BITS;
      if ((ifp.flags() & IfFlags.SIMPLEX) != 0) {
        hearOurselves(ifp, m);
      }
    } else if (isMulticast(family, hi, lo)) {
      m.flags |= Mbuf.M_MCAST;
      to = family == Family.INET ? MacAddress.ofGroup4((int) (hi >>> 32)) : MacAddress.ofGroup6(lo);
    } else {
      Resolver r = family == Family.INET ? inet : inet6;
      if (r == null) {
        vnet.drop(m, DropReason.ARP_UNRESOLVED);
        return Errno.EAFNOSUPPORT;
      }
      to = r.resolve(ifp, m, hi, lo);
      if (to < 0) {
        return to == Resolver.PARKED ? null : Errno.EHOSTUNREACH;
      }
    }
    return frame(ifp, m, to, family.etherType());
  }

  @Nullable Errno send(Ifnet ifp, Mbuf m, long to, int etherType) {
    if (!ifp.usableIn(vnet)) {
      vnet.drop(m, DropReason.STALE_INTERFACE);
      return Errno.ENXIO;
    }
    if (!ready(ifp)) {
      return down(m);
    }
    if (MacAddress.isMulticast(to)) {
      m.flags |= MacAddress.isBroadcast(to) ? Mbuf.M_BCAST : Mbuf.M_MCAST;
    }
    return frame(ifp, m, to, etherType);
  }

  private static boolean ready(Ifnet ifp) {
    int up = IfFlags.UP | IfFlags.RUNNING;
    return (ifp.flags() & up) == up;
  }

  private Errno down(Mbuf m) {
    vnet.drop(m, DropReason.INTERFACE_DOWN);
    return Errno.ENETDOWN;
  }

  private static boolean isMulticast(Family family, long hi, long lo) {
    return family == Family.INET ? hi >>> 60 == 0xe : hi >>> 56 == 0xff;
  }

  private @Nullable Errno frame(Ifnet ifp, Mbuf packet, long to, int etherType) {
    Mbuf m = packet;
    int pcp = m.priority > 0 ? m.priority - 1 : ifp.pcp();
    int header = pcp < 0 ? EtherHeader.LENGTH : EtherHeader.LENGTH + EtherHeader.TAG_LENGTH;
    if (m.headroom() < header) {
      m = vnet.mbufs().copy(packet);
      vnet.mbufs().free(packet);
    }
    m.prepend(EtherHeader.LENGTH);
    EtherHeader.put(m.buf, m.off, to, ifp.lladdr(), etherType);
    if (pcp >= 0) { // priority only: of VLAN 0
      int tag = EtherHeader.makeTag(0, pcp, 0);
      EtherHeader.insertTag(m.buf, m.off, EtherHeader.TYPE_VLAN, tag);
      m.prepend(EtherHeader.TAG_LENGTH);
    }
    if (!pfil.empty(true)) {
      Verdict v = pfil.run(m, ifp, true);
      if (v != Verdict.PASS) {
        return v == Verdict.DROP ? Errno.EACCES : null;
      }
    }
    return ifp.transmit(m);
  }

  /** A simplex link does not echo: a broadcast of ours comes back through our own inbox. */
  private void hearOurselves(Ifnet ifp, Mbuf m) {
    Echo e = echo;
    if (e == null || e.ifp != ifp) {
      e = new Echo(ifp);
      echo = e;
    }
    Mbuf copy = vnet.mbufs().copy(m);
    copy.flags = Mbuf.M_BCAST | Mbuf.M_LOOP;
    copy.csumFlags |= Mbuf.CSUM_IP_VALID | Mbuf.CSUM_DATA_VALID;
    copy.direct(e, ifp.generation());
    if (!lane.offer(copy, lane)) {
      ifp.counters().iqdrops++;
      vnet.drop(copy, DropReason.INBOX_FULL);
    }
  }

  /** if_simloop: a packet of our own, heard on the interface that it left by. */
  private final class Echo implements MbufInput {
    private final Ifnet ifp;

    Echo(Ifnet ifp) {
      this.ifp = ifp;
    }

    @Override
    public int generation() {
      return ifp.generation();
    }

    @Override
    public void input(Mbuf m) {
      ifp.counters().ipackets++;
      ifp.counters().ibytes += m.len;
      netisr.dispatch(ifp, m, Netisr.typeOf(m));
    }

    @Override
    public void drop(Mbuf m, DropReason reason) {
      vnet.drop(m, reason);
    }

    @Override
    public String toString() {
      return ifp + " itself";
    }
  }
}
