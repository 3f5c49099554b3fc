package cellblock.userland.net.sockstat;

import cellblock.control.StatRequest;
import cellblock.userland.net.Getopt;
import cellblock.userland.net.Stdio;
import cellblock.userland.net.ToolExit;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** sockstat(1): a line for each socket that the options leave. */
public final class Sockstat {
  private static final String FORMAT = "%-8s %-10s %-5s %-3s %-6s %-21s %-21s";

  private final Stdio io;
  private boolean four;
  private boolean six;
  private boolean connected;
  private boolean listening;
  private boolean quiet;
  private @Nullable BitSet ports;
  private @Nullable List<String> protocols;

  private Sockstat(Stdio io) {
    this.io = io;
  }

  /** Runs the tool. */
  public static int run(Stdio io) {
    return new Sockstat(io).main();
  }

  private int main() {
    Getopt getopt = new Getopt(io, "sockstat", io.context().args(), "46clnp:P:qLw");
    for (int c = getopt.next(); c != Getopt.END; c = getopt.next()) {
      switch (c) {
        case '4' -> four = true;
        case '6' -> six = true;
        case 'c' -> connected = true;
        case 'l' -> listening = true;
        case 'q' -> quiet = true;
        case 'p' -> ports = ports(getopt.value());
        case 'P' -> protocols = List.of(getopt.value().split("[, \t]+"));
        case 'n', 'L', 'w' -> {
          // Users are numbers, loopback is shown, columns are wide enough.
        }
        default -> throw usage();
      }
    }
    if (!getopt.rest().isEmpty()) {
      throw usage();
    }
    if (!quiet) {
      line("USER", "COMMAND", "PID", "FD", "PROTO", "LOCAL ADDRESS", "FOREIGN ADDRESS");
    }
    for (StatRequest.SocketInfo s : io.ask(new StatRequest.Sockets(), "sysctl")) {
      if (shown(s)) {
        print(s);
      }
    }
    return 0;
  }

  private ToolExit usage() {
    io.eprint("usage: sockstat [-46clq] [-p ports] [-P protocols]\n");
    return new ToolExit(1);
  }

  private BitSet ports(String text) {
    BitSet set = new BitSet();
    for (String part : text.split("[, \t]+")) {
      String[] ends = part.split("-", 2);
      int from = port(ends[0], text);
      int to = ends.length > 1 ? port(ends[1], text) : from;
      if (to < from) {
        throw io.errx(1, "Parsing ports: invalid range");
      }
      set.set(from, to + 1);
    }
    return set;
  }

  private int port(String text, String whole) {
    if (!text.matches("\\d{1,9}")) {
      throw io.errx(1, "syntax error in port range");
    }
    int port = Integer.parseInt(text);
    if (port > 65_535) {
      throw io.errx(1, "invalid port number");
    }
    return port;
  }

  private boolean shown(StatRequest.SocketInfo s) {
    boolean isSix = s.protocol().endsWith("6");
    if (four != six && isSix != six) {
      return false;
    }
    boolean far = s.foreignAddress() != null && s.foreignPort() != 0;
    if (connected != listening && far != connected) {
      return false;
    }
    BitSet wanted = ports;
    if (wanted != null && !wanted.get(s.localPort()) && !wanted.get(s.foreignPort())) {
      return false;
    }
    String plain = s.protocol().substring(0, s.protocol().length() - 1);
    String name = plain.equals("icm") ? "icmp" : plain;
    return protocols == null || protocols.contains(name);
  }

  private void print(StatRequest.SocketInfo s) {
    boolean known = s.pid() != 0;
    line(
        known ? "root" : "?",
        known ? s.command() : "?",
        known ? Integer.toString(s.pid()) : "?",
        "?",
        s.protocol(),
        address(s.localAddress(), s.localPort()),
        address(s.foreignAddress(), s.foreignPort()));
  }

  private static String address(@Nullable String address, int port) {
    boolean any = address == null || address.equals("0.0.0.0") || address.equals("::");
    return (any ? "*" : address) + ":" + (port == 0 ? "*" : Integer.toString(port));
  }

  private void line(String... columns) {
    io.print(FORMAT.formatted((Object[]) columns).stripTrailing() + "\n");
  }
}
