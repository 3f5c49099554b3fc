package cellblock.userland.net.traceroute;

import cellblock.control.KernelError;
import cellblock.control.SysctlRequest;
import cellblock.userland.net.AddrInfo;
import cellblock.userland.net.Getopt;
import cellblock.userland.net.Stdio;
import cellblock.userland.net.ToolExit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The command line of traceroute(8). */
final class TracerouteOptions {
  private static final String USAGE =
      """
      Version 1.4a12+FreeBSD
      Usage: traceroute [-adDeFInrSvx] [-f first_ttl] [-g gateway] [-i iface]
      \t[-m max_ttl] [-p port] [-P proto] [-q nqueries] [-s src_addr]
      \t[-t tos] [-w waittime] [-A as_server] [-z pausemsecs] host [packetlen]
      """;

  private static final int MAX_PACKET = 32 * 1024;
  private static final int IP_DF = 0x4000;

  Probe4 probe = Probe4.UDP;
  int protocol = Probe4.UDP.number;
  int first = 1;
  int max;
  int probes = 3;
  int port;
  int tos;
  int wait = 5;
  int pause;
  int fragment;
  int length;
  boolean fixedPort;
  boolean numeric;
  boolean dontRoute;
  boolean summary;
  boolean sums = true;
  int verbose;
  @Nullable String device;
  @Nullable String source;
  String host = "";
  String target = "";

  private final Stdio io;

  private TracerouteOptions(Stdio io) {
    this.io = io;
    this.max = ttl(io, "net.inet.ip.ttl");
  }

  /** The hop limit that the kernel uses by default. */
  static int ttl(Stdio io, String name) {
    try {
      return Integer.parseInt(io.kernel().ask(new SysctlRequest.Get(name)).value().trim());
    } catch (KernelError | NumberFormatException e) {
      return 64;
    }
  }

  static TracerouteOptions parse(Stdio io) {
    TracerouteOptions options = new TracerouteOptions(io);
    Getopt getopt =
        new Getopt(io, "traceroute", io.context().args(), ":aA:edDFInrSvxf:g:i:M:m:P:p:q:s:t:w:z:");
    for (int c = getopt.next(); c != Getopt.END; c = getopt.next()) {
      options.option(c, getopt);
    }
    options.operands(getopt.rest());
    return options;
  }

  private void option(int c, Getopt getopt) {
    switch (c) {
      case 'e' -> fixedPort = true;
      case 'F' -> fragment = IP_DF;
      case 'I' -> protocol("icmp");
      case 'n' -> numeric = true;
      case 'r' -> dontRoute = true;
      case 'S' -> summary = true;
      case 'v' -> verbose++;
      case 'x' -> sums = !sums;
      case 'd' -> {
        // Socket debugging is the kernel's trace here.
      }
      case 'a', 'A', 'D', 'g' -> throw io.errx(1, "-" + (char) c + " is not supported");
      case 'i' -> device = getopt.value();
      case 's' -> source = getopt.value();
      case 'P' -> protocol(getopt.value());
      case 'f', 'M', 'm', 'p', 'q', 't', 'w', 'z' -> number(c, getopt.value());
      default -> throw usage();
    }
  }

  private void number(int c, String text) {
    switch (c) {
      case 'f', 'M' -> first = value(io, text, "first ttl", 1, 255);
      case 'm' -> max = value(io, text, "max ttl", 1, 255);
      case 'p' -> port = value(io, text, "port", 1, 65_535);
      case 'q' -> probes = value(io, text, "nprobes", 1, -1);
      case 't' -> tos = value(io, text, "tos", 0, 255);
      case 'w' -> wait = value(io, text, "wait time", 1, 86_400);
      default -> pause = value(io, text, "pause msecs", 0, 3_600_000);
    }
  }

  private void protocol(String name) {
    probe = Probe4.named(name);
    protocol = probe == Probe4.OTHER ? Probe4.number(io, name) : probe.number;
  }

  private void operands(List<String> rest) {
    port = port != 0 ? port : probe.port;
    if (first > max) {
      throw io.errx(1, "first ttl (" + first + ") may not be greater than max ttl (" + max + ")");
    }
    if (!sums) {
      io.warnx("Warning: ip checksums disabled");
    }
    if (rest.isEmpty() || rest.size() > 2) {
      throw usage();
    }
    int least = 20 + probe.header;
    length = Math.max(least, 40);
    if (rest.size() == 2) {
      length = value(io, rest.get(1), "packet length", least, MAX_PACKET);
    }
    host = rest.getFirst();
    target = address(host);
    host = host.equals(target) ? host : AddrInfo.name(io, target);
  }

  /** The first address of a host; more than one is told. */
  String address(String name) {
    List<String> all = AddrInfo.lookup(io, name, AddrInfo.Family.INET, false);
    if (all.isEmpty()) {
      throw io.errx(1, "unknown host " + name);
    }
    if (all.size() > 1) {
      io.warnx("Warning: " + name + " has multiple addresses; using " + all.getFirst());
    }
    return all.getFirst();
  }

  /** A decimal or hexadecimal number in its limits; -1 = no limit. */
  static int value(Stdio io, String text, String what, int low, int high) {
    long number;
    try {
      number =
          text.startsWith("0x") || text.startsWith("0X")
              ? Long.parseLong(text.substring(2), 16)
              : Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw io.errx(1, "\"" + text + "\" bad value for " + what + " ");
    }
    if (number < low) {
      throw io.errx(1, what + (low == 0 ? " must be >= 0" : " must be > " + (low - 1)));
    }
    if (high >= 0 && number > high || number > Integer.MAX_VALUE) {
      throw io.errx(1, what + " must be <= " + (high >= 0 ? high : Integer.MAX_VALUE));
    }
    return (int) number;
  }

  private ToolExit usage() {
    io.eprint(USAGE);
    return new ToolExit(1);
  }
}
