package cellblock.userland.net.netstat;

import cellblock.control.IfInfo;
import cellblock.control.IfRequest;
import cellblock.control.KernelError;
import cellblock.control.StatRequest;
import cellblock.control.SysctlRequest;
import cellblock.userland.net.Getopt;
import cellblock.userland.net.JailAttach;
import cellblock.userland.net.Stdio;
import cellblock.userland.net.ToolExit;
import cellblock.userland.net.Xo;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** netstat(1). Ancestor: usr.bin/netstat/main.c. */
public final class Netstat {
  private static final String USAGE =
      """
      usage: netstat [-j jail] [-46aLnSTWx] [-f protocol_family | -p protocol]
             netstat [-j jail] -i | -I interface [-46abdhnW] [-f address_family]
             netstat [-j jail] -w wait [-I interface] [-46d] [-q howmany]
             netstat [-j jail] -s [-46sz] [-f protocol_family | -p protocol]
             netstat [-j jail] -i | -I interface -s [-46s] [-f protocol_family | -p protocol]
             netstat [-j jail] -m
             netstat [-j jail] -r [-46nW] [-F fibnum] [-f address_family]
             netstat [-j jail] -rs [-s]
             netstat [-j jail] -o [-46nW] [-F fibnum] [-f address_family]
             netstat [-j jail] -g [-46W] [-f address_family]
      """;

  final Stdio io;
  final Xo xo;
  boolean all;
  boolean bytes;
  boolean drops;
  boolean human;
  boolean numeric;
  boolean listening;

  /** -x. */
  boolean buffers;

  /** -T. */
  boolean tcpCounts;

  boolean wide;
  int fib = -1;

  /** "inet", "inet6", "link", "unix", or null for all. */
  @Nullable String family;

  @Nullable String ifname;

  private char display;
  private boolean interfaces;
  private int statistics;
  private boolean zero;
  private int interval;
  private int howmany;
  private @Nullable String protocol;
  private @Nullable String jail;

  private Netstat(Stdio io) {
    this.io = io;
    this.xo = new Xo(io);
  }

  /** Runs the tool. */
  public static int run(Stdio io) throws InterruptedException {
    return new Netstat(io).main();
  }

  private int main() throws InterruptedException {
    parse();
    if (jail != null) {
      JailAttach.attach(io, jail);
    }
    switch (display) {
      case 'm' -> mbufs();
      case 'g' -> io.eprint("No IPv4 MROUTING kernel support.\n");
      case 0 -> statisticsOrSockets();
      default -> {
        if (interfaces && statistics == 0) {
          statisticsOrSockets();
        } else {
          routes();
        }
      }
    }
    if (xo.style() != Xo.Style.TEXT) {
      xo.finish();
    }
    return 0;
  }

  private void statisticsOrSockets() throws InterruptedException {
    xo.openContainer("statistics");
    if (interfaces && statistics == 0) {
      if (interval > 0) {
        new Interfaces(this).run(interval, howmany);
      } else {
        new Interfaces(this).print();
      }
    } else if (statistics > 0) {
      counters();
    } else {
      new Sockets(this).print(protocol);
    }
    xo.closeContainer();
  }

  private void routes() {
    xo.openContainer("statistics");
    if (display == 'o') {
      new Nexthops(this).print();
    } else if (statistics > 0) {
      xo.text("routing:\n");
      StatLine.print(xo, StatTables.table("routing"), fetch("routing"), statistics > 1);
    } else {
      new RouteTables(this).print();
    }
    xo.closeContainer();
  }

  // ---- options

  private void parse() {
    Getopt getopt =
        new Getopt(
            io,
            "netstat",
            xo.parseArgs(io.context().args()),
            "46AaBbCcdF:f:ghI:ij:LlM:mN:nOoPp:Qq:RrSsTuWw:xz");
    for (int c = getopt.next(); c != Getopt.END; c = getopt.next()) {
      option(c, getopt);
    }
    List<String> rest = getopt.rest();
    if (buffers && tcpCounts) {
      throw io.errx(1, "-x and -T are incompatible, pick one.");
    }
    if (!rest.isEmpty()
        && !rest.getFirst().isEmpty()
        && Character.isDigit(rest.getFirst().charAt(0))) {
      interval = number(rest.getFirst());
      interfaces = true;
      if (interval <= 0) {
        throw usage();
      }
    }
  }

  private void option(int c, Getopt getopt) {
    switch (c) {
      case '4' -> family = "inet";
      case '6' -> family = "inet6";
      case 'a' -> all = true;
      case 'b' -> bytes = true;
      case 'd' -> drops = true;
      case 'h' -> human = true;
      case 'i' -> interfaces = true;
      case 'n', 'S' -> numeric = true;
      case 's' -> statistics++;
      case 'W', 'l' -> wide = true;
      case 'L' -> listening = true;
      case 'x' -> buffers = true;
      case 'T' -> tcpCounts = true;
      case 'z' -> zero = true;
      case 'u' -> family = "unix";
      case 'm' -> display = 'm';
      case 'r' -> display = display == 'm' ? 'm' : 'r';
      case 'g' -> display = display == 0 ? 'g' : display;
      case 'o' -> display = display == 0 ? 'o' : display;
      case 'F', 'f', 'I', 'j', 'M', 'N', 'p', 'q', 'w' -> valued(c, getopt.value());
      case '?' -> throw usage();
      default -> throw io.errx(1, "-" + (char) c + ": not supported by this kernel");
    }
  }

  private void valued(int c, String value) {
    switch (c) {
      case 'F' -> {
        fib = value.equals("default") ? -1 : number(value);
        if (!value.equals("default") && (fib < 0 || !value.chars().allMatch(Character::isDigit))) {
          throw io.errx(1, value + ": invalid fib");
        }
      }
      case 'f' -> family = family(value);
      case 'I' -> {
        interfaces = true;
        ifname = value;
      }
      case 'j' -> jail = value;
      case 'p' -> {
        if (!StatTables.protocols().contains(value)) {
          throw io.errx(1, value + ": unknown or uninstrumented protocol");
        }
        protocol = value;
      }
      case 'q' -> howmany = number(value);
      case 'w' -> {
        interval = number(value);
        interfaces = true;
      }
      default -> throw io.errx(1, "kvm not available: there are no core files");
    }
  }

  private String family(String value) {
    return switch (value) {
      case "inet", "inet6", "link", "unix" -> value;
      case "local" -> "unix";
      default -> throw io.errx(1, value + ": unknown address family");
    };
  }

  private static int number(String text) {
    int end = 0;
    while (end < text.length() && end < 9 && Character.isDigit(text.charAt(end))) {
      end++;
    }
    return end == 0 ? 0 : Integer.parseInt(text.substring(0, end));
  }

  private ToolExit usage() {
    io.eprint(USAGE);
    return new ToolExit(1);
  }

  // ---- what the displays share

  /** Whether a family is asked for. */
  boolean wants(String name) {
    return family == null || family.equals(name);
  }

  /** A number from sysctl, or another where there is none. */
  int sysctl(String name, int otherwise) {
    try {
      return Integer.parseInt(io.kernel().ask(new SysctlRequest.Get(name)).value().trim());
    } catch (KernelError | NumberFormatException e) {
      return otherwise;
    }
  }

  // ---- counters

  private void counters() {
    List<String> known = io.ask(new StatRequest.Protocols(), "sysctl");
    if (interfaces) {
      for (String name : StatTables.protocols()) {
        boolean asked = protocol == null ? wants("inet6") : protocol.equals(name);
        if (asked && known.contains(name)) {
          onInterfaces(name);
        }
      }
      return;
    }
    for (String name : StatTables.protocols()) {
      boolean asked = protocol == null ? counted(name) : protocol.equals(name);
      if (asked && known.contains(name)) {
        xo.openContainer(name);
        xo.text(name + ":\n");
        StatLine.print(xo, StatTables.table(name), fetch(name), statistics > 1);
        if (name.equals("icmp")) {
          maskReplies();
        }
        xo.closeContainer();
      }
    }
  }

  /** Whether a protocol belongs to a family that is asked for; TCP and UDP belong to both. */
  private boolean counted(String name) {
    return name.endsWith("6")
        ? wants("inet6")
        : wants("inet") || wants("inet6") && (name.equals("tcp") || name.equals("udp"));
  }

  /** What a protocol counted on each interface, or on the one that is named. */
  private void onInterfaces(String name) {
    List<String> table = StatTables.onInterface(name);
    if (table.isEmpty()) {
      if (protocol != null) {
        io.eprint("netstat: " + name + ": no per-interface stats routine\n");
      }
      return;
    }
    String element = name + "-interface-statistics";
    boolean opened = false;
    for (IfInfo info : io.ask(new IfRequest.Get(null), "getifaddrs")) {
      Map<String, Long> values =
          ifname == null || ifname.equals(info.name())
              ? io.ask(new StatRequest.OnInterface(name, info.name()), "ioctl(SIOCGIFSTAT_IN6)")
              : Map.of();
      if (!values.isEmpty()) {
        if (!opened) {
          xo.openList(element);
          opened = true;
        }
        xo.openInstance(element);
        xo.text(name + " on " + info.name() + ":\n");
        xo.string("name", info.name(), "");
        StatLine.print(xo, table, values, statistics > 1);
        xo.closeInstance();
      }
    }
    if (opened) {
      xo.closeList();
    }
  }

  private void maskReplies() {
    String word = sysctl("net.inet.icmp.maskrepl", 0) != 0 ? "enabled" : "disabled";
    xo.text("\tICMP address mask responses are ");
    xo.string("icmp-address-responses", word);
    xo.text("\n");
  }

  /** The counters; with -z they are cleared, and read as zero. */
  private Map<String, Long> fetch(String name) {
    try {
      Map<String, Long> values =
          new LinkedHashMap<>(io.kernel().ask(new StatRequest.Protocol(name, zero)));
      if (name.equals("udp")) {
        values.computeIfAbsent("delivered-packets", key -> delivered(values));
      }
      if (zero) {
        values.replaceAll((key, value) -> 0L);
      }
      return values;
    } catch (KernelError e) {
      if (!e.errno().equals("ENOENT")) {
        io.warn("sysctl net.inet." + name + ".stats", e);
      }
      return Map.of();
    }
  }

  /** What is left of the datagrams received when those that were dropped are taken away. */
  private static long delivered(Map<String, Long> udp) {
    long count = udp.getOrDefault("received-datagrams", 0L);
    for (String key :
        List.of(
            "dropped-incomplete-headers",
            "dropped-bad-data-length",
            "dropped-bad-checksum",
            "dropped-no-socket",
            "dropped-broadcast-multicast",
            "dropped-full-socket-buffer")) {
      count -= udp.getOrDefault(key, 0L);
    }
    return count;
  }

  private void mbufs() {
    xo.openContainer("mbuf-statistics");
    StatLine.print(
        xo,
        StatTables.table("mbuf-statistics"),
        io.ask(new StatRequest.Mbufs(), "memstat_sysctl_all"),
        false);
    xo.closeContainer();
  }
}
