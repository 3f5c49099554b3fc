package cellblock.bench;

import cellblock.inet.Inet;
import cellblock.inet.socket.Credential;
import cellblock.inet.socket.Socket;
import cellblock.inet.socket.SocketOption;
import cellblock.inet.socket.SocketType;
import cellblock.kern.Machine;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.vnet.Vnet;
import cellblock.kern.vnet.VnetCreate;
import cellblock.net.ifnet.IfCap;
import cellblock.net.ifnet.IfCreate;
import cellblock.net.ifnet.IfMove;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.wire.Family;
import cellblock.wire.Ip4Address;
import java.util.Map;

/** Two vnets, a client's and a server's, and the epair between them. */
final class TcpPair {
  private static final Ip4Address SERVER = Ip4Address.parse("192.0.2.2");

  final Vnet client;
  final Vnet server;
  private final Ifnet[] ends = new Ifnet[2];
  private int port = 1000;

  /** A connection: what the client holds and what the server accepted. */
  record Connection(Socket client, Socket server) implements AutoCloseable {
    @Override
    public void close() {
      client.close();
      server.close();
    }
  }

  TcpPair(Machine machine, int number) throws ErrnoException {
    Vnet host = machine.vnet0();
    client = machine.coordinator().run(new VnetCreate(machine, "client" + number));
    server = machine.coordinator().run(new VnetCreate(machine, "server" + number));
    String name = machine.coordinator().run(new IfCreate(host, "epair", Map.of())).name();
    ends[0] = lend(machine, name, client, "192.0.2.1");
    ends[1] = lend(machine, name.substring(0, name.length() - 1) + "b", server, "192.0.2.2");
  }

  private static Ifnet lend(Machine machine, String ifname, Vnet to, String address)
      throws ErrnoException {
    machine.coordinator().run(IfMove.lend(machine.vnet0(), ifname, to));
    return to.call(() -> {
      Ifnet ifp = Interfaces.of(to).named(ifname);
      Inet.of(to).control.add(ifp, Ip4Address.parse(address), 24, null, null, true);
      return ifp;
    });
  }

  /** Lets both ends leave checksums and the cutting of large segments undone, or not. */
  void large(boolean on) throws ErrnoException {
    int caps = IfCap.TXCSUM | IfCap.TXCSUM_IPV6 | IfCap.TSO4 | IfCap.TSO6;
    for (Ifnet ifp : ends) {
      ifp.vnet()
          .call(() -> {
            ifp.setCapabilities(on ? caps : 0, on ? 0 : caps);
            return true;
          });
    }
  }

  Socket open(Vnet v, SocketType type) throws ErrnoException {
    return v.call(() -> Inet.of(v).sockets.open(Family.INET, type, 0, Credential.ROOT));
  }

  /** A socket that listens at a port of its own. */
  Socket listen(int backlog) throws ErrnoException {
    Socket s = open(server, SocketType.STREAM);
    s.bind(Ip4Address.ANY, ++port);
    s.stream().listen(backlog);
    return s;
  }

  /** Connects to the latest of {@link #listen}. */
  Connection connect(Socket listener) throws ErrnoException {
    Socket c = open(client, SocketType.STREAM);
    c.connect(SERVER, port);
    Socket s = listener.stream().accept(Socket.FOREVER);
    return new Connection(c, s);
  }

  /** A connection without Nagle's algorithm. */
  Connection connect() throws ErrnoException {
    try (Socket listener = listen(5)) {
      Connection c = connect(listener);
      c.client.setOption(SocketOption.TCP_NODELAY, 1);
      c.server.setOption(SocketOption.TCP_NODELAY, 1);
      return c;
    }
  }

  /** Two sockets for datagrams, the client's connected to the server's. */
  Connection datagrams() throws ErrnoException {
    Socket s = open(server, SocketType.DGRAM);
    s.bind(Ip4Address.ANY, ++port);
    Socket c = open(client, SocketType.DGRAM);
    c.connect(SERVER, port);
    return new Connection(c, s);
  }
}
