package cellblock.userland.net.netstat;

import static cellblock.userland.net.netstat.RouteTables.left;
import static cellblock.userland.net.netstat.RouteTables.right;

import cellblock.control.IfInfo;
import cellblock.control.IfRequest;
import cellblock.control.RouteRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * {@code netstat -o}: the nexthops that routes use, by index, made from the routing table.
 * Ancestor: usr.bin/netstat/nhops.c.
 */
final class Nexthops {
  private final Netstat netstat;

  Nexthops(Netstat netstat) {
    this.netstat = netstat;
  }

  void print() {
    new FibTables("route-nhop-information", "Nexthop data", "nhop-table", "nh-entry", "nhdump")
        .print(netstat, this::rows);
  }

  private void rows(List<RouteRequest.RouteInfo> routes, boolean six) {
    Map<Integer, List<RouteRequest.RouteInfo>> users = new TreeMap<>();
    for (RouteRequest.RouteInfo info : routes) {
      users.computeIfAbsent(info.nhopIndex(), index -> new ArrayList<>()).add(info);
    }
    int address = six && netstat.numeric ? 29 : 18;
    int netif = !six && netstat.wide ? 10 : 8;
    header(address, netif);
    List<IfInfo> interfaces = netstat.io.ask(new IfRequest.Get(null), "getifaddrs");
    users.values().forEach(list -> row(list, interfaces, address, netif));
  }

  private void header(int address, int netif) {
    String addresses =
        left("IFA", address) + " " + left("Gateway", address) + " " + left("Flags", 6) + " ";
    netstat.xo.text(
        netstat.wide
            ? "Idx   Type         "
                + addresses
                + "     Use    Mtu "
                + left("Netif", netif)
                + " "
                + right("Addrif", netif)
                + " Refcnt Prepend\n"
            : "Idx   " + addresses + right("Netif", netif) + "  Refcnt\n");
  }

  private void row(
      List<RouteRequest.RouteInfo> users, List<IfInfo> interfaces, int address, int netif) {
    RouteRequest.RouteInfo info = users.getFirst();
    IfInfo through =
        interfaces.stream().filter(i -> i.name().equals(info.ifname())).findFirst().orElse(null);
    boolean gateway = (info.flags() & RouteRequest.RTF_GATEWAY) != 0 && info.gateway() != null;
    netstat.xo.openInstance("nh-entry");
    netstat.xo.number("index", info.nhopIndex(), left(Integer.toString(info.nhopIndex()), 5) + " ");
    if (netstat.wide) {
      String type = (info.family().equals("inet6") ? "v6/" : "v4/") + (gateway ? "gw" : "resolve");
      netstat.xo.string("type_str", type, right(type, 12) + " ");
    }
    String ifa = source(info, through);
    netstat.xo.string("ifa", ifa, left(ifa, address) + " ");
    String way = gateway ? String.valueOf(info.gateway()) : info.ifname() + "/resolve";
    netstat.xo.string("gateway", way, left(way, address) + " ");
    String letters = RouteTables.letters(info.flags());
    netstat.xo.string("flags", letters, left(letters, 6) + " ");
    netstat.xo.leaves("rt_flags_pretty", RouteTables.words(info.flags()));
    if (netstat.wide) {
      long uses = users.stream().mapToLong(RouteRequest.RouteInfo::uses).sum();
      int mtu = info.mtu() != 0 || through == null ? info.mtu() : through.mtu();
      netstat.xo.number("use", uses, right(Long.toString(uses), 8) + " ");
      netstat.xo.number("mtu", mtu, right(Integer.toString(mtu), 6) + " ");
    }
    netstat.xo.string("interface-name", info.ifname(), right(info.ifname(), netif));
    if (netstat.wide) {
      netstat.xo.string("address-interface-name", "", " ".repeat(netif));
    }
    netstat.xo.number("refcount", users.size(), right(Integer.toString(users.size()), 6) + " ");
    netstat.xo.text("\n");
    netstat.xo.closeInstance();
  }

  /** The address that packets leave with: the route's own or the interface's first. */
  private static String source(RouteRequest.RouteInfo info, @Nullable IfInfo through) {
    if (info.source() != null) {
      return info.source();
    }
    if (through != null) {
      for (IfInfo.Address own : through.addresses()) {
        if (own.family().equals(info.family())) {
          return own.address();
        }
      }
    }
    return info.family().equals("inet6") ? "::" : "0.0.0.0";
  }
}
