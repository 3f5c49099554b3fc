package cellblock.host.port;

import cellblock.control.RouteRequest.RouteInfo;
import cellblock.net.ifnet.IfAddress;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.route.Nexthop;
import cellblock.net.route.RouteEntry;
import cellblock.net.route.RouteTarget;
import cellblock.wire.Family;
import cellblock.wire.Ip4Address;
import cellblock.wire.Ip6Address;
import cellblock.wire.IpAddress;
import cellblock.wire.IpPrefix;
import java.util.List;

/** A route as netstat(1) and route(8) are told of it. In a turn of the lane. */
final class RouteView {
  private RouteView() {}

  /** One line for each way of a route. */
  static List<RouteInfo> all(int fib, RouteEntry entry) {
    return entry.target().paths().stream().map(p -> of(fib, entry.prefix(), p)).toList();
  }

  /** The route's first way. */
  static RouteInfo first(int fib, RouteEntry entry) {
    return of(fib, entry.prefix(), entry.target().paths().getFirst());
  }

  static RouteInfo of(int fib, IpPrefix prefix, RouteTarget.Path path) {
    Nexthop nh = path.nexthop();
    IpAddress gateway = nh.gateway();
    IfAddress source = nh.address();
    Family family = prefix.address().family();
    String link = gateway == null ? "link#" + nh.addressIfnet().index() : null;
    return new RouteInfo(
        fib,
        family == Family.INET ? "inet" : "inet6",
        zoned(prefix.address(), nh.ifnet()),
        prefix.length(),
        gateway == null ? null : zoned(gateway, nh.ifnet()),
        link,
        nh.ifnet().name(),
        nh.ifnet().index(),
        source == null ? null : text(source),
        nh.routeFlags(),
        nh.mtu(),
        path.weight(),
        nh.index(),
        nh.used());
  }

  static String text(IfAddress a) {
    return a.family() == Family.INET
        ? new Ip4Address((int) (a.hi() >>> 32)).toString()
        : zoned(new Ip6Address(a.hi(), a.lo(), 0), a.ifnet());
  }

  /** An address, a link-local one with the name of the interface as its zone. */
  private static String zoned(IpAddress a, Ifnet ifp) {
    if (!(a instanceof Ip6Address six) || !six.needsZone()) {
      return a.toString();
    }
    return Ip6Address.recoverZone(six.hi(), six.lo()).withScope(0).toString(ifp.name());
  }
}
