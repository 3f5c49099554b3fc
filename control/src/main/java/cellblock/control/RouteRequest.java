package cellblock.control;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a routing socket is asked: RTM_ADD, RTM_DELETE, RTM_CHANGE, RTM_GET and the table. FIB -1 is
 * the process's own (setfib(2)).
 */
public sealed interface RouteRequest<R> extends Request<R> {
  int RTF_UP = 0x1;
  int RTF_GATEWAY = 0x2;
  int RTF_HOST = 0x4;
  int RTF_REJECT = 0x8;
  int RTF_DYNAMIC = 0x10;
  int RTF_MODIFIED = 0x20;
  int RTF_DONE = 0x40;
  int RTF_STATIC = 0x800;
  int RTF_BLACKHOLE = 0x1000;
  int RTF_PROTO2 = 0x4000;
  int RTF_PROTO1 = 0x8000;
  int RTF_PROTO3 = 0x40000;
  int RTF_FIXEDMTU = 0x80000;
  int RTF_PINNED = 0x100000;
  int RTF_LOCAL = 0x200000;
  int RTF_BROADCAST = 0x400000;
  int RTF_MULTICAST = 0x800000;
  int RTF_STICKY = 0x10000000;
  int RTF_GWFLAG_COMPAT = 0x80000000;

  /**
   * RTM_ADD. Exactly one of gateway and ifname, or both; {@code mtu} and {@code weight} 0 =
   * default.
   */
  record Add(
      int fib,
      String destination,
      int prefixLength,
      @Nullable String gateway,
      @Nullable String ifname,
      @Nullable String source,
      int flags,
      int mtu,
      int weight)
      implements RouteRequest<Done> {}

  /** RTM_DELETE; ESRCH when there is none. {@code gateway} may narrow a multipath route. */
  record Delete(int fib, String destination, int prefixLength, @Nullable String gateway)
      implements RouteRequest<RouteInfo> {}

  /** RTM_CHANGE. */
  record Change(
      int fib,
      String destination,
      int prefixLength,
      @Nullable String gateway,
      @Nullable String ifname,
      int flags,
      int mtu,
      int weight)
      implements RouteRequest<Done> {}

  /** RTM_GET: the route that an address (prefixLength -1) or exactly that prefix uses. */
  record Lookup(int fib, String destination, int prefixLength) implements RouteRequest<RouteInfo> {}

  /** sysctl net.route.0.<family>.dump.0.<fib>: the whole table, in radix order. */
  record Dump(int fib, String family) implements RouteRequest<List<RouteInfo>> {}

  /** setfib(2): the process's default FIB; EINVAL at net.fibs or above. */
  record SetFib(int fib) implements RouteRequest<Done> {}

  /** How many FIBs the vnet has, and the process's own. */
  record GetFib() implements RouteRequest<Integer> {}

  /**
   * One route. {@code gateway} is an address, or null with {@code linkGateway} "link#3" for a route
   * out of an interface, or the link address of a host.
   */
  record RouteInfo(
      int fib,
      String family,
      String destination,
      int prefixLength,
      @Nullable String gateway,
      @Nullable String linkGateway,
      String ifname,
      int ifindex,
      @Nullable String source,
      int flags,
      int mtu,
      int weight,
      int nhopIndex,
      long uses) {}
}
