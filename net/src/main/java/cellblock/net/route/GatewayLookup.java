package cellblock.net.route;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.net.ifnet.IfAddress;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.wire.Family;
import cellblock.wire.Ip6Address;
import cellblock.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * From a request to a nexthop: which interface reaches the gateway, and from which address
 * (ancestor: rt_getifa_fib in net/route.c, ifa_ifwithroute and ifaof_ifpforaddr,
 * nhop_create_from_info).
 *
 * <p>It differs in asking the table first, where an interface route answers in one lookup, and the
 * addresses only then. Threading: the lane.
 */
final class GatewayLookup {
  private final Rib rib;

  GatewayLookup(Rib rib) {
    this.rib = rib;
  }

  /** An interface and the address to send from. */
  private record Way(Ifnet ifnet, Ifnet addressIfnet, @Nullable IfAddress address) {}

  /** The nexthop that a new route asks for. */
  Nexthop.Key keyFor(RouteSpec spec) throws ErrnoException {
    int flags = spec.flags() & RouteFlags.REQUESTED | RouteFlags.UP;
    if (spec.destination().isHost()) {
      flags |= RouteFlags.HOST;
    } else if (spec.has(RouteFlags.HOST)) {
      throw new ErrnoException(Errno.EINVAL);
    }
    boolean gateway = spec.has(RouteFlags.GATEWAY);
    check(spec, gateway);
    return key(spec, flags, wayFor(spec), gateway ? spec.gateway() : null, spec.mtu());
  }

  /** The nexthop that a changed route asks for: what is not said stays as it was. */
  Nexthop.Key keyAfter(Nexthop was, RouteSpec asked) throws ErrnoException {
    RouteSpec spec = asked;
    if (spec.gateway() == null && spec.has(RouteFlags.GATEWAY)) {
      // route(8) says GATEWAY of whatever has no -interface
      spec =
          new RouteSpec(
              spec.destination(),
              null,
              spec.ifnet(),
              spec.address(),
              spec.flags() & ~RouteFlags.GATEWAY,
              spec.mtu(),
              spec.weight());
    }
    int flags = was.routeFlags() & ~RouteFlags.CHANGEABLE | spec.flags() & RouteFlags.CHANGEABLE;
    int mtu = spec.mtu() == 0 ? was.routeMtu() : spec.mtu();
    if (spec.gateway() == null && spec.ifnet() == null && spec.address() == null) {
      Way same = new Way(was.ifnet(), was.addressIfnet(), was.address());
      return key(spec, flags, same, was.gateway(), mtu);
    }
    if (spec.gateway() == null && spec.ifnet() == null) {
      IfAddress source = spec.address();
      Way from = new Way(was.ifnet(), source == null ? was.ifnet() : source.ifnet(), source);
      return key(spec, flags, from, was.gateway(), mtu);
    }
    boolean gateway = spec.has(RouteFlags.GATEWAY);
    check(spec, gateway);
    flags = gateway ? flags | RouteFlags.GATEWAY : flags & ~RouteFlags.GATEWAY;
    return key(spec, flags, wayFor(spec), gateway ? spec.gateway() : null, mtu);
  }

  private Nexthop.Key key(
      RouteSpec spec, int flags, Way way, @Nullable IpAddress gateway, int mtu) {
    return new Nexthop.Key(
        gateway == null ? null : withoutZone(gateway),
        way.ifnet,
        way.ifnet.generation(),
        way.addressIfnet,
        way.address,
        mtu,
        NexthopFlags.of(flags, spec.destination().length()),
        flags);
  }

  /** The interface of a nexthop is its gateway's zone. */
  static IpAddress withoutZone(IpAddress a) {
    return a instanceof Ip6Address six ? six.withScope(0) : a;
  }

  private void check(RouteSpec spec, boolean viaGateway) throws ErrnoException {
    IpAddress gateway = spec.gateway();
    if (viaGateway && gateway == null) {
      throw new ErrnoException(Errno.EINVAL);
    }
    if (gateway != null && gateway.family() != rib.family()) {
      boolean over6 = rib.family() == Family.INET && rib.options().ipv6Nexthop().get() != 0;
      if (!over6) {
        throw new ErrnoException(Errno.EINVAL);
      }
    }
  }

  private Way wayFor(RouteSpec spec) throws ErrnoException {
    Way way = spec.ifnet() == null ? reaching(spec) : out(spec, spec.ifnet());
    if (way == null || !way.ifnet.usableIn(rib.vnet())) {
      throw new ErrnoException(Errno.ENETUNREACH);
    }
    IfAddress source = spec.address();
    if (source != null) {
      return new Way(way.ifnet, source.ifnet(), source);
    }
    if (way.address == null || way.address.family() == rib.family()) {
      return way;
    }
    return new Way(way.ifnet, way.addressIfnet, best(way.ifnet, spec.destination().address()));
  }

  /**
   * The request names the interface. What is on its link needs no address of it, as the link-level
   * address of a FreeBSD interface will do.
   */
  private @Nullable Way out(RouteSpec spec, Ifnet ifp) {
    IpAddress near = spec.gateway() == null ? spec.destination().address() : spec.gateway();
    IfAddress from = best(ifp, near);
    boolean bare =
        spec.address() != null
            || spec.gateway() == null
            || discards(spec)
            || near.family() != rib.family();
    return from == null && !bare ? null : new Way(ifp, ifp, from);
  }

  private static boolean discards(RouteSpec spec) {
    return spec.has(RouteFlags.REJECT | RouteFlags.BLACKHOLE);
  }

  /** The request names no interface: its source address, its gateway or its zone does. */
  private @Nullable Way reaching(RouteSpec spec) {
    IpAddress gateway = spec.gateway();
    if (gateway == null) {
      IfAddress source = spec.address();
      if (source != null) {
        return new Way(source.ifnet(), source.ifnet(), source);
      }
      Ifnet lo = discards(spec) ? Interfaces.of(rib.vnet()).loopback() : null;
      return lo == null ? null : new Way(lo, lo, best(lo, spec.destination().address()));
    }
    if (gateway instanceof Ip6Address six && six.scopeId() != 0) {
      Ifnet zone = Interfaces.of(rib.vnet()).attachedByIndex(six.scopeId());
      return zone == null ? null : new Way(zone, zone, best(zone, gateway));
    }
    if (!spec.has(RouteFlags.GATEWAY)) {
      return covering(gateway, gateway.width()); // -interface: an own address
    }
    Way direct = routed(gateway, true);
    if (direct == null) {
      direct = covering(gateway, 0);
    }
    return direct == null ? routed(gateway, false) : direct;
  }

  /** By the route to the gateway; the default route says nothing about where a gateway is. */
  private @Nullable Way routed(IpAddress gateway, boolean direct) {
    if (gateway.family() != rib.family()) {
      return null;
    }
    RouteTarget target = rib.fib().target(gateway.hi(), gateway.lo());
    Nexthop nh = target == null ? null : target.paths().getFirst().nexthop();
    if (nh == null
        || nh.discards()
        || (nh.flags() & NexthopFlags.DEFAULT) != 0
        || direct == nh.viaGateway()) {
      return null;
    }
    Ifnet ifp = nh.addressIfnet();
    return new Way(ifp, ifp, nh.address());
  }

  /**
   * By the attached address of at least {@code length} bits whose prefix covers it most closely.
   */
  private @Nullable Way covering(IpAddress gateway, int length) {
    IfAddress closest = null;
    for (Ifnet ifp : Interfaces.of(rib.vnet()).list()) {
      for (IfAddress a : ifp.addresses()) {
        boolean matches =
            length > 0 ? gateway.equals(addressOf(a)) : covers(a, gateway) && inFib(ifp);
        if (matches && (closest == null || a.prefixLength() > closest.prefixLength())) {
          closest = a;
        }
      }
    }
    return closest == null ? null : new Way(closest.ifnet(), closest.ifnet(), closest);
  }

  private boolean inFib(Ifnet ifp) {
    return rib.options().addAddrAllFibs().get() != 0 || ifp.fib() == rib.number();
  }

  /**
   * The interface's address whose prefix covers {@code near}, else its first of the rib's family.
   */
  private @Nullable IfAddress best(Ifnet ifp, IpAddress near) {
    IfAddress first = null;
    IfAddress closest = null;
    for (IfAddress a : ifp.addresses()) {
      if (a.family() == rib.family()) {
        first = first == null ? a : first;
        if (covers(a, near) && (closest == null || a.prefixLength() > closest.prefixLength())) {
          closest = a;
        }
      }
    }
    return closest == null ? first : closest;
  }

  private static boolean covers(IfAddress a, IpAddress other) {
    return a.family() == other.family() && a.covers(other.hi(), other.lo());
  }

  /** An interface's address as an address, with its zone. */
  static IpAddress addressOf(IfAddress a) {
    return a.family() == Family.INET6 && Ip6Address.isLinkLocal(a.hi())
        ? new Ip6Address(a.hi(), a.lo(), a.ifnet().index())
        : IpAddress.ofKey(a.family(), a.hi(), a.lo());
  }

  /**
   * Whether a request means this nexthop: by all of gateway, interface and address that it says.
   */
  static boolean names(RouteSpec spec, Nexthop nh) {
    IpAddress gateway = spec.gateway();
    if (gateway != null
        && spec.has(RouteFlags.GATEWAY)
        && !withoutZone(gateway).equals(nh.gateway())) {
      return false;
    }
    return (spec.ifnet() == null || spec.ifnet() == nh.ifnet())
        && (spec.address() == null || spec.address() == nh.address());
  }
}
