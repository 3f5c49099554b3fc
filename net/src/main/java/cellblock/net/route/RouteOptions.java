package cellblock.net.route;

import cellblock.kern.sysctl.IntCell;

/**
 * The knobs of a vnet's routing, shared by its ribs.
 *
 * @param multipath net.route.multipath: whether a prefix may have several gateways
 * @param ipv6Nexthop net.route.ipv6_nexthop: whether an IPv4 route may have an IPv6 gateway
 * @param hashOutbound net.route.hash_outbound: whether local output is to give packets a flow id;
 *     set by the first multipath route
 * @param addAddrAllFibs net.add_addr_allfibs: whether interface routes go to every FIB
 */
public record RouteOptions(
    IntCell multipath, IntCell ipv6Nexthop, IntCell hashOutbound, IntCell addAddrAllFibs) {
  /** FreeBSD's defaults. */
  public RouteOptions() {
    this(new IntCell(1), new IntCell(1), new IntCell(0), new IntCell(0));
  }
}
