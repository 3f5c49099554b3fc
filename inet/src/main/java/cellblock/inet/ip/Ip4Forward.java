package cellblock.inet.ip;

import cellblock.kern.drop.DropReason;
import cellblock.kern.errno.Errno;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.OffloadOutput;
import cellblock.net.route.Nexthop;
import cellblock.net.route.NexthopFlags;
import cellblock.net.route.RouteTables;
import cellblock.wire.Family;
import cellblock.wire.Icmp4Message;
import cellblock.wire.Ip4Address;
import cellblock.wire.Ip4Header;
import org.jspecify.annotations.Nullable;

/**
 * Sends packets on (ancestors: ip_tryforward of netinet/ip_fastfwd.c, ip_forward of ip_input.c).
 * The fast path takes what has no options and is plainly for somebody else; the rest comes here
 * after {@link Ip4Input} has looked at it.
 *
 * <p>Threading: turns of the vnet's lane. Nothing is allocated, unless the packet must be cut.
 */
public final class Ip4Forward {
  private final Vnet vnet;
  private final Ip4 ip;
  private final Ip4Stats stats;
  private final Ip4Settings settings;
  private final RouteTables routes;
  private final InAddresses addresses;
  private final Ip4Filter filter;
  private final Ip4Errors errors;

  public Ip4Forward(Ip4 ip, Ip4Errors errors) {
    this.vnet = ip.vnet;
    this.ip = ip;
    this.stats = ip.stats;
    this.settings = ip.settings;
    this.routes = ip.routes;
    this.addresses = ip.addresses;
    this.filter = ip.filter;
    this.errors = errors;
  }

  /**
   * The fast path: true when it took {@code m}. The header was validated and has no options; pfil
   * in has passed it.
   */
  boolean tryForward(Mbuf m, Ifnet rcvif) {
    if ((m.flags & (Mbuf.M_BCAST | Mbuf.M_MCAST)) != 0) {
      return false;
    }
    int destination = Ip4Header.destination(m.buf, m.off);
    int source = Ip4Header.source(m.buf, m.off);
    if (!canForward(destination)
        || Ip4Address.isMulticast(source)
        || Ip4Address.isLinkLocal(source)
        || addresses.isLocal(destination)) {
      return false;
    }
    forward(m, rcvif, true, false);
    return true;
  }

  /** in_canforward: whether {@code destination} may leave the link that it was heard on. */
  private boolean canForward(int destination) {
    return !(destination == 0
        || (Ip4Address.isExperimental(destination)
            && (destination == -1 || settings.allowNet240 == 0))
        || Ip4Address.isMulticast(destination)
        || Ip4Address.isLinkLocal(destination)
        || Ip4Address.isLoopback(destination)
        || (Ip4Address.isZeroNet(destination) && settings.allowNet0 == 0));
  }

  /**
   * The rest of the way. Takes {@code m}.
   *
   * @param sourceRouted whether a source route named the next hop
   */
  void slow(Mbuf m, Ifnet rcvif, boolean sourceRouted) {
    int destination = Ip4Header.destination(m.buf, m.off);
    if ((m.flags & (Mbuf.M_BCAST | Mbuf.M_MCAST)) != 0 || !canForward(destination)) {
      stats.cantforward++;
      vnet.drop(m, DropReason.IP_CANT_FORWARD);
      return;
    }
    forward(m, rcvif, false, sourceRouted);
  }

  private void forward(Mbuf m, Ifnet rcvif, boolean fast, boolean sourceRouted) {
    vnet.room(m, "Ip4Forward");
    if (Ip4Header.ttl(m.buf, m.off) <= 1) {
      errors.error(
          m, Icmp4Message.TIMXCEED, Icmp4Message.TIMXCEED_INTRANS, 0, DropReason.IP_TTL_EXCEEDED);
      return;
    }
    int destination = Ip4Header.destination(m.buf, m.off);
    Nexthop nh = routes.lookup4(m.fib, destination, flow(m));
    if (nh == null) {
      stats.noroute++;
      unreachable(m, DropReason.IP_NO_ROUTE);
      return;
    }
    if (nh.discards() || (nh.flags() & NexthopFlags.BROADCAST) != 0) {
      refuse(m, nh);
      return;
    }
    Ifnet out = nh.ifnet();
    InAddress from = (InAddress) nh.address();
    boolean viaGateway = nh.viaGateway();
    if (!viaGateway
        && from != null
        && from.isBroadcast(destination, settings.broadcastLowest != 0)) {
      stats.cantforward++; // a directed broadcast
      vnet.drop(m, DropReason.IP_CANT_FORWARD);
      return;
    }
    if (out == rcvif && !sourceRouted && settings.redirect != 0) {
      redirect(m, nh, from, viaGateway);
    }
    Ip4Header.decrementTtl(m.buf, m.off);
    if (!filter.emptyOut()) {
      if (!filter.passesOut(m, out)) {
        return;
      }
      if (Ip4Header.destination(m.buf, m.off) != destination) {
        rerouted(m);
        return;
      }
    }
    int hop = viaGateway ? (int) (nh.gatewayHi() >>> 32) : destination;
    send(m, nh, out, hop, viaGateway, fast);
  }

  private void send(Mbuf m, Nexthop nh, Ifnet out, int hop, boolean viaGateway, boolean fast) {
    int mtu = nh.mtu();
    Errno error;
    if (OffloadOutput.fits(m, mtu)) {
      error = out.output(vnet, m, Family.INET, (long) hop << 32, 0);
    } else if (Ip4Header.dontFragment(m.buf, m.off)) {
      stats.cantfrag++;
      stats.cantforward++;
      errors.error(
          m,
          Icmp4Message.UNREACH,
          Icmp4Message.UNREACH_NEEDFRAG,
          mtu,
          DropReason.IP_NEEDS_FRAGMENT);
      return;
    } else {
      error = ip.output.fragments(m, out, mtu, hop, viaGateway);
    }
    if (error != null) {
      stats.odropped++;
      return;
    }
    nh.count();
    stats.forward++;
    if (fast) {
      stats.fastforward++;
    }
  }

  /**
   * A filter named another destination on the way out: looks once more, by the host's own output.
   */
  private void rerouted(Mbuf m) {
    ip.output.output(m, Ip4Output.RAW, null);
  }

  private void unreachable(Mbuf m, DropReason reason) {
    stats.cantforward++;
    errors.error(m, Icmp4Message.UNREACH, Icmp4Message.UNREACH_HOST, 0, reason);
  }

  private void refuse(Mbuf m, Nexthop nh) {
    if ((nh.flags() & NexthopFlags.REJECT) != 0) {
      unreachable(m, DropReason.IP_REJECT);
      return;
    }
    stats.cantforward++;
    boolean hole = (nh.flags() & NexthopFlags.BLACKHOLE) != 0;
    vnet.drop(m, hole ? DropReason.IP_BLACKHOLE : DropReason.IP_CANT_FORWARD);
  }

  /** Tells a neighbour of a better first hop: ip_redir_alloc. */
  private void redirect(Mbuf m, Nexthop nh, @Nullable InAddress from, boolean viaGateway) {
    int destination = Ip4Header.destination(m.buf, m.off);
    int source = Ip4Header.source(m.buf, m.off);
    if ((nh.flags() & (NexthopFlags.DEFAULT | NexthopFlags.REDIRECT)) != 0
        || from == null
        || !from.near(source)) {
      return;
    }
    int better = viaGateway ? (int) (nh.gatewayHi() >>> 32) : destination;
    stats.redirectsent++;
    errors.error(
        vnet.mbufs().copy(m),
        Icmp4Message.REDIRECT,
        Icmp4Message.REDIRECT_HOST,
        better,
        DropReason.CONSUMED);
  }

  private int flow(Mbuf m) {
    return routes.flow(m.flowId, Family.INET, m.buf, m.off, m.len);
  }
}
