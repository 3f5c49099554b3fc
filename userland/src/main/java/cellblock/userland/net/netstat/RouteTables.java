package cellblock.userland.net.netstat;

import cellblock.control.IfInfo;
import cellblock.control.IfRequest;
import cellblock.control.RouteRequest;
import cellblock.userland.net.Xo;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** {@code netstat -r}. Ancestors: usr.bin/netstat/route.c, route_netlink.c. */
final class RouteTables {
  private record Flag(int bit, char letter, String word) {}

  private static final List<Flag> FLAGS =
      List.of(
          new Flag(RouteRequest.RTF_UP, 'U', "up"),
          new Flag(RouteRequest.RTF_GATEWAY, 'G', "gateway"),
          new Flag(RouteRequest.RTF_HOST, 'H', "host"),
          new Flag(RouteRequest.RTF_REJECT, 'R', "reject"),
          new Flag(RouteRequest.RTF_DYNAMIC, 'D', "dynamic"),
          new Flag(RouteRequest.RTF_MODIFIED, 'M', "modified"),
          new Flag(RouteRequest.RTF_DONE, 'd', "done"),
          new Flag(RouteRequest.RTF_STATIC, 'S', "static"),
          new Flag(RouteRequest.RTF_PROTO1, '1', "proto1"),
          new Flag(RouteRequest.RTF_PROTO2, '2', "proto2"),
          new Flag(RouteRequest.RTF_PROTO3, '3', "proto3"),
          new Flag(RouteRequest.RTF_BLACKHOLE, 'B', "blackhole"),
          new Flag(RouteRequest.RTF_BROADCAST, 'b', "broadcast"));

  private final Netstat netstat;
  private final Map<String, Integer> mtus = new HashMap<>();
  private int destinationWidth;
  private int gatewayWidth;
  private int interfaceWidth;

  RouteTables(Netstat netstat) {
    this.netstat = netstat;
  }

  void print() {
    new FibTables("route-information", "Routing tables", "route-table", "rt-entry", "dump")
        .print(netstat, this::rows);
  }

  private void rows(List<RouteRequest.RouteInfo> routes, boolean six) {
    if (netstat.wide && mtus.isEmpty()) {
      for (IfInfo info : netstat.io.ask(new IfRequest.Get(null), "getifaddrs")) {
        mtus.put(info.name(), info.mtu());
      }
    }
    destinationWidth = six && netstat.numeric ? 33 : 18;
    gatewayWidth = six && netstat.numeric ? 29 : 18;
    interfaceWidth = !six && netstat.wide ? 10 : 8;
    header();
    routes.forEach(this::row);
  }

  private void header() {
    StringBuilder line = new StringBuilder();
    line.append(left("Destination", destinationWidth)).append(' ');
    line.append(left("Gateway", gatewayWidth)).append(' ').append(left("Flags", 6)).append(' ');
    if (netstat.wide) {
      line.append(" Nhop#    Mtu ");
    }
    line.append(right("Netif", interfaceWidth)).append(" Expire\n");
    netstat.xo.text(line.toString());
  }

  private void row(RouteRequest.RouteInfo info) {
    netstat.xo.openInstance("rt-entry");
    int over = address("destination", destination(info), destinationWidth);
    String gateway = info.gateway() != null ? info.gateway() : info.linkGateway();
    over =
        address(
            "gateway", gateway == null ? "link#" + info.ifindex() : gateway, gatewayWidth - over);
    flags(info.flags() | RouteRequest.RTF_UP, 6 - over);
    if (netstat.xo.style() != Xo.Style.TEXT) {
      netstat.xo.number("weight", Math.max(1, info.weight()), "");
      netstat.xo.number("nhop-kidx", info.nhopIndex(), "");
    }
    if (netstat.wide) {
      netstat.xo.number(
          "nhop", info.nhopIndex(), right(Integer.toString(info.nhopIndex()), 6) + " ");
      int mtu = info.mtu() != 0 ? info.mtu() : mtus.getOrDefault(info.ifname(), 0);
      if (mtu != 0) {
        netstat.xo.number("mtu", mtu, right(Integer.toString(mtu), 6) + " ");
      } else {
        netstat.xo.text("       ");
      }
    }
    String name = info.ifname().isEmpty() ? "---" : info.ifname();
    boolean cut = !netstat.wide && name.length() > interfaceWidth;
    netstat.xo.string(
        "interface-name",
        name,
        right(cut ? name.substring(0, interfaceWidth) : name, interfaceWidth));
    netstat.xo.text("\n");
    netstat.xo.closeInstance();
  }

  private static String destination(RouteRequest.RouteInfo info) {
    boolean six = info.family().equals("inet6");
    if ((info.flags() & RouteRequest.RTF_HOST) != 0) {
      return info.destination();
    }
    if (info.prefixLength() == 0
        && (info.destination().equals("0.0.0.0") || info.destination().equals("::"))) {
      return "default";
    }
    return info.destination() + (info.prefixLength() == 0 && !six ? "" : "/" + info.prefixLength());
  }

  /** Prints an address padded, or cut when names were allowed; returns by how much it stuck out. */
  private int address(String name, String text, int width) {
    if (width < 0) {
      netstat.xo.string(name, text, text + " ");
      return 0;
    }
    boolean whole = netstat.wide || netstat.numeric || text.length() <= width;
    String shown = whole ? text : text.substring(0, width);
    netstat.xo.string(name, text, left(shown, width) + " ");
    return Math.max(0, shown.length() - width);
  }

  private void flags(int bits, int width) {
    String letters = letters(bits);
    netstat.xo.string("flags", letters, left(letters, width) + " ");
    netstat.xo.leaves("flags_pretty", words(bits));
  }

  /** The flags as letters. */
  static String letters(int bits) {
    StringBuilder letters = new StringBuilder();
    FLAGS.stream()
        .filter(flag -> (bits & flag.bit) != 0)
        .forEach(flag -> letters.append(flag.letter));
    return letters.toString();
  }

  /** The flags as words. */
  static List<String> words(int bits) {
    return FLAGS.stream().filter(flag -> (bits & flag.bit) != 0).map(Flag::word).toList();
  }

  static String left(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }

  static String right(String text, int width) {
    return " ".repeat(Math.max(0, width - text.length())) + text;
  }
}
