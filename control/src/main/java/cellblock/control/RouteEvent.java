package cellblock.control;

import org.jspecify.annotations.Nullable;

/** A routing-socket message, as route monitor prints it: one of the kinds of net/route.h. */
public sealed interface RouteEvent {
  /** RTM_ADD, RTM_DELETE, RTM_CHANGE, RTM_GET, RTM_MISS, RTM_REDIRECT. */
  record Route(String type, RouteRequest.RouteInfo route, int pid, int seq, int errno)
      implements RouteEvent {}

  /** RTM_NEWADDR and RTM_DELADDR. */
  record Addr(String type, String ifname, int ifindex, IfInfo.Address address)
      implements RouteEvent {}

  /** RTM_IFINFO: flags or link state changed. */
  record Interface(String ifname, int ifindex, int flags, @Nullable String status)
      implements RouteEvent {}

  /** RTM_IFANNOUNCE: what is "arrival" or "departure". */
  record Announce(String ifname, int ifindex, String what) implements RouteEvent {}
}
