package cellblock.bench;

import cellblock.host.Kernel;
import cellblock.inet.Inet;
import cellblock.inet.socket.Credential;
import cellblock.inet.socket.Socket;
import cellblock.inet.socket.SocketOption;
import cellblock.inet.socket.SocketType;
import cellblock.kern.Machine;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.vnet.Vnet;
import cellblock.kern.vnet.VnetCreate;
import cellblock.net.ifnet.IfCreate;
import cellblock.net.ifnet.IfMove;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.wire.Family;
import cellblock.wire.Ip4Address;
import java.util.Map;

/**
 * TCP between two vnets in real time: one stream at MTU 1500 with checksums (Gb/s), and 1-byte
 * request and response (round trips a second), on virtual and on platform threads. Prints one line
 * of {@code key=value} a figure.
 *
 * <p>Run: {@code java ... cellblock.bench.TcpBench [seconds]}.
 */
public final class TcpBench {
  private static final int ROUNDS = 3;
  private static final Ip4Address SERVER = Ip4Address.parse("192.0.2.2");

  private final Vnet a;
  private final Vnet b;
  private final long nanos;
  private int port = 1000;

  private TcpBench(Machine machine, long nanos) throws ErrnoException {
    this.nanos = nanos;
    Vnet host = machine.vnet0();
    a = machine.coordinator().run(new VnetCreate(machine, "a"));
    b = machine.coordinator().run(new VnetCreate(machine, "b"));
    Ifnet end = machine.coordinator().run(new IfCreate(host, "epair", Map.of()));
    String first = end.name();
    String second = first.substring(0, first.length() - 1) + "b";
    machine.coordinator().run(IfMove.lend(host, first, a));
    machine.coordinator().run(IfMove.lend(host, second, b));
    address(a, first, "192.0.2.1");
    address(b, second, "192.0.2.2");
  }

  private static void address(Vnet v, String ifname, String address) throws ErrnoException {
    v.call(() ->
        Inet.of(v)
            .control
            .add(Interfaces.of(v).named(ifname), Ip4Address.parse(address), 24, null, null, true));
  }

  /** Measures. */
  public static void main(String[] args) throws Exception {
    long seconds = args.length > 0 ? Long.parseLong(args[0]) : 3;
    System.out.printf("machine cpus=%d%n", Runtime.getRuntime().availableProcessors());
    try (Kernel kernel = Kernel.boot(Kernel.Config.defaults(1))) {
      TcpBench bench = new TcpBench(kernel.machine(), seconds * 1_000_000_000L);
      for (boolean virtual : new boolean[] {true, false}) {
        String kind = virtual ? "virtual" : "platform";
        for (int i = 0; i < ROUNDS; i++) {
          System.out.printf("bulk threads=%s gbit_s=%.2f%n", kind, bench.bulk(virtual));
        }
        for (int i = 0; i < ROUNDS; i++) {
          System.out.printf("rr threads=%s per_s=%.0f%n", kind, bench.roundTrips(virtual));
        }
      }
    }
  }

  private static Thread start(boolean virtual, Body body) {
    Runnable run =
        () -> {
          try {
            body.run();
          } catch (ErrnoException e) {
            throw new IllegalStateException(e);
          }
        };
    return virtual ? Thread.ofVirtual().start(run) : Thread.ofPlatform().start(run);
  }

  private interface Body {
    void run() throws ErrnoException;
  }

  private static Socket open(Vnet v) throws ErrnoException {
    return v.call(
        () -> Inet.of(v).sockets.open(Family.INET, SocketType.STREAM, 0, Credential.ROOT));
  }

  private Socket listen() throws ErrnoException {
    Socket s = open(b);
    s.bind(Ip4Address.ANY, ++port);
    s.stream().listen(1);
    return s;
  }

  private double bulk(boolean virtual) throws Exception {
    try (Socket server = listen();
        Socket client = open(a)) {
      long[] result = new long[2];
      Thread reader = start(virtual, () -> read(server, result));
      client.connect(SERVER, port);
      byte[] data = new byte[1 << 17];
      Thread writer =
          start(
              virtual,
              () -> {
                long end = System.nanoTime() + nanos;
                while (System.nanoTime() < end) {
                  client.stream().write(data, 0, data.length, Socket.FOREVER);
                }
                client.shutdown(false, true);
              });
      writer.join();
      reader.join();
      return result[0] * 8.0 / result[1];
    }
  }

  private static void read(Socket server, long[] result) throws ErrnoException {
    try (Socket child = server.stream().accept(Socket.FOREVER)) {
      byte[] into = new byte[1 << 17];
      long start = System.nanoTime();
      for (int n = 0; n >= 0; n = child.stream().read(into, 0, into.length, Socket.FOREVER)) {
        result[0] += n;
      }
      result[1] = System.nanoTime() - start;
    }
  }

  private double roundTrips(boolean virtual) throws Exception {
    try (Socket server = listen();
        Socket client = open(a)) {
      Thread echo = start(virtual, () -> echo(server));
      client.setOption(SocketOption.TCP_NODELAY, 1);
      client.connect(SERVER, port);
      long[] count = new long[1];
      Thread asker =
          start(
              virtual,
              () -> {
                byte[] one = new byte[1];
                long end = System.nanoTime() + nanos;
                while (System.nanoTime() < end) {
                  client.stream().write(one, 0, 1, Socket.FOREVER);
                  client.stream().read(one, 0, 1, Socket.FOREVER);
                  count[0]++;
                }
                client.shutdown(false, true);
              });
      asker.join();
      echo.join();
      return count[0] * 1e9 / nanos;
    }
  }

  private static void echo(Socket server) throws ErrnoException {
    try (Socket child = server.stream().accept(Socket.FOREVER)) {
      child.setOption(SocketOption.TCP_NODELAY, 1);
      byte[] one = new byte[1];
      while (child.stream().read(one, 0, 1, Socket.FOREVER) > 0) {
        child.stream().write(one, 0, 1, Socket.FOREVER);
      }
    }
  }
}
