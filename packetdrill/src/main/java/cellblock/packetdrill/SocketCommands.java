package cellblock.packetdrill;

import cellblock.inet.Inet;
import cellblock.inet.socket.Socket;
import cellblock.inet.socket.SocketProtocol;
import cellblock.inet.socket.SocketType;
import cellblock.inet.tcp.SignatureKey;
import cellblock.inet.tcp.Tcp;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.packetdrill.Commands.Ended;
import cellblock.wire.Family;
import cellblock.wire.Ip4Address;
import cellblock.wire.Ip6Address;
import cellblock.wire.IpAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * sockstat(1) with states and tcpdrop(8), for the sockets of a script: those that it holds belong
 * to packetdrill, as a process of that name would hold them. Threading: one thread.
 */
final class SocketCommands {
  /** The number that setkey(8)'s page gives to keys of TCP's MD5 option. */
  private static final int SPI = 0x1000;

  private static final Pattern ADD_KEY =
      Pattern.compile("add\\s+(\\S+)\\s+(\\S+)\\s+tcp\\s+\\S+\\s+-A\\s+tcp-md5\\s+\"([^\"]*)\"");

  private final Bed bed;
  private final Calls calls;

  SocketCommands(Bed bed, Calls calls) {
    this.bed = bed;
    this.calls = calls;
  }

  Ended sockstat(List<String> args) {
    boolean four = false;
    boolean six = false;
    boolean states = false;
    String protocol = "";
    int port = -1;
    for (int i = 0; i < args.size(); i++) {
      String a = args.get(i);
      if (a.equals("-P")) {
        protocol = i + 1 < args.size() ? args.get(++i) : "";
      } else if (a.equals("-p")) {
        port = i + 1 < args.size() ? Integer.parseInt(args.get(++i)) : -1;
      } else {
        four |= a.contains("4");
        six |= a.contains("6");
        states |= a.contains("s");
      }
    }
    StringBuilder out = new StringBuilder();
    line(
        out,
        "USER",
        "COMMAND",
        "PID",
        "FD",
        "PROTO",
        "LOCAL ADDRESS",
        "FOREIGN ADDRESS",
        states ? "CONN STATE" : "");
    boolean both = four == six;
    try {
      for (Row r : bed.vnet().call(this::rows)) {
        boolean shown =
            (both || r.six == six)
                && (protocol.isEmpty() || r.protocol.startsWith(protocol))
                && (port < 0 || r.localPort == port || r.foreignPort == port);
        if (shown) {
          line(
              out,
              r.held ? "root" : "?",
              r.held ? "packetdril" : "?",
              r.held ? Integer.toString(bed.kernel().init().pid()) : "?",
              "?",
              r.protocol,
              r.local,
              r.foreign,
              states ? r.state : "");
        }
      }
    } catch (ErrnoException e) {
      return Ended.failed("sockstat: " + e.errno().text());
    }
    return Ended.ok(out.toString());
  }

  private static void line(StringBuilder out, Object... columns) {
    out.append("%-8s %-10s %-5s %-3s %-6s %-21s %-21s %s".formatted(columns).stripTrailing());
    out.append('\n');
  }

  private record Row(
      boolean held,
      boolean six,
      String protocol,
      int localPort,
      int foreignPort,
      String local,
      String foreign,
      String state) {}

  private List<Row> rows() {
    List<Row> all = new ArrayList<>();
    for (Socket s : Inet.of(bed.vnet()).sockets.sockets()) {
      SocketProtocol pcb = s.pcb();
      if (pcb == null) {
        continue;
      }
      IpAddress foreign = pcb.foreignAddress();
      int port = foreign == null ? 0 : pcb.foreignPort();
      boolean held = calls.open().values().stream().anyMatch(d -> d.socket == s);
      String state = pcb.state();
      all.add(
          new Row(
              held,
              s.family() == Family.INET6,
              pcb.name(),
              pcb.localPort(),
              port,
              text(pcb.localAddress(), pcb.localPort()),
              foreign == null ? "*:*" : text(foreign, port),
              state == null ? "" : state));
    }
    int half = Inet.of(bed.vnet()).tcp.open().syncacheCount();
    for (Socket s : Inet.of(bed.vnet()).sockets.sockets()) {
      SocketProtocol pcb = s.pcb();
      if (half > 0 && pcb != null && "LISTEN".equals(pcb.state())) {
        for (; half > 0; half--) {
          boolean six = s.family() == Family.INET6;
          String local = text(pcb.localAddress(), pcb.localPort());
          all.add(new Row(false, six, pcb.name(), pcb.localPort(), 0, local, "?", "SYN_RCVD"));
        }
      }
    }
    return all;
  }

  private static String text(IpAddress a, int port) {
    return (a.isUnspecified() ? "*" : a.toString())
        + ":"
        + (port == 0 ? "*" : Integer.toString(port));
  }

  /** setkey -F, and setkey -c for associations of TCP's MD5 option. */
  Ended setkey(List<String> args, String input) {
    try {
      if (args.contains("-F")) {
        bed.vnet()
            .call(() -> {
              tcp().flushSignatureKeys();
              return true;
            });
      }
      return args.contains("-c") ? keys(input) : Ended.ok("");
    } catch (ErrnoException e) {
      return Ended.failed("setkey: " + e.errno().text());
    }
  }

  private Tcp tcp() {
    return Inet.of(bed.vnet()).tcp.open();
  }

  private Ended keys(String input) throws ErrnoException {
    for (String statement : input.split(";")) {
      Matcher m = ADD_KEY.matcher(statement.strip());
      if (statement.isBlank()) {
        continue;
      }
      IpAddress from = m.matches() ? address(m.group(1)) : null;
      IpAddress to = from == null ? null : address(m.group(2));
      if (from == null || to == null) {
        return Ended.failed("setkey: syntax error: " + statement.strip());
      }
      byte[] key = m.group(3).getBytes(StandardCharsets.UTF_8);
      bed.vnet()
          .call(() -> {
            for (SignatureKey known : tcp().signatureKeys()) {
              if (known.from().equals(from) && known.to().equals(to)) {
                tcp().forgetSignatureKey(from, to, SPI);
              }
            }
            tcp().signatureKey(from, to, SPI, key);
            return true;
          });
    }
    return Ended.ok("");
  }

  private static @Nullable IpAddress address(String text) {
    IpAddress four = Ip4Address.tryParse(text);
    return four == null ? Ip6Address.tryOf(text) : four;
  }

  /** tcpdrop -a, or -s STATE: connections end at once, their peers are told. */
  Ended tcpdrop(List<String> args) {
    String state = "";
    for (int i = 0; i < args.size(); i++) {
      if (args.get(i).equals("-s") && i + 1 < args.size()) {
        state = args.get(i + 1);
      }
    }
    if (state.isEmpty() && !args.contains("-a")) {
      return Ended.failed("usage: tcpdrop [-l] -a | -s state");
    }
    String wanted = state;
    try {
      bed.vnet()
          .call(() -> {
            for (Socket s : Inet.of(bed.vnet()).sockets.sockets()) {
              SocketProtocol pcb = s.pcb();
              boolean hit =
                  s.type() == SocketType.STREAM
                      && pcb != null
                      && pcb.state() != null
                      && !"LISTEN".equals(pcb.state())
                      && (wanted.isEmpty() || wanted.equals(pcb.state()));
              if (hit) {
                s.abort(Errno.ECONNABORTED);
              }
            }
            return true;
          });
    } catch (ErrnoException e) {
      return Ended.failed("tcpdrop: " + e.errno().text());
    }
    return Ended.ok("");
  }
}
