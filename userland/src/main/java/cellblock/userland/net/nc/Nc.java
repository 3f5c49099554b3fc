package cellblock.userland.net.nc;

import cellblock.control.KernelError;
import cellblock.control.SocketPort;
import cellblock.userland.misc.Services;
import cellblock.userland.net.AddrInfo;
import cellblock.userland.net.Stdio;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** nc(1). Ancestor: contrib/netcat/netcat.c (main, remote_connect, local_listen). */
public final class Nc {
  private final Stdio io;
  private final NcOptions options;

  private Nc(Stdio io) {
    this.io = io;
    this.options = NcOptions.parse(io);
  }

  /** Runs the tool. */
  public static int run(Stdio io) throws InterruptedException {
    Nc nc = new Nc(io);
    return nc.options.listen ? nc.listen() : nc.connect();
  }

  // ---- server

  private int listen() throws InterruptedException {
    if (options.udp) {
      do {
        if (options.keep) {
          everybody(bound());
        } else {
          datagrams(bound());
        }
      } while (options.keep);
      return 0;
    }
    try (SocketPort server = bound()) {
      server.listen(1);
      do {
        accept(server);
      } while (options.keep);
      return 0;
    } catch (KernelError e) {
      throw io.err(1, "listen", e);
    }
  }

  private void accept(SocketPort server) throws InterruptedException {
    SocketPort peer;
    try {
      peer = server.accept(null);
    } catch (KernelError e) {
      throw io.err(1, "accept", e);
    }
    if (peer == null) {
      return;
    }
    try (peer) {
      report(String.valueOf(peer.foreignAddress()), peer.foreignPort());
      new Conversation(io, options, peer).run();
    }
    io.flush();
  }

  /** Datagrams of whoever sends them: the socket stays without a peer, and nobody is answered. */
  private void everybody(SocketPort server) throws InterruptedException {
    try (server) {
      new Conversation(io, options, server).run();
    }
    io.flush();
  }

  /** The first datagram names the peer; from then on the socket is its own. */
  private void datagrams(SocketPort server) throws InterruptedException {
    try (server) {
      SocketPort.Datagram first;
      try {
        first = server.receive(null);
      } catch (KernelError e) {
        throw io.err(1, "recvfrom", e);
      }
      if (first == null) {
        return;
      }
      try {
        server.connect(first.from(), first.port());
      } catch (KernelError e) {
        throw io.err(1, "connect", e);
      }
      report(first.from(), first.port());
      Conversation conversation = new Conversation(io, options, server);
      conversation.begin(first.data());
      conversation.run();
    }
    io.flush();
  }

  private void report(String address, int port) {
    if (options.verbose) {
      String name = options.numeric ? address : AddrInfo.name(io, address);
      io.eprint("Connection from " + name + " " + port + " received!\n");
    }
  }

  /** A socket at the local address that was asked for. */
  private SocketPort bound() {
    AddrInfo.Family family =
        options.host == null && options.family == AddrInfo.Family.UNSPEC
            ? AddrInfo.Family.INET
            : options.family;
    List<String> addresses = lookup(options.host, family);
    int port = port(options.port);
    KernelError last = null;
    for (String address : addresses) {
      SocketPort socket;
      try {
        socket = socket(address);
      } catch (KernelError e) {
        last = e;
        continue;
      }
      try {
        socket.setOption("SO_REUSEPORT", 1);
      } catch (KernelError e) {
        throw io.errx(1, e.text());
      }
      prepare(socket, address);
      try {
        socket.bind(address, port);
        return socket;
      } catch (KernelError e) {
        last = e;
        socket.close();
      }
    }
    throw io.errx(1, last == null ? AddrInfo.NONAME : last.text());
  }

  // ---- client

  private int connect() throws InterruptedException {
    List<Integer> ports = new ArrayList<>(options.ports());
    if (options.random) {
      Collections.shuffle(ports, new Random(io.context().nowNanos() ^ io.kernel().pid()));
    }
    int status = 1;
    for (int port : ports) {
      SocketPort socket = connected(port);
      if (socket == null) {
        continue;
      }
      try (socket) {
        status = 0;
        if (options.verbose || options.scan) {
          if (options.udp && !answers(socket)) {
            status = 1;
            continue;
          }
          succeeded(port);
        }
        if (!options.scan) {
          new Conversation(io, options, socket).run();
        }
      }
    }
    return status;
  }

  private void succeeded(int port) {
    String protocol = options.udp ? "udp" : "tcp";
    String service = options.numeric ? null : Services.name(port, protocol);
    io.eprint(
        "Connection to %s %d port [%s/%s] succeeded!\n"
            .formatted(options.host, port, protocol, service == null ? "*" : service));
  }

  /** A few datagrams: nobody there means that one of them is refused (netcat.c, udptest). */
  private static boolean answers(SocketPort socket) {
    boolean last = false;
    for (int i = 0; i <= 3; i++) {
      try {
        last = socket.sendTo(new byte[] {'X'}, 0, 1, null, 0) == 1;
      } catch (KernelError e) {
        last = false;
      }
    }
    return last;
  }

  private @Nullable SocketPort connected(int port) throws InterruptedException {
    for (String address : lookup(options.host, options.family)) {
      SocketPort socket;
      try {
        socket = socket(address);
      } catch (KernelError e) {
        complain(port, e);
        continue;
      }
      if (options.source != null || options.localPort != null) {
        bindSource(socket, address);
      }
      prepare(socket, address);
      try {
        if (options.udp) {
          socket.connect(address, port);
        } else {
          Duration timeout = options.timeout < 0 ? null : Duration.ofSeconds(options.timeout);
          socket.connect(address, port, timeout);
        }
        return socket;
      } catch (KernelError e) {
        complain(port, e);
        socket.close();
      }
    }
    return null;
  }

  private void complain(int port, KernelError error) {
    if (options.verbose) {
      String protocol = options.udp ? "udp" : "tcp";
      io.warn("connect to " + options.host + " port " + port + " (" + protocol + ") failed", error);
    }
  }

  private void bindSource(SocketPort socket, String peer) {
    AddrInfo.Family family = AddrInfo.isInet6(peer) ? AddrInfo.Family.INET6 : AddrInfo.Family.INET;
    String address = lookup(options.source, family).getFirst();
    try {
      socket.setOption("IP_BINDANY", 1);
    } catch (KernelError e) {
      // An address of another host is refused by bind then.
    }
    try {
      socket.bind(address, options.localPort == null ? 0 : port(options.localPort));
    } catch (KernelError e) {
      throw io.errx(1, "bind failed: " + e.text());
    }
  }

  // ---- both

  private SocketPort socket(String address) throws KernelError {
    return io.kernel()
        .socket(
            AddrInfo.isInet6(address) ? SocketPort.Domain.INET6 : SocketPort.Domain.INET,
            options.udp ? SocketPort.Type.DGRAM : SocketPort.Type.STREAM,
            0);
  }

  private List<String> lookup(@Nullable String host, AddrInfo.Family family) {
    List<String> found = AddrInfo.lookup(io, host, family, options.numeric);
    if (found.isEmpty()) {
      throw io.errx(1, "getaddrinfo: " + AddrInfo.why(io, host, options.numeric));
    }
    return found;
  }

  private int port(String service) {
    int port = AddrInfo.port(service, options.udp ? "udp" : "tcp");
    if (port < 0) {
      throw io.errx(1, "getaddrinfo: " + AddrInfo.SERVICE);
    }
    return port;
  }

  private void prepare(SocketPort socket, String address) {
    boolean six = AddrInfo.isInet6(address);
    option(socket, options.fib >= 0, "SO_SETFIB", options.fib, "setsockopt SO_SETFIB");
    option(socket, options.md5, "TCP_MD5SIG", 1, null);
    option(socket, options.debug, "SO_DEBUG", 1, null);
    option(socket, options.tos >= 0, six ? "IPV6_TCLASS" : "IP_TOS", options.tos, "set IP ToS");
    option(
        socket,
        options.receiveWindow > 0,
        "SO_RCVBUF",
        options.receiveWindow,
        "set TCP receive buffer size");
    option(
        socket,
        options.sendWindow > 0,
        "SO_SNDBUF",
        options.sendWindow,
        "set TCP send buffer size");
    option(socket, options.noTcpOptions, "TCP_NOOPT", 1, "disable TCP options");
  }

  private void option(
      SocketPort socket, boolean wanted, String name, int value, @Nullable String what) {
    if (wanted) {
      try {
        socket.setOption(name, value);
      } catch (KernelError e) {
        throw io.errx(1, (what == null ? "" : what + ": ") + e.text());
      }
    }
  }
}
