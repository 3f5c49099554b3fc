package cellblock.userland.net.ifconfig;

import cellblock.control.IfInfo;
import cellblock.userland.net.Bits;
import cellblock.userland.net.Inet4;
import cellblock.userland.net.Stdio;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Prints interfaces. Ancestors: sbin/ifconfig/ifconfig_netlink.c (status_nl), af_inet.c,
 * af_inet6.c, af_link.c, af_nd6.c, ifgroup.c, ifmedia.c, iffib.c. The order of the lines is that of
 * FreeBSD 14.
 */
final class IfStatus {
  /** if_flags by bit. */
  static final List<String> FLAGS =
      List.of(
          "UP",
          "BROADCAST",
          "DEBUG",
          "LOOPBACK",
          "POINTOPOINT",
          "NEEDSEPOCH",
          "RUNNING",
          "NOARP",
          "PROMISC",
          "ALLMULTI",
          "DRV_OACTIVE",
          "SIMPLEX",
          "LINK0",
          "LINK1",
          "LINK2",
          "MULTICAST",
          "CANTCONFIG",
          "PPROMISC",
          "MONITOR",
          "STATICARP",
          "STICKYARP",
          "DYING",
          "RENAMING",
          "NOGROUP",
          "LOWER_UP");

  /** if_capenable by bit. */
  static final List<String> CAPABILITIES =
      List.of(
          "RXCSUM",
          "TXCSUM",
          "NETCONS",
          "VLAN_MTU",
          "VLAN_HWTAGGING",
          "JUMBO_MTU",
          "POLLING",
          "VLAN_HWCSUM",
          "TSO4",
          "TSO6",
          "LRO",
          "WOL_UCAST",
          "WOL_MCAST",
          "WOL_MAGIC",
          "TOE4",
          "TOE6",
          "VLAN_HWFILTER",
          "NV",
          "VLAN_HWTSO",
          "LINKSTATE",
          "NETMAP",
          "RXCSUM_IPV6",
          "TXCSUM_IPV6",
          "HWSTATS",
          "TXRTLMT",
          "HWRXTSTMP",
          "MEXTPG",
          "TXTLS4",
          "TXTLS6",
          "VXLAN_HWCSUM",
          "VXLAN_HWTSO",
          "TXTLS_RTLMT");

  private static final List<String> ND6 =
      List.of(
          "PERFORMNUD",
          "ACCEPT_RTADV",
          "PREFER_SOURCE",
          "IFDISABLED",
          "DONT_SET_IFROUTE",
          "AUTO_LINKLOCAL",
          "NO_RADR",
          "NO_PREFER_IFACE",
          "NO_DAD",
          "IPV6_ONLY",
          "IPV6_ONLY_MANUAL",
          "",
          "",
          "",
          "",
          "DEFAULTIF");

  /** Drivers whose lines come after the groups; all others print before them. */
  private static final Set<String> AFTER_GROUPS =
      Set.of("carp:", "vlan:", "vxlan", "grekey:", "udpport:", "options");

  private final Stdio io;
  private final IfArgs args;

  IfStatus(Stdio io, IfArgs args) {
    this.io = io;
    this.args = args;
  }

  /** One interface with all its lines, or with those of the family asked for. */
  void print(IfInfo info) {
    io.print(info.name() + ": flags=" + Integer.toHexString(info.flags()));
    io.print(
        Bits.names(info.flags(), FLAGS) + " metric " + info.metric() + " mtu " + info.mtu() + "\n");
    if (info.description() != null && !info.description().isEmpty()) {
      io.print("\tdescription: " + info.description() + "\n");
    }
    capabilities(info);
    driver(info, 't');
    if (args.family == null || isLink(args.family)) {
      link(info);
    }
    for (String family : List.of("inet", "inet6")) {
      if (args.family == null || args.family.equals(family)) {
        addresses(info, family);
      }
    }
    if (args.family == null) {
      other(info);
    }
    if (args.family == null || args.family.equals("inet6")) {
      nd6(info);
    }
    driver(info, 's');
    if (args.driverName) {
      io.print("\tdrivername: " + info.driverName() + "\n");
    }
  }

  private void capabilities(IfInfo info) {
    io.print("\toptions=" + Integer.toHexString(info.capEnabled()));
    io.print(Bits.names(info.capEnabled(), CAPABILITIES) + "\n");
    if (args.capabilities) {
      io.print("\tcapabilities=" + Integer.toHexString(info.capabilities()));
      io.print(Bits.names(info.capabilities(), CAPABILITIES) + "\n");
    }
  }

  private void link(IfInfo info) {
    String address = info.linkAddress();
    if (address == null) {
      return;
    }
    if (isEther(address)) {
      io.print("\tether " + args.format.ether(address) + "\n");
      String hardware = info.hardwareAddress();
      if (hardware != null && !hardware.equalsIgnoreCase(address)) {
        io.print("\thwaddr " + args.format.ether(hardware) + "\n");
      }
    } else {
      io.print("\tlladdr " + address + "\n");
    }
    driver(info, 'l');
  }

  private void addresses(IfInfo info, String family) {
    for (IfInfo.Address address : info.addresses()) {
      if (address.family().equals(family)) {
        if (family.equals("inet")) {
          inet(info, address);
        } else {
          inet6(address);
        }
      }
    }
  }

  private void inet(IfInfo info, IfInfo.Address address) {
    StringBuilder line = new StringBuilder("\tinet ").append(address.address());
    if ((info.flags() & IfInfo.IFF_POINTOPOINT) != 0) {
      String far = address.destination();
      line.append(" --> ").append(far == null ? "0.0.0.0" : far);
    }
    int mask = Inet4.mask(address.prefixLength());
    switch (args.format.inet) {
      case "cidr" -> line.append('/').append(address.prefixLength());
      case "dotted" -> line.append(" netmask ").append(Inet4.format(mask));
      default -> line.append(" netmask 0x").append(Integer.toHexString(mask));
    }
    String broadcast = address.broadcast();
    if ((info.flags() & IfInfo.IFF_BROADCAST) != 0
        && address.prefixLength() != 0
        && broadcast != null) {
      line.append(" broadcast ").append(broadcast);
    }
    vhid(line, address);
    io.print(line.append('\n').toString());
  }

  private void inet6(IfInfo.Address address) {
    StringBuilder line = new StringBuilder("\tinet6 ").append(address.address());
    if (address.destination() != null) {
      line.append(" --> ").append(address.destination());
    }
    line.append(args.format.inet6.equals("cidr") ? "/" : " prefixlen ")
        .append(address.prefixLength());
    address.flags().forEach(word -> line.append(' ').append(word));
    if (address.scopeId() != 0) {
      line.append(" scopeid 0x").append(Integer.toHexString(address.scopeId()));
    }
    if (address.preferredLifetime() >= 0 || address.validLifetime() >= 0) {
      line.append(" pltime ").append(lifetime(address.preferredLifetime()));
      line.append(" vltime ").append(lifetime(address.validLifetime()));
    }
    vhid(line, address);
    io.print(line.append('\n').toString());
  }

  private static String lifetime(long seconds) {
    return seconds < 0 ? "infty" : Long.toString(seconds);
  }

  private static void vhid(StringBuilder line, IfInfo.Address address) {
    if (address.vhid() != 0) {
      line.append(" vhid ").append(address.vhid());
    }
  }

  private void other(IfInfo info) {
    driver(info, 'b');
    List<String> groups = new ArrayList<>(info.groups());
    groups.remove("all");
    if (!groups.isEmpty()) {
      io.print("\tgroups: " + String.join(" ", groups) + "\n");
    }
    driver(info, 'a');
    if (info.fib() != 0) {
      io.print("\tfib: " + info.fib() + "\n");
    }
    driver(info, 'f');
    if (info.media() != null) {
      io.print("\tmedia: " + info.media() + "\n");
    }
    if (info.status() != null) {
      io.print("\tstatus: " + info.status() + "\n");
    }
  }

  /**
   * The driver's lines of one place: 't'unnels, the 'l'ink, 'b'efore the groups, 'a'fter them,
   * behind the 'f'ib, and at the end the 's'tatus.
   */
  private void driver(IfInfo info, char place) {
    char last = 'b';
    for (String line : info.driver()) {
      String text = line.endsWith("\n") ? line.substring(0, line.length() - 1) : line;
      boolean continued = text.startsWith("\t ") || text.startsWith(" ");
      last = continued ? last : place(text.strip());
      if (last == place) {
        io.print((text.startsWith("\t") ? "" : "\t") + text + "\n");
      }
    }
  }

  private static char place(String line) {
    if (line.startsWith("tunnel ")) {
      return 't';
    }
    if (line.startsWith("Opened by PID ")) {
      return 's';
    }
    if (line.startsWith("pcp ")) {
      return 'l';
    }
    if (line.startsWith("tunnelfib:")) {
      return 'f';
    }
    int end = line.indexOf(' ');
    String word = end < 0 ? line : line.substring(0, end);
    return AFTER_GROUPS.contains(word.startsWith("options=") ? "options" : word) ? 'a' : 'b';
  }

  private void nd6(IfInfo info) {
    if (info.ndFlags() > 0) {
      io.print("\tnd6 options=" + Integer.toHexString(info.ndFlags()));
      io.print(Bits.names(info.ndFlags(), ND6) + "\n");
    }
  }

  /** Whether a family word means the link layer. */
  static boolean isLink(String family) {
    return family.equals("ether") || family.equals("link") || family.equals("lladdr");
  }

  /** Whether this is an Ethernet address. */
  static boolean isEther(String address) {
    return address.length() == 17 && address.charAt(2) == ':';
  }
}
