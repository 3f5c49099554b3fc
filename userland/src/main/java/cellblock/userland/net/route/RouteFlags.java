package cellblock.userland.net.route;

import cellblock.userland.net.Bits;
import java.util.List;

/** rtm_flags and its companions with names. Ancestor: sbin/route/route.c (routeflags, printb). */
final class RouteFlags {
  private static final List<String> ROUTE =
      List.of(
          "UP", "GATEWAY", "HOST", "REJECT", "DYNAMIC", "MODIFIED", "DONE", "", "", "XRESOLVE",
          "LLINFO", "STATIC", "BLACKHOLE", "", "PROTO2", "PROTO1", "PRCLONING", "WASCLONED", "PROTO3",
          "FIXEDMTU", "PINNED", "LOCAL", "BROADCAST", "MULTICAST", "", "", "", "", "STICKY");

  private static final List<String> INTERFACE =
      List.of(
          "UP", "BROADCAST", "DEBUG", "LOOPBACK", "PTP", "b6", "RUNNING", "NOARP", "PPROMISC",
          "ALLMULTI", "OACTIVE", "SIMPLEX", "LINK0", "LINK1", "LINK2", "MULTICAST");

  private static final List<String> ADDRESSES =
      List.of("DST", "GATEWAY", "NETMASK", "GENMASK", "IFP", "IFA", "AUTHOR", "BRD");

  private static final List<String> METRICS =
      List.of("mtu", "", "expire", "recvpipe", "sendpipe", "ssthresh", "rtt", "rttvar", "weight");

  private RouteFlags() {}

  static String route(int flags) {
    return Bits.names(flags, ROUTE);
  }

  static String ifnet(int flags) {
    return Bits.names(flags, INTERFACE);
  }

  static String addresses(int bits) {
    return Bits.names(bits, ADDRESSES);
  }

  static String metrics(int bits) {
    return Bits.names(bits, METRICS);
  }
}
