package cellblock.net.route;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.time.Callout;
import cellblock.net.ifnet.IfAddress;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.wire.IpAddress;
import cellblock.wire.IpPrefix;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Host routes that ICMP redirects made, and that go by themselves (ancestor: rib_add_redirect of
 * net/route.c, icmp_verify_redirect_gateway of netinet/ip_icmp.c, net/route/route_temporal.c). It
 * differs in that a second redirect for a host takes the place of the first. Threading: the lane.
 */
final class Redirects {
  private record Place(int fib, IpPrefix prefix) {}

  private final RouteTables tables;
  private final Map<Place, Long> ends = new LinkedHashMap<>();
  private final Callout callout;

  Redirects(RouteTables tables) {
    this.tables = tables;
    this.callout = tables.vnet().callout("redirected routes", this::fire);
  }

  /** {@link RouteTables#redirect}. */
  void add(
      int fib, IpAddress destination, IpAddress gateway, IpAddress author, Ifnet ifp, long lifetime)
      throws ErrnoException {
    Rib rib = tables.rib(fib, destination.family());
    verify(rib, destination, gateway, author, ifp);
    IpPrefix host = IpPrefix.host(GatewayLookup.withoutZone(destination));
    RouteSpec spec = RouteSpec.to(host).out(ifp).flags(RouteFlags.DYNAMIC);
    if (!GatewayLookup.withoutZone(gateway).equals(host.address())) {
      spec = spec.via(gateway); // else the destination is on the link itself
    }
    RouteEntry there = rib.fib().exact(host);
    if (there != null && (there.flags() & RouteFlags.DYNAMIC) != 0) {
      rib.delete(RouteSpec.to(host));
    }
    rib.add(spec);
    expire(new Place(rib.number(), host), lifetime);
    tables
        .messages()
        .send(
            new RouteMessage.Notice(
                RouteMessage.Type.REDIRECT,
                rib.number(),
                destination,
                gateway,
                author,
                spec.flags() | RouteFlags.UP | RouteFlags.HOST,
                0));
  }

  /** Only the router in use may redirect, to a neighbour on the same link that is not this host. */
  private void verify(
      Rib rib, IpAddress destination, IpAddress gateway, IpAddress author, Ifnet ifp)
      throws ErrnoException {
    if (!onLink(ifp, gateway) && !gateway.isLinkLocal()) {
      throw new ErrnoException(Errno.ENETUNREACH);
    }
    RouteTarget used = rib.fib().target(destination.hi(), destination.lo());
    boolean known = false;
    if (used != null) {
      for (RouteTarget.Path p : used.paths()) {
        Nexthop nh = p.nexthop();
        known |= GatewayLookup.withoutZone(author).equals(nh.gateway()) && nh.ifnet() == ifp;
      }
    }
    if (!known) {
      throw new ErrnoException(Errno.EINVAL);
    }
    for (Ifnet any : Interfaces.of(tables.vnet()).list()) {
      if (any.address(gateway.family(), gateway.hi(), gateway.lo()) != null) {
        throw new ErrnoException(Errno.EHOSTUNREACH);
      }
    }
  }

  private static boolean onLink(Ifnet ifp, IpAddress gateway) {
    for (IfAddress a : ifp.addresses()) {
      if (a.family() == gateway.family() && a.covers(gateway.hi(), gateway.lo())) {
        return true;
      }
    }
    return false;
  }

  private void expire(Place at, long lifetime) {
    long end = now() + lifetime;
    ends.put(at, end);
    if (!callout.pending() || end < callout.deadline()) {
      callout.reset(lifetime);
    }
  }

  private long now() {
    return tables.vnet().lane().now();
  }

  private void fire() {
    long now = now();
    Map<Place, Long> due = new LinkedHashMap<>(ends);
    due.values().removeIf(end -> end > now);
    ends.keySet().removeAll(due.keySet());
    due.keySet().forEach(this::delete);
    long first = Long.MAX_VALUE;
    for (long end : ends.values()) {
      first = Math.min(first, end);
    }
    if (first != Long.MAX_VALUE) {
      callout.reset(first - now);
    }
  }

  /** Deletes the route, unless another has come in its place. */
  private void delete(Place at) {
    RouteEntry there = tables.rib(at.fib, at.prefix.family()).fib().exact(at.prefix);
    if (there == null || (there.flags() & RouteFlags.DYNAMIC) == 0) {
      return;
    }
    try {
      tables.delete(at.fib, RouteSpec.to(at.prefix), RouteMessage.Sender.KERNEL);
    } catch (ErrnoException e) {
      throw new IllegalStateException(at + " was there a moment ago", e);
    }
  }

  /** Forgets all; the shutdown stage. */
  void close() {
    ends.clear();
    callout.stop();
  }
}
