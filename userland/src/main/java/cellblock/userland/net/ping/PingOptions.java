package cellblock.userland.net.ping;

import cellblock.userland.net.Getopt;
import cellblock.userland.net.Inet4;
import cellblock.userland.net.Stdio;
import cellblock.userland.net.Sysexits;
import cellblock.userland.net.ToolExit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Options of ping(8), checked. Ancestors: sbin/ping/ping.c (option loop of ping), main.c (usage). */
final class PingOptions {
  private static final String OPTIONS = ".::46AaC:c:DdfG:g:Hh:I:i:Ll:M:m:nop:P:QqRrS:s:T:t:vW:x:z:";
  private static final int INT_MAX = Integer.MAX_VALUE;
  private static final int MAX_PACKET = 65535;

  private static final String USAGE =
      """
      usage:
      \tping [-4AaDdfHnoQqRrv] [-C pcp] [-c count] [-G sweepmaxsize]
      \t    [-g sweepminsize] [-h sweepincrsize] [-i wait] [-l preload]
      \t    [-M mask | time] [-m ttl] [-p pattern] [-S src_addr]\040
      \t    [-s packetsize] [-t timeout] [-W waittime] [-z tos] IPv4-host
      \tping [-4AaDdfHLnoQqRrv] [-C pcp] [-c count] [-I iface] [-i wait]
      \t    [-l preload] [-M mask | time] [-m ttl] [-p pattern]
      \t    [-S src_addr] [-s packetsize] [-T ttl] [-t timeout] [-W waittime]
      \t    [-z tos] IPv4-mcast-group
      """;

  private final Stdio io;
  boolean four;
  boolean missed;
  boolean audible;
  boolean dontFragment;
  boolean debug;
  boolean flood;
  boolean dot;
  String dots = ".";
  boolean once;
  boolean quiet;
  boolean quiet2;
  boolean recordRoute;
  boolean dontRoute;
  boolean noLoop;
  boolean verbose;
  boolean sweep;
  boolean mask;
  boolean time;
  boolean waitGiven;
  long count;
  int interval = -1;
  int preload;
  int size = PingPacket.DEFAULT_DATA;
  int ttl = -1;
  int multicastTtl = -1;
  int tos = -1;
  int pcp = -2;
  int sweepMin;
  int sweepMax;
  int sweepIncrement = 1;
  int waitMillis = 10_000;
  int timeoutSeconds;
  @Nullable Integer multicastInterface;
  @Nullable String pattern;
  @Nullable String source;
  String target = "";

  private PingOptions(Stdio io) {
    this.io = io;
  }

  /** Parses the arguments of a run; ends it when they are wrong. */
  static PingOptions parse(Stdio io) {
    PingOptions options = new PingOptions(io);
    Getopt getopt = new Getopt(io, "ping", io.context().args(), OPTIONS);
    for (int c = getopt.next(); c != Getopt.END; c = getopt.next()) {
      options.option(c, getopt);
    }
    List<String> rest = getopt.rest();
    if (rest.size() != 1) {
      throw options.usage();
    }
    options.target = rest.getFirst();
    options.check();
    return options;
  }

  private ToolExit usage() {
    io.eprint(USAGE);
    return new ToolExit(1);
  }

  private void option(int c, Getopt getopt) {
    switch (c) {
      case '4' -> four = true;
      case '6' -> throw io.errx(Sysexits.EX_USAGE, "IPv6 is not there yet");
      case '.' -> {
        dot = true;
        String text = getopt.optionalValue();
        dots = text == null || text.isEmpty() ? dots : text;
      }
      case 'A' -> missed = true;
      case 'a' -> audible = true;
      case 'D' -> dontFragment = true;
      case 'd' -> debug = true;
      case 'f' -> {
        flood = true;
        dot = true;
      }
      case 'H', 'n' -> {
        // Addresses are printed as numbers.
      }
      case 'L' -> noLoop = true;
      case 'o' -> once = true;
      case 'Q' -> quiet2 = true;
      case 'q' -> quiet = true;
      case 'R' -> recordRoute = true;
      case 'r' -> dontRoute = true;
      case 'v' -> verbose = true;
      case '?' -> throw usage();
      default -> valued(c, getopt.value());
    }
  }

  private void valued(int c, String value) {
    switch (c) {
      case 'C' -> pcp = (int) number(value, -1, 7, "PCP");
      case 'c' -> count = number(value, 1, Long.MAX_VALUE, "count of packets to transmit");
      case 'G' -> sweepMax = sweepSize(value);
      case 'g' -> sweepMin = sweepSize(value);
      case 'h' -> sweepIncrement = sweepSize(value);
      case 'I' ->
          multicastInterface =
              Inet4.aton(value).orElseThrow(() -> invalid("multicast interface", value));
      case 'i' -> interval = (int) (decimal(value) * 1000);
      case 'l' -> preload = (int) number(value, 0, INT_MAX, "preload value");
      case 'M' -> message(value);
      case 'm' -> ttl = (int) number(value, 0, 255, "TTL");
      case 'p' -> pattern = value;
      case 'S' -> source = value;
      case 's' -> size = (int) number(value, 0, INT_MAX, "packet size");
      case 'T' -> multicastTtl = (int) number(value, 0, 255, "multicast TTL");
      case 't' -> timeout(value);
      case 'W', 'x' -> {
        waitGiven = true;
        waitMillis = (int) decimal(value);
      }
      case 'z' -> tos = (int) number(value, 0, 255, "TOS");
      default -> throw io.errx(1, "invalid security policy");
    }
  }

  private ToolExit invalid(String what, String value) {
    return io.errx(Sysexits.EX_USAGE, "invalid " + what + ": `" + value + "'");
  }

  private long number(String value, long min, long max, String what) {
    try {
      long number = Long.parseLong(value.strip());
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw invalid(what, value);
  }

  private int sweepSize(String value) {
    sweep = true;
    return (int) number(value, 1, INT_MAX, "packet size");
  }

  private double decimal(String value) {
    if (value.matches("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]{1,2})?")) {
      double number = Double.parseDouble(value);
      if (number * 1000 <= INT_MAX && number >= 0) {
        return number;
      }
    }
    throw invalid("timing interval", value);
  }

  private void timeout(String value) {
    long seconds;
    try {
      seconds = Long.decode(value);
    } catch (NumberFormatException e) {
      seconds = 0;
    }
    if (seconds < 1) {
      throw invalid("timeout", value);
    }
    if (seconds > 3600) {
      throw io.errx(Sysexits.EX_USAGE, "invalid timeout: `" + value + "' > 3600");
    }
    timeoutSeconds = (int) seconds;
  }

  private void message(String value) {
    switch (value.isEmpty() ? ' ' : value.charAt(0)) {
      case 'M', 'm' -> mask = true;
      case 'T', 't' -> time = true;
      default ->
          throw io.errx(
              Sysexits.EX_USAGE,
              "invalid message: `" + (value.isEmpty() ? "" : value.substring(0, 1)) + "'");
    }
  }

  private void check() {
    if (mask && time) {
      throw io.errx(Sysexits.EX_USAGE, "ICMP_TSTAMP and ICMP_MASKREQ are exclusive.");
    }
    if (!quiet && (mask || time)) {
      io.print(mask ? "ICMP_MASKREQ\n" : "ICMP_TSTAMP\n");
    }
    if (size > maxPayload()) {
      throw io.errx(Sysexits.EX_USAGE, "packet size too large: " + size + " > " + maxPayload());
    }
    if (pattern != null && !pattern.chars().allMatch(c -> c < 128 && Character.digit(c, 16) >= 0)) {
      throw io.errx(Sysexits.EX_USAGE, "patterns must be specified as hex digits");
    }
  }

  /** What depends on the target's address, in FreeBSD's order. */
  void checkTarget(int address) {
    boolean multicast = Inet4.isMulticast(address);
    if (flood && interval >= 0) {
      throw io.errx(Sysexits.EX_USAGE, "-f and -i: incompatible options");
    }
    if (flood && multicast) {
      throw io.errx(Sysexits.EX_USAGE, "-f flag cannot be used with multicast destination");
    }
    if ((multicastInterface != null || noLoop || multicastTtl >= 0) && !multicast) {
      throw io.errx(
          Sysexits.EX_USAGE, "-I, -L, -T flags cannot be used with unicast destination");
    }
    checkSweep();
  }

  private void checkSweep() {
    if (sweepMax > 0) {
      if (sweepMin > sweepMax) {
        throw io.errx(
            Sysexits.EX_USAGE,
            "Maximum packet size must be no less than the minimum packet size");
      }
      if (sweepMax > maxPayload() - PingPacket.TIME) {
        throw io.errx(Sysexits.EX_USAGE, "Invalid sweep maximum");
      }
      if (size != PingPacket.DEFAULT_DATA) {
        throw io.errx(Sysexits.EX_USAGE, "Packet size and ping sweep are mutually exclusive");
      }
    } else if (sweep) {
      throw io.errx(Sysexits.EX_USAGE, "Maximum sweep size must be specified");
    }
  }

  /** Octets between the ICMP header and the data. */
  int extra() {
    return mask ? 4 : time ? 12 : 0;
  }

  /** Length of all headers of a packet that comes back. */
  int headers() {
    return 20 + 8 + extra() + (recordRoute ? 40 : 0);
  }

  int maxPayload() {
    return MAX_PACKET - headers();
  }
}
