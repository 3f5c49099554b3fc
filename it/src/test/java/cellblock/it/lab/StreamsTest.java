package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.control.IfRequest;
import cellblock.control.KernelError;
import cellblock.control.KernelPort;
import cellblock.control.SocketPort;
import cellblock.host.Jail;
import cellblock.host.Kernel;
import cellblock.sim.Residue;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** TCP as programs meet it: jails, processes and threads in real time; netstat in virtual time. */
class StreamsTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private static void address(KernelPort port, String ifname, String address) throws Exception {
    port.ask(new IfRequest.AddAddress(ifname, address, 24, null, null, false, Map.of()));
  }

  private static SocketPort stream(KernelPort port) throws Exception {
    return port.socket(SocketPort.Domain.INET, SocketPort.Type.STREAM, 0);
  }

  @Test
  void a_server_in_a_jail_echoes_what_the_host_writes() throws Exception {
    byte[] data = new byte[2_000_000];
    new SplittableRandom(1).nextBytes(data);
    try (Kernel kernel = Kernel.boot(Kernel.Config.defaults(7))) {
      KernelPort host = kernel.port();
      host.ask(new IfRequest.Create("epair0", Map.of()));
      Jail jail = kernel.newJail("j").vnet().persist().lend("epair0b").create();
      address(host, "epair0a", "192.0.2.1");
      AtomicReference<Throwable> failure = new AtomicReference<>();
      jail.run(
          "ifconfig",
          port -> {
            address(port, "epair0b", "192.0.2.2");
            return 0;
          });
      jail.start(
          "echo",
          port -> {
            echo(port);
            return 0;
          });
      byte[] got = new byte[data.length];
      try (SocketPort client = connected(host)) {
        Thread writer =
            Thread.ofPlatform()
                .start(() -> {
                  try {
                    client.write(data, 0, data.length);
                    client.shutdown(false, true);
                  } catch (Exception e) {
                    failure.set(e);
                  }
                });
        int at = 0;
        for (int n = 0; n >= 0; n = client.read(got, at, got.length - at, LONG)) {
          at += n;
          if (at == got.length) {
            break;
          }
        }
        assertThat(at).isEqualTo(data.length);
        assertThat(client.read(new byte[1], 0, 1, LONG)).isEqualTo(-1);
        writer.join();
      }
      assertThat(failure.get()).isNull();
      assertThat(Arrays.equals(got, data)).isTrue();
      jail.remove();
      host.ask(new IfRequest.Destroy("epair0a"));
      assertThat(Residue.of(kernel.machine())).isEmpty();
    }
  }

  private static void echo(KernelPort port) throws Exception {
    try (SocketPort server = stream(port)) {
      server.bind(null, 7);
      server.listen(5);
      try (SocketPort child = server.accept(LONG)) {
        byte[] buffer = new byte[10_000];
        for (int n = 0; n >= 0; n = child.read(buffer, 0, buffer.length, LONG)) {
          child.write(buffer, 0, n);
        }
      }
    }
  }

  /** Tries until the server listens. */
  private static SocketPort connected(KernelPort host) throws Exception {
    while (true) {
      SocketPort client = stream(host);
      try {
        client.connect("192.0.2.2", 7, LONG);
        return client;
      } catch (KernelError e) {
        client.close();
        assertThat(e.errno()).isEqualTo("ECONNREFUSED");
      }
    }
  }

  @Test
  void netstat_shows_connections_and_their_states() throws Exception {
    try (Lab lab = new Lab(3)) {
      KernelPort port = lab.kernel().port();
      lab.ok("ifconfig lo0 127.0.0.1/8 up");
      try (SocketPort server = stream(port);
          SocketPort client = stream(port)) {
        server.bind(null, 8080);
        server.listen(5);
        client.connect("127.0.0.1", 8080);
        try (SocketPort child = server.accept(LONG)) {
          assertThat(child.foreignPort()).isEqualTo(client.localPort());
          child.write(new byte[10], 0, 10);
          lab.sim().stepper().settle();
          String out = lab.ok("netstat -an -f inet");
          assertThat(out).containsPattern("tcp4 +0 +0 \\*\\.8080 +\\*\\.\\* +LISTEN");
          assertThat(out)
              .containsPattern(
                  "tcp4 +10 +0 127\\.0\\.0\\.1\\.\\d+ +127\\.0\\.0\\.1\\.8080 +ESTABLISHED");
        }
        assertThat(lab.ok("netstat -an -f inet")).contains("CLOSE_WAIT").contains("FIN_WAIT_");
        assertThat(lab.ok("netstat -s -p tcp"))
            .contains("1 connection request")
            .contains("1 connection accept");
        assertThat(lab.ok("sysctl -n net.inet.tcp.msl").strip()).isEqualTo("30000");
      }
    }
  }
}
