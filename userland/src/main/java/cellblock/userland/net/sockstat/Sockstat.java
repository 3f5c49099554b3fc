package cellblock.userland.net.sockstat;

import cellblock.control.JailRequest;
import cellblock.control.KernelError;
import cellblock.control.StatRequest;
import cellblock.userland.net.Getopt;
import cellblock.userland.net.JailAttach;
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
  private boolean outside;
  private boolean quiet;
  private boolean states;
  private boolean unix;
  private @Nullable String jail;
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
    Getopt getopt = new Getopt(io, "sockstat", io.context().args(), "46cj:lnp:P:qLsuw");
    for (int c = getopt.next(); c != Getopt.END; c = getopt.next()) {
      switch (c) {
        case '4' -> four = true;
        case '6' -> six = true;
        case 'c' -> connected = true;
        case 'l' -> listening = true;
        case 'q' -> quiet = true;
        case 's' -> states = true;
        case 'u' -> unix = true;
        case 'j' -> jail = getopt.value();
        case 'p' -> ports = ports(getopt.value());
        case 'P' -> protocols = List.of(getopt.value().split("[, \t]+"));
        case 'L' -> outside = true;
        case 'n', 'w' -> {
          // Users have no names, columns are wide enough.
        }
        default -> throw usage();
      }
    }
    if (!getopt.rest().isEmpty()) {
      throw usage();
    }
    int jid = jail == null ? -1 : enter(jail);
    if (!quiet) {
      line("USER", "COMMAND", "PID", "FD", "PROTO", "LOCAL ADDRESS", "FOREIGN ADDRESS", "STATE");
    }
    if (unix && !four && !six) {
      return 0; // there are none of that family
    }
    for (StatRequest.SocketInfo s : io.ask(new StatRequest.Sockets(), "sysctl")) {
      if (shown(s) && (jid < 0 || s.jid() == jid)) {
        print(s);
      }
    }
    return 0;
  }

  /** Enters a jail with a network of its own; -1 then, else the jid to look for. */
  private int enter(String name) {
    try {
      int jid = JailAttach.getid(io, name);
      JailRequest.JailInfo info = io.kernel().ask(new JailRequest.Get("jid", "" + jid, false));
      if (!"new".equals(info.params().get("vnet"))) {
        return jid;
      }
      io.kernel().ask(new JailRequest.Attach(jid));
      return -1;
    } catch (KernelError e) {
      throw io.errx(1, String.valueOf(e.getMessage()));
    }
  }

  private ToolExit usage() {
    io.eprint("usage: sockstat [-46cLlnqsuw] [-j jid] [-p ports] [-P protocols]\n");
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
    boolean both = s.protocol().endsWith("46");
    if (four != six && isSix != six && !both) {
      return false;
    }
    boolean far = s.foreignAddress() != null && s.foreignPort() != 0;
    if (connected != listening && far != connected) {
      return false;
    }
    if (outside && (isLoopback(s.localAddress()) || isLoopback(s.foreignAddress()))) {
      return false;
    }
    BitSet wanted = ports;
    if (wanted != null && !wanted.get(s.localPort()) && !wanted.get(s.foreignPort())) {
      return false;
    }
    String plain = s.protocol().replaceFirst("[46]+$", "");
    String name = plain.equals("icm") ? "icmp" : plain;
    return protocols == null || protocols.contains(name);
  }

  private static boolean isLoopback(@Nullable String address) {
    return address != null && (address.startsWith("127.") || address.equals("::1"));
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
        address(s.foreignAddress(), s.foreignPort()),
        s.state() == null ? "" : s.state());
  }

  private static String address(@Nullable String address, int port) {
    boolean any = address == null || address.equals("0.0.0.0") || address.equals("::");
    return (any ? "*" : address) + ":" + (port == 0 ? "*" : Integer.toString(port));
  }

  private void line(String... columns) {
    String format = states ? FORMAT + " %-12s" : FORMAT;
    io.print(format.formatted((Object[]) columns).stripTrailing() + "\n");
  }
}
