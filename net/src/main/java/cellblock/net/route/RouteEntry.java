package cellblock.net.route;

import cellblock.wire.IpPrefix;

/**
 * One route as a fact: where to, and by which way. Made when somebody asks; the table keeps none.
 */
public record RouteEntry(IpPrefix prefix, RouteTarget target) {
  /** RTF_* of the route: those of its first path. */
  public int flags() {
    return target.paths().getFirst().nexthop().routeFlags();
  }
}
