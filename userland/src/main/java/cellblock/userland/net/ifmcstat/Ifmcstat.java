package cellblock.userland.net.ifmcstat;

import cellblock.control.IfInfo;
import cellblock.control.IfRequest;
import cellblock.userland.net.Getopt;
import cellblock.userland.net.Stdio;
import cellblock.userland.net.Sysexits;
import cellblock.userland.net.ToolExit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** ifmcstat(8). Ancestor: usr.sbin/ifmcstat/ifmcstat.c (ifmcstat_getifmaddrs). */
public final class Ifmcstat {
  private final Stdio io;
  private @Nullable String ifname;
  private @Nullable String family;
  private int verbose;

  private Ifmcstat(Stdio io) {
    this.io = io;
  }

  /** Runs the tool. */
  public static int run(Stdio io) {
    return new Ifmcstat(io).main();
  }

  private int main() {
    List<IfInfo> interfaces = io.ask(new IfRequest.Get(null), "getifmaddrs");
    Getopt getopt = new Getopt(io, "ifmcstat", io.context().args(), "i:f:vM:N:");
    for (int c = getopt.next(); c != Getopt.END; c = getopt.next()) {
      option(c, getopt, interfaces);
    }
    if (verbose > 0 && "link".equals(family)) {
      throw usage();
    }
    List<IfRequest.MulticastInfo> groups = io.ask(new IfRequest.Multicast(ifname), "getifmaddrs");
    for (IfInfo info : interfaces) {
      print(info, groups.stream().filter(group -> group.ifname().equals(info.name())).toList());
    }
    return 0;
  }

  private void option(int c, Getopt getopt, List<IfInfo> interfaces) {
    switch (c) {
      case 'i' -> {
        ifname = getopt.value();
        if (interfaces.stream().noneMatch(info -> info.name().equals(ifname))) {
          io.eprint(ifname + ": unknown interface\n");
          throw new ToolExit(Sysexits.EX_NOHOST);
        }
      }
      case 'f' -> {
        family = getopt.value();
        if (!List.of("inet", "inet6", "link").contains(family)) {
          io.eprint(family + ": unknown address family\n");
          throw new ToolExit(Sysexits.EX_USAGE);
        }
      }
      case 'v' -> verbose++;
      case 'M', 'N' -> {
        // There are no core files.
      }
      default -> throw usage();
    }
  }

  private ToolExit usage() {
    io.eprint("usage: ifmcstat [-i interface] [-f address family] [-v]\n");
    return new ToolExit(Sysexits.EX_USAGE);
  }

  private void print(IfInfo info, List<IfRequest.MulticastInfo> groups) {
    boolean banner = false;
    String last = "";
    for (IfRequest.MulticastInfo group : groups) {
      if (family != null && !family.equals(group.family())) {
        continue;
      }
      if (!banner) {
        io.print(info.name() + ":\n");
        banner = true;
      }
      String primary = primary(info, group.family());
      if (primary == null || verbose == 0 && group.family().equals("link")) {
        continue;
      }
      if (!last.equals(group.family())) {
        last = group.family();
        io.print("\t" + group.family() + " " + primary + "\n" + protocol(group));
      }
      group(group);
    }
  }

  /** The address that memberships are made from. */
  private static @Nullable String primary(IfInfo info, String family) {
    if (family.equals("link")) {
      return info.linkAddress() == null ? "" : info.linkAddress();
    }
    for (IfInfo.Address address : info.addresses()) {
      if (address.family().equals(family)
          && (family.equals("inet") || address.address().startsWith("fe80:"))) {
        String scope = address.scopeId() == 0 ? "" : " scopeid 0x" + Integer.toHexString(address.scopeId());
        return address.address() + scope;
      }
    }
    return null;
  }

  /** IGMP's or MLD's line; the querier's values are RFC 3376's defaults, which the stack uses. */
  private static String protocol(IfRequest.MulticastInfo group) {
    return switch (group.family()) {
      case "inet" -> {
        String silent = group.flags().isEmpty() ? "" : " flags=" + group.flags();
        String v3 = group.igmpVersion() == 3 ? " rv 2 qi 125 qri 10 uri 3" : "";
        yield "\tigmpv" + group.igmpVersion() + silent + v3 + "\n";
      }
      case "inet6" -> "\tmldv" + group.igmpVersion() + (group.igmpVersion() == 2 ? " rv 2 qi 125 qri 10 uri 3" : "") + "\n";
      default -> "";
    };
  }

  private void group(IfRequest.MulticastInfo group) {
    io.print("\t\tgroup " + group.group());
    if (!group.family().equals("link")) {
      io.print(" mode " + (group.mode().isEmpty() ? "undefined" : group.mode()));
      if (verbose > 0 && !group.sources().isEmpty()) {
        io.print(" srcs " + String.join(",", group.sources()));
      }
    }
    io.print("\n");
    if (group.linkAddress() != null) {
      io.print("\t\t\tmcast-macaddr " + group.linkAddress() + "\n");
    }
  }
}
