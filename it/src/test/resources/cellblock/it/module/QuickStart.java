package example;

import cellblock.control.IfRequest;
import cellblock.control.SocketPort;
import cellblock.host.Jail;
import cellblock.host.Kernel;
import java.time.Duration;
import java.util.Map;

/** Two jails, an epair between them, a datagram from one to the other; then everything is gone. */
public final class QuickStart {
  public static void main(String[] args) throws Exception {
    try (Kernel kernel = Kernel.boot(Kernel.Config.defaults(42))) {
      kernel.port().ask(new IfRequest.Create("epair", Map.of()));
      Jail left = kernel.newJail("left").vnet().persist().lend("epair0a").create();
      Jail right = kernel.newJail("right").vnet().persist().lend("epair0b").create();
      address(left, "epair0a", "192.0.2.1");
      address(right, "epair0b", "192.0.2.2");

      Thread server =
          right.start(
              "server",
              port -> {
                try (var socket = port.socket(SocketPort.Domain.INET, SocketPort.Type.DGRAM, 0)) {
                  socket.bind(null, 7000);
                  var hello = socket.receive(null);
                  socket.sendTo(hello.data(), 0, hello.data().length, hello.from(), hello.port());
                }
                return true;
              });
      String answer =
          left.run(
              "client",
              port -> {
                try (var socket = port.socket(SocketPort.Domain.INET, SocketPort.Type.DGRAM, 0)) {
                  byte[] hello = "hello".getBytes();
                  SocketPort.Datagram reply = null;
                  while (reply == null) { // until the server listens
                    socket.sendTo(hello, 0, hello.length, "192.0.2.2", 7000);
                    reply = socket.receive(Duration.ofMillis(100));
                  }
                  return new String(reply.data()) + " from " + reply.from();
                }
              });
      System.out.println(answer);

      server.join();
      left.remove(); // returns when the jail is gone, and its interface home
      right.remove();
      System.out.println(left + " is " + left.state() + ", it left behind: " + left.ledger().entries());
    }
  }

  private static void address(Jail jail, String ifname, String address) throws Exception {
    jail.run(
        "setup",
        port ->
            port.ask(
                new IfRequest.AddAddress(ifname, address, 24, null, null, false, Map.of())));
  }
}
