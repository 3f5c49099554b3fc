package cellblock.net.route;

/** NHF_* of sys/net/route.h: what the packet path wants to know of a nexthop. */
public final class NexthopFlags {
  /** Drop, and tell the sender. */
  public static final int REJECT = 0x10;

  /** Drop, and tell nobody. */
  public static final int BLACKHOLE = 0x20;

  /** Made by an ICMP redirect. */
  public static final int REDIRECT = 0x40;

  /** Of the default route. */
  public static final int DEFAULT = 0x80;

  /** To a broadcast address. */
  public static final int BROADCAST = 0x100;

  /** The neighbour is a gateway, not the destination itself. */
  public static final int GATEWAY = 0x200;

  /** Of a host route. */
  public static final int HOST = 0x400;

  private NexthopFlags() {}

  /** The nexthop's flags that follow from the route's and from its prefix length. */
  static int of(int routeFlags, int length) {
    int nhf = length == 0 ? DEFAULT : 0;
    nhf |= (routeFlags & RouteFlags.HOST) != 0 ? HOST : 0;
    nhf |= (routeFlags & RouteFlags.GATEWAY) != 0 ? GATEWAY : 0;
    nhf |= (routeFlags & RouteFlags.REJECT) != 0 ? REJECT : 0;
    nhf |= (routeFlags & RouteFlags.BLACKHOLE) != 0 ? BLACKHOLE : 0;
    nhf |= (routeFlags & RouteFlags.BROADCAST) != 0 ? BROADCAST : 0;
    boolean redirect = (routeFlags & (RouteFlags.DYNAMIC | RouteFlags.MODIFIED)) != 0;
    return redirect ? nhf | REDIRECT : nhf;
  }
}
