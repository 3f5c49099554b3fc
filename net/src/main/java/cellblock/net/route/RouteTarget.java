package cellblock.net.route;

import java.util.List;

/**
 * Where a route leads: one nexthop, or a group of them (ancestor: {@code rt_nhop} of struct
 * rtentry, which tells the two apart by a flag). The fib's tree holds targets, not entries of its
 * own: a full table costs no object per route.
 */
public sealed interface RouteTarget permits Nexthop, NexthopGroup {
  /** The nexthop for a flow: any int, the same for all packets of the flow. */
  Nexthop select(int flow);

  /** All nexthops with their weights, one or more. */
  List<Path> paths();

  /** nhop-kidx: unique among nexthops, or among groups, of the rib. */
  int index();

  /**
   * One way of a route.
   *
   * @param weight its share of the flows, 1 unless told otherwise
   */
  record Path(Nexthop nexthop, int weight) {}
}
