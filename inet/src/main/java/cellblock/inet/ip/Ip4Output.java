package cellblock.inet.ip;

import cellblock.kern.drop.DropReason;
import cellblock.kern.errno.Errno;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.IfFacts;
import cellblock.net.ifnet.IfFlags;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.OffloadOutput;
import cellblock.net.route.Nexthop;
import cellblock.net.route.NexthopFlags;
import cellblock.net.route.RouteTables;
import cellblock.wire.Family;
import cellblock.wire.Ip4Address;
import cellblock.wire.Ip4Header;
import org.jspecify.annotations.Nullable;

/**
 * Sends what this host makes: picks nexthop and source, runs pfil out, fragments (ancestor:
 * ip_output of netinet/ip_output.c). The packet begins with its header, options in place; source 0
 * is chosen here, and so are identification and checksum.
 *
 * <p>Threading: turns of the vnet's lane. Takes every mbuf over. Allocates nothing unless it
 * fragments.
 */
public final class Ip4Output {
  /** IP_RAWOUTPUT: the header is the sender's own. */
  public static final int RAW = 0x2;

  /** IP_SENDONES: to 255.255.255.255 by the interface whose broadcast address is named. */
  public static final int SENDONES = 0x4;

  /** IP_ROUTETOIF: to a network that is attached, or not at all. */
  public static final int ROUTETOIF = 0x10;

  /** IP_ALLOWBROADCAST. */
  public static final int ALLOWBROADCAST = 0x20;

  /** Inside these rooms: the packet is gone, and its sender need not know. */
  private static final Errno SILENT = Errno.EALREADY;

  private final Vnet vnet;
  private final Ip4 ip;
  private final Ip4Stats stats;
  private final RouteTables routes;

  Ip4Output(Ip4 ip) {
    this.vnet = ip.vnet;
    this.ip = ip;
    this.stats = ip.stats;
    this.routes = ip.routes;
  }

  // What was found out about the packet in hand.
  private @Nullable Ifnet out;
  private @Nullable InAddress from;
  private int mtu;
  private int nextHop;
  private boolean broadcast;
  private boolean gateway;
  private boolean takesLarge;

  /** Whether the link that the last packet left by takes large TCP segments whole. */
  public boolean takesLarge() {
    return takesLarge;
  }

  /**
   * Sends {@code m}.
   *
   * @param imo how a multicast leaves; null for the defaults
   * @return null, or why it was not sent
   */
  public @Nullable Errno output(Mbuf m, int flags, @Nullable IpMoptions imo) {
    return output(m, flags, imo, null);
  }

  /**
   * Sends {@code m} by a nexthop that its sender has kept: ip_output with a struct route.
   *
   * @param known a nexthop that is valid now and leads to the destination; null = look it up
   */
  public @Nullable Errno output(
      Mbuf m, int flags, @Nullable IpMoptions imo, @Nullable Nexthop known) {
    vnet.room(m, "Ip4Output");
    if ((flags & RAW) == 0) {
      int field = Ip4Header.offsetField(m.buf, m.off);
      Ip4Header.putId(m.buf, m.off, ip.ids.next(field));
      Ip4Header.putTotalLength(m.buf, m.off, m.len);
      stats.localout++;
    }
    int destination = Ip4Header.destination(m.buf, m.off);
    Errno error = route(m, destination, flags, imo, known);
    if (error != null) {
      return told(error);
    }
    Ifnet ifp = out;
    if (ifp == null) {
      vnet.drop(m, DropReason.IP_NO_ROUTE);
      return Errno.EHOSTUNREACH;
    }
    chooseSource(m, imo);
    out = null; // it may go before the next packet comes
    from = null;
    if (Ip4Address.isMulticast(destination)) {
      error = multicast(m, ifp, imo);
      if (error != null) {
        return told(error);
      }
    } else if (broadcast) {
      error = checkBroadcast(m, ifp, flags);
      if (error != null) {
        return error;
      }
      m.flags |= Mbuf.M_BCAST;
    } else {
      m.flags &= ~Mbuf.M_BCAST;
    }
    return filtered(m, ifp, flags, imo);
  }

  private static @Nullable Errno told(@Nullable Errno error) {
    return error == SILENT ? null : error;
  }

  private @Nullable Errno filtered(Mbuf m, Ifnet ifp, int flags, @Nullable IpMoptions imo) {
    if (!ip.filter.emptyOut()) {
      int before = Ip4Header.destination(m.buf, m.off);
      int keptMtu = mtu; // a hook may send packets of its own meanwhile
      int keptHop = nextHop;
      boolean keptGateway = gateway;
      if (!ip.filter.passesOut(m, ifp)) {
        return Errno.EACCES;
      }
      mtu = keptMtu;
      nextHop = keptHop;
      gateway = keptGateway;
      int after = Ip4Header.destination(m.buf, m.off);
      if (after != before) { // a filter sent it elsewhere
        Errno error = route(m, after, flags & ~ROUTETOIF, imo, null);
        Ifnet elsewhere = out;
        out = null;
        from = null;
        if (error != null || elsewhere == null) {
          return told(error);
        }
        return send(m, elsewhere);
      }
    }
    return send(m, ifp);
  }

  // ---- route ----

  private @Nullable Errno route(
      Mbuf m, int destination, int flags, @Nullable IpMoptions imo, @Nullable Nexthop known) {
    broadcast = false;
    gateway = false;
    nextHop = destination;
    from = null;
    if ((flags & SENDONES) != 0 || (flags & ROUTETOIF) != 0) {
      return attachedRoute(m, destination, flags);
    }
    if (imo != null && imo.out != null && Ip4Address.isMulticast(destination)) {
      out = imo.out.ifnet();
      from = imo.out.primary();
      mtu = out.mtu();
      return null;
    }
    Nexthop nh = known != null ? known : routes.lookup4(m.fib, destination, flow(m));
    if (nh == null) {
      stats.noroute++;
      vnet.drop(m, DropReason.IP_NO_ROUTE);
      return Errno.EHOSTUNREACH;
    }
    if (nh.discards()) {
      return discard(m, nh);
    }
    nh.count();
    out = nh.ifnet();
    from = (InAddress) nh.address();
    mtu = nh.mtu();
    if (nh.viaGateway()) {
      gateway = true;
      nextHop = (int) (nh.gatewayHi() >>> 32);
    }
    broadcast = isBroadcast(nh, destination);
    return null;
  }

  private @Nullable Errno discard(Mbuf m, Nexthop nh) {
    if ((nh.flags() & NexthopFlags.BLACKHOLE) != 0) {
      vnet.drop(m, DropReason.IP_BLACKHOLE);
      return SILENT;
    }
    vnet.drop(m, DropReason.IP_REJECT);
    return Errno.EHOSTUNREACH;
  }

  private boolean isBroadcast(Nexthop nh, int destination) {
    if ((nh.flags() & NexthopFlags.BROADCAST) != 0 || destination == -1) {
      return true;
    }
    InAddress a = from;
    return !gateway
        && a != null
        && (nh.ifnet().flags() & IfFlags.BROADCAST) != 0
        && a.isBroadcast(destination, ip.settings.broadcastLowest != 0);
  }

  /** IP_SENDONES and SO_DONTROUTE. */
  private @Nullable Errno attachedRoute(Mbuf m, int destination, int flags) {
    InAddress a = null;
    boolean lowest = ip.settings.broadcastLowest != 0;
    if ((flags & SENDONES) != 0) {
      for (InAddress other : ip.addresses.list()) {
        if (a == null && other.isBroadcast(destination, lowest)) {
          a = other;
        }
      }
    } else {
      a = ip.addresses.withNet(destination);
    }
    if (a == null) {
      stats.noroute++;
      vnet.drop(m, DropReason.IP_NO_ROUTE);
      return Errno.ENETUNREACH;
    }
    out = a.in().ifnet();
    from = a;
    mtu = out.mtu();
    Ip4Header.putTtl(m.buf, m.off, 1);
    if ((flags & SENDONES) != 0) {
      Ip4Header.putDestination(m.buf, m.off, -1);
      nextHop = -1;
      broadcast = true;
    } else {
      broadcast = a.isBroadcast(destination, lowest);
    }
    return null;
  }

  private void chooseSource(Mbuf m, @Nullable IpMoptions imo) {
    if (Ip4Header.source(m.buf, m.off) != 0) {
      return;
    }
    InAddress a = from;
    if (a != null) {
      Ip4Header.putSource(m.buf, m.off, a.address());
    }
  }

  // ---- multicast and broadcast ----

  private @Nullable Errno multicast(Mbuf m, Ifnet ifp, @Nullable IpMoptions imo) {
    m.flags |= Mbuf.M_MCAST;
    broadcast = false;
    if (imo != null) {
      nextHop = Ip4Header.destination(m.buf, m.off);
    }
    Ip4Header.putTtl(m.buf, m.off, imo == null ? 1 : imo.ttl);
    if ((ifp.flags() & IfFlags.MULTICAST) == 0) {
      stats.noroute++;
      vnet.drop(m, DropReason.IP_NO_ROUTE);
      return Errno.ENETUNREACH;
    }
    boolean loops = imo == null ? ip.settings.mcastLoop != 0 : imo.loop;
    InIfinfo in = Ip4.of(ifp);
    if (loops && in != null) {
      Mbuf copy = vnet.mbufs().copy(m);
      copy.flags |= Mbuf.M_LOOP;
      copy.csumFlags |= Mbuf.CSUM_IP_VALID;
      ip.netisr.queue(in.ifnet(), copy);
    }
    if (Ip4Header.ttl(m.buf, m.off) == 0 || (ifp.flags() & IfFlags.LOOPBACK) != 0) {
      vnet.drop(m, DropReason.CONSUMED);
      return SILENT;
    }
    return null;
  }

  private @Nullable Errno checkBroadcast(Mbuf m, Ifnet ifp, int flags) {
    Errno refused = null;
    if ((ifp.flags() & IfFlags.BROADCAST) == 0) {
      refused = Errno.EADDRNOTAVAIL;
    } else if ((flags & ALLOWBROADCAST) == 0) {
      refused = Errno.EACCES;
    } else if (m.len > mtu) {
      refused = Errno.EMSGSIZE;
    }
    if (refused != null) {
      vnet.drop(m, DropReason.IP_CANT_FORWARD);
    }
    return refused;
  }

  // ---- to the link ----

  private @Nullable Errno send(Mbuf m, Ifnet ifp) {
    int source = Ip4Header.source(m.buf, m.off);
    int destination = Ip4Header.destination(m.buf, m.off);
    if ((Ip4Address.isLoopback(source) || Ip4Address.isLoopback(destination))
        && (ifp.flags() & IfFlags.LOOPBACK) == 0) {
      stats.badaddr++;
      vnet.drop(m, DropReason.IP_BAD_ADDRESS);
      return Errno.EADDRNOTAVAIL;
    }
    if (OffloadOutput.fits(m, mtu)) {
      Ip4Header.fillChecksum(m.buf, m.off);
      takesLarge = (ifp.hwassist() & IfFacts.ASSIST_TSO4) != 0;
      return transmit(m, ifp, nextHop, gateway);
    }
    if (Ip4Header.dontFragment(m.buf, m.off)) {
      stats.cantfrag++;
      vnet.drop(m, DropReason.IP_NEEDS_FRAGMENT);
      return Errno.EMSGSIZE;
    }
    return fragments(m, ifp, mtu, nextHop, gateway);
  }

  /** Cuts {@code m} and sends the parts; stops at the first that fails. */
  @Nullable Errno fragments(Mbuf m, Ifnet ifp, int size, int hop, boolean viaGateway) {
    OffloadOutput.fillChecksum(m);
    m.segmentSize = 0;
    if (Ip4Fragment.cut(m, size, vnet.mbufs(), stats) == 0) {
      stats.cantfrag++;
      vnet.drop(m, DropReason.IP_NEEDS_FRAGMENT);
      return Errno.EMSGSIZE;
    }
    Errno error = null;
    for (Mbuf f = m; f != null; ) {
      Mbuf next = f.nextPacket;
      f.nextPacket = null;
      if (error == null) {
        error = transmit(f, ifp, hop, viaGateway);
      } else {
        vnet.drop(f, DropReason.NO_BUFFER);
      }
      f = next;
    }
    return error;
  }

  /** Hands a finished packet to the interface. */
  @Nullable Errno transmit(Mbuf m, Ifnet ifp, int hop, boolean viaGateway) {
    Errno error = ifp.output(vnet, m, Family.INET, (long) hop << 32, 0);
    if (error != null) {
      stats.odropped++;
      if (error == Errno.EHOSTUNREACH && !viaGateway) {
        return Errno.EHOSTDOWN; // the neighbour itself does not answer
      }
    }
    return error;
  }

  /**
   * The address that a packet to {@code destination} would leave with, or null (ancestor:
   * in_pcbladdr, ip_rtaddr).
   */
  public @Nullable InAddress sourceFor(int fib, int destination) {
    Nexthop nh = routes.lookup4(fib, destination, 0);
    return nh == null ? null : (InAddress) nh.address();
  }

  private int flow(Mbuf m) {
    return routes.flow(m.flowId, Family.INET, m.buf, m.off, m.len);
  }
}
