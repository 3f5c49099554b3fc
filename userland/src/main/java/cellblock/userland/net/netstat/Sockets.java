package cellblock.userland.net.netstat;

import static cellblock.userland.net.netstat.RouteTables.left;
import static cellblock.userland.net.netstat.RouteTables.right;

import cellblock.control.StatRequest;
import cellblock.userland.misc.Services;
import cellblock.userland.net.Xo;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The sockets: netstat without a display option. Ancestor: usr.bin/netstat/inet.c (protopr). */
final class Sockets {
  private static final List<String> ORDER = List.of("tcp", "udp", "icm", "raw", "ip", "igm");

  private final Netstat netstat;

  Sockets(Netstat netstat) {
    this.netstat = netstat;
  }

  /** All sockets, or those of one protocol. */
  void print(@Nullable String only) {
    List<StatRequest.SocketInfo> all = netstat.io.ask(new StatRequest.Sockets(), "sysctl: pcblist");
    boolean first = true;
    netstat.xo.openList("socket");
    for (String protocol : ORDER) {
      for (StatRequest.SocketInfo socket : all) {
        if (protocol.equals(name(socket)) && shown(socket, only)) {
          if (first) {
            header();
            first = false;
          }
          row(socket);
        }
      }
    }
    netstat.xo.closeList();
  }

  private static boolean six(StatRequest.SocketInfo socket) {
    return socket.protocol().endsWith("6") || socket.localAddress().indexOf(':') >= 0;
  }

  private static String version(StatRequest.SocketInfo socket) {
    return socket.protocol().endsWith("46") ? "46" : six(socket) ? "6" : "4";
  }

  private static String name(StatRequest.SocketInfo socket) {
    String name = socket.protocol().replaceAll("[0-9]+$", "");
    return name.length() > 3 ? name.substring(0, 3) : name;
  }

  private boolean shown(StatRequest.SocketInfo socket, @Nullable String only) {
    if (only != null && !only.startsWith(name(socket))
        || !netstat.wants(six(socket) ? "inet6" : "inet")) {
      return false;
    }
    if (netstat.listening) {
      return socket.listening() != null;
    }
    return netstat.all || !any(socket.localAddress()) && !"LISTEN".equals(socket.state());
  }

  private static boolean any(@Nullable String address) {
    return address == null
        || address.isEmpty()
        || address.equals("0.0.0.0")
        || address.equals("::")
        || address.equals("*");
  }

  private void header() {
    int width = width();
    if (netstat.listening) {
      netstat.xo.text("Current listen queue sizes (qlen/incqlen/maxqlen)\n");
      netstat.xo.text("Proto " + left("Listen", 32) + " " + left("Local Address", width) + "\n");
      return;
    }
    netstat.xo.text(
        "Active Internet connections" + (netstat.all ? " (including servers)" : "") + "\n");
    netstat.xo.text("Proto " + (netstat.tcpCounts ? "Rexmit OOORcv 0-win  " : "Recv-Q Send-Q "));
    netstat.xo.text(left("Local Address", width) + " ");
    netstat.xo.text(netstat.tcpCounts ? "Foreign Address" : left("Foreign Address", width));
    if (!netstat.tcpCounts && !netstat.buffers) {
      netstat.xo.text(" " + "(state)");
    }
    if (netstat.buffers) {
      SocketDetail.header(netstat.xo);
    }
    netstat.xo.text("\n");
  }

  private int width() {
    return netstat.wide && !"inet".equals(netstat.family) ? 45 : 22;
  }

  private void row(StatRequest.SocketInfo socket) {
    netstat.xo.openInstance("socket");
    String version = version(socket);
    netstat.xo.string(
        "protocol", name(socket) + version, left(name(socket), 3) + left(version, 2) + " ");
    StatRequest.Listening queue = socket.listening();
    if (netstat.listening && queue != null) {
      String sizes = queue.complete() + "/" + queue.incomplete() + "/" + queue.limit();
      netstat.xo.string("listen-queue-sizes", sizes, left(sizes, 32) + " ");
      address("local", name(socket), socket.localAddress(), socket.localPort());
      netstat.xo.text("\n");
      netstat.xo.closeInstance();
      return;
    }
    StatRequest.Detail detail = socket.detail();
    if (netstat.tcpCounts) {
      SocketDetail.counts(netstat.xo, detail);
    } else {
      netstat.xo.number(
          "receive-bytes-waiting",
          socket.receiveQueue(),
          right("" + socket.receiveQueue(), 6) + " ");
      netstat.xo.number(
          "send-bytes-waiting", socket.sendQueue(), right("" + socket.sendQueue(), 6) + " ");
    }
    address("local", name(socket), socket.localAddress(), socket.localPort());
    address("remote", name(socket), socket.foreignAddress(), socket.foreignPort());
    String state = socket.state();
    if (netstat.buffers && detail != null) {
      SocketDetail.buffers(netstat.xo, detail);
    } else if (state != null && name(socket).equals("tcp") && !netstat.tcpCounts) {
      netstat.xo.string("tcp-state", state, left(state, 11));
    }
    netstat.xo.text("\n");
    netstat.xo.closeInstance();
  }

  private void address(String container, String protocol, @Nullable String address, int port) {
    String host = any(address) ? "*" : String.valueOf(address);
    String service = port == 0 ? "*" : netstat.numeric ? null : Services.name(port, protocol);
    String name = service == null ? Integer.toString(port) : service;
    netstat.xo.openContainer(container);
    String shown = !netstat.wide && host.length() > 16 ? host.substring(0, 16) : host;
    String text = shown + "." + name;
    if (!netstat.wide && text.length() > width()) {
      text = text.substring(0, width());
    }
    netstat.xo.text(left(text, width()) + " ");
    if (netstat.xo.style() != Xo.Style.TEXT) {
      netstat.xo.string("address", host, "");
      netstat.xo.string("port", name, "");
    }
    netstat.xo.closeContainer();
  }
}
