package cellblock.userland.net.nc;

import cellblock.userland.net.AddrInfo;
import cellblock.userland.net.Getopt;
import cellblock.userland.net.Stdio;
import cellblock.userland.net.ToolExit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The command line of nc(1). */
final class NcOptions {
  private static final String LETTERS = "46DdEe:FhI:i:klNnoO:P:p:rSs:tT:UuV:vw:X:x:z";
  private static final long MOST_WINDOW = 65_536L << 14;

  private static final String USAGE =
      """
      usage: nc [-46DdFhklNnrStUuvz] [-I length] [-i interval] [-O length]
      \t  [-P proxy_username] [-p source_port] [-s source] [-T ToS]
      \t  [-V rtable] [-w timeout] [-X proxy_protocol]
      \t  [-x proxy_address[:port]] [destination] [port]
      """;

  private static final String HELP =
      """
      \tCommand Summary:
      \t\t-4\t\tUse IPv4
      \t\t-6\t\tUse IPv6
      \t\t-D\t\tEnable the debug socket option
      \t\t-d\t\tDetach from stdin
      \t\t-F\t\tPass socket fd
      \t\t-h\t\tThis help text
      \t\t-I length\tTCP receive buffer length
      \t\t-i secs\t\tDelay interval for lines sent, ports scanned
      \t\t-k\t\tKeep inbound sockets open for multiple connects
      \t\t-l\t\tListen mode, for inbound connects
      \t\t-N\t\tShutdown the network socket after EOF on stdin
      \t\t-n\t\tSuppress name/port resolutions
      \t\t--no-tcpopt\tDisable TCP options
      \t\t-O length\tTCP send buffer length
      \t\t-P proxyuser\tUsername for proxy authentication
      \t\t-p port\t\tSpecify local port for remote connects
      \t\t-r\t\tRandomize remote ports
      \t\t-S\t\tEnable the TCP MD5 signature option
      \t\t-s addr\t\tLocal source address
      \t\t-T toskeyword\tSet IP Type of Service
      \t\t-t\t\tAnswer TELNET negotiation
      \t\t-U\t\tUse UNIX domain socket
      \t\t-u\t\tUDP mode
      \t\t-V rtable\tSpecify alternate routing table
      \t\t-v\t\tVerbose
      \t\t-w secs\t\tTimeout for connects and final net reads
      \t\t-X proto\tProxy protocol: "4", "5" (SOCKS) or "connect"
      \t\t-x addr[:port]\tSpecify proxy address and port
      \t\t-z\t\tZero-I/O mode [used for scanning]
      \tPort numbers can be individual or ranges: lo-hi [inclusive]
      """;

  AddrInfo.Family family = AddrInfo.Family.UNSPEC;
  boolean debug;
  boolean detached;
  boolean keep;
  boolean listen;
  boolean shutdown;
  boolean numeric;
  boolean random;
  boolean telnet;
  boolean udp;
  boolean verbose;
  boolean scan;
  boolean md5;
  boolean noTcpOptions;
  int interval;
  int receiveWindow;
  int sendWindow;
  int tos = -1;
  int fib = -1;

  /** Seconds, -1 = none. */
  int timeout = -1;

  @Nullable String localPort;
  @Nullable String source;
  @Nullable String host;
  String port = "";

  private final Stdio io;

  private NcOptions(Stdio io) {
    this.io = io;
  }

  static NcOptions parse(Stdio io) {
    NcOptions options = new NcOptions(io);
    List<String> words = new ArrayList<>(io.context().args());
    int end = words.indexOf("--");
    int longOption = words.indexOf("--no-tcpopt");
    if (longOption >= 0 && (end < 0 || longOption < end)) {
      options.noTcpOptions = true;
      words.remove(longOption);
    }
    Getopt getopt = new Getopt(io, "nc", words, LETTERS);
    for (int c = getopt.next(); c != Getopt.END; c = getopt.next()) {
      options.option(c, getopt);
    }
    options.operands(getopt.rest());
    return options;
  }

  private void option(int c, Getopt getopt) {
    switch (c) {
      case '4' -> family = AddrInfo.Family.INET;
      case '6' -> family = AddrInfo.Family.INET6;
      case 'D' -> debug = true;
      case 'd' -> detached = true;
      case 'h' -> throw help();
      case 'k' -> keep = true;
      case 'l' -> listen = true;
      case 'N' -> shutdown = true;
      case 'n' -> numeric = true;
      case 'o' -> io.eprint("option -o is deprecated.\n");
      case 'r' -> random = true;
      case 'S' -> md5 = true;
      case 't' -> telnet = true;
      case 'u' -> udp = true;
      case 'v' -> verbose = true;
      case 'z' -> scan = true;
      case 'E' -> throw io.errx(1, "IPsec support unavailable.");
      case 'F' -> throw io.errx(1, "a socket of a jail cannot be passed to a program of the host");
      case 'U' -> throw io.errx(1, "there are no UNIX domain sockets");
      case 'I', 'i', 'O', 'V', 'w' -> number(c, getopt.value());
      case 'e', 'P', 'p', 's', 'T', 'X', 'x' -> text(c, getopt.value());
      default -> throw usage();
    }
  }

  private void number(int c, String value) {
    switch (c) {
      case 'I' -> receiveWindow = (int) strtonum(value, 1, MOST_WINDOW, "TCP receive window");
      case 'O' -> {
        if (value.matches("[0-9]+")) {
          sendWindow = (int) strtonum(value, 1, MOST_WINDOW, "TCP send window");
        }
      }
      case 'i' -> interval = (int) strtonum(value, 0, Integer.MAX_VALUE, "interval");
      case 'V' -> fib = (int) strtonum(value, 0, 65_535, "rtable");
      default -> timeout = (int) strtonum(value, 0, Integer.MAX_VALUE / 1000, "timeout");
    }
  }

  private void text(int c, String value) {
    switch (c) {
      case 'p' -> localPort = value;
      case 's' -> source = value;
      case 'T' -> tos = tos(value);
      case 'e' -> throw io.errx(1, "IPsec support unavailable.");
      case 'X' -> {
        if (!value.matches("(?i)connect|4|5")) {
          throw io.errx(1, "unsupported proxy protocol");
        }
      }
      case 'x' -> throw io.errx(1, "no proxy support");
      default -> {
        // -P: a name for a proxy that there is not.
      }
    }
  }

  private int tos(String value) {
    int known = TosKeyword.value(value);
    if (known >= 0) {
      return known;
    }
    try {
      int number = Integer.decode(value);
      if (number >= 0 && number <= 255) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw io.errx(1, "illegal tos value " + value);
  }

  /** strtonum(3) with nc's words for what it refuses. */
  private long strtonum(String text, long low, long high, String what) {
    String why;
    try {
      long value = Long.parseLong(text.strip());
      if (value >= low && value <= high) {
        return value;
      }
      why = value < low ? "too small" : "too large";
    } catch (NumberFormatException e) {
      why = text.strip().matches("[+-]?[0-9]+") ? "too large" : "invalid";
    }
    throw io.errx(1, what + " " + why + ": " + text);
  }

  private void operands(List<String> rest) {
    switch (rest.size()) {
      case 0 -> throw usage();
      case 1 -> {
        if (!listen) {
          throw usage();
        }
        port = rest.getFirst();
      }
      default -> {
        host = rest.get(0);
        port = rest.get(1);
      }
    }
    if (listen && source != null) {
      throw io.errx(1, "cannot use -s and -l");
    }
    if (listen && localPort != null) {
      throw io.errx(1, "cannot use -p and -l");
    }
    if (listen && scan) {
      throw io.errx(1, "cannot use -z and -l");
    }
    if (!listen && keep) {
      throw io.errx(1, "must use -l with -k");
    }
  }

  /** The ports to connect to: one, or a range in either direction. */
  List<Integer> ports() {
    int dash = port.indexOf('-');
    if (dash < 0) {
      return List.of(portNumber(port));
    }
    int high = portNumber(port.substring(dash + 1));
    int low = portNumber(port.substring(0, dash));
    List<Integer> all = new ArrayList<>();
    for (int p = Math.min(low, high); p <= Math.max(low, high); p++) {
      all.add(p);
    }
    return all;
  }

  private int portNumber(String text) {
    return (int) strtonum(text, 1, 65_535, "port number");
  }

  private ToolExit usage() {
    io.eprint(USAGE);
    return new ToolExit(1);
  }

  private ToolExit help() {
    io.eprint(USAGE + HELP);
    return new ToolExit(1);
  }
}
