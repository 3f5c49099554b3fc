package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cellblock.control.KernelError;
import cellblock.control.KernelPort;
import cellblock.control.SocketPort;
import cellblock.host.Jail;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** UDP sockets of IPv6 that have peers of IPv4, too, in virtual time. */
class Udp6LabTest {
  private static final Duration LONG = Duration.ofSeconds(5);
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);

  private static Lab lab(long seed) {
    Lab lab = new Lab(seed);
    lab.all(
        """
        jail -c name=j vnet persist
        ifconfig epair create
        ifconfig epair0b vnet j
        ifconfig epair0a 192.0.2.1/24
        ifconfig epair0a inet6 2001:db8::1/64 no_dad
        jexec j ifconfig epair0b 192.0.2.2/24
        jexec j ifconfig epair0b inet6 2001:db8::2/64 no_dad
        """);
    return lab;
  }

  /** What is done by a process of the host and one of the jail. */
  private interface Act {
    void play(Lab lab, KernelPort host, KernelPort jail) throws Exception;
  }

  private static void play(long seed, Act act) throws Exception {
    try (Lab lab = lab(seed)) {
      KernelPort host = lab.kernel().port();
      Jail j = lab.kernel().jail("j");
      j.run(
          "udp",
          jail -> {
            act.play(lab, host, jail);
            return 0;
          });
    }
  }

  private static SocketPort udp(KernelPort port, SocketPort.Domain domain) throws KernelError {
    return port.socket(domain, SocketPort.Type.DGRAM, 0);
  }

  private static void send(SocketPort s, String to, int port) throws KernelError {
    s.sendTo(HELLO, 0, HELLO.length, to, port);
  }

  @Test
  void a_server_of_both_families_sees_ipv4_senders_as_mapped_addresses() throws Exception {
    play(
        51,
        (lab, host, jail) -> {
          try (SocketPort server = udp(jail, SocketPort.Domain.INET6);
              SocketPort four = udp(host, SocketPort.Domain.INET);
              SocketPort six = udp(host, SocketPort.Domain.INET6)) {
            server.setOption("IPV6_V6ONLY", 0);
            server.bind("::", 7);
            send(four, "192.0.2.2", 7);
            SocketPort.Datagram d = server.receive(LONG);
            assertThat(d.from()).isEqualTo("::ffff:192.0.2.1");
            assertThat(d.to()).isEqualTo("::ffff:192.0.2.2");
            send(server, d.from(), d.port());
            SocketPort.Datagram answer = four.receive(LONG);
            assertThat(answer.from()).isEqualTo("192.0.2.2");
            assertThat(answer.port()).isEqualTo(7);
            assertThat(answer.data()).isEqualTo(HELLO);
            send(six, "2001:db8::2", 7);
            assertThat(server.receive(LONG).from()).isEqualTo("2001:db8::1");
            assertThat(lab.ok("jexec j netstat -an -p udp")).contains("udp46");
          }
        });
  }

  @Test
  void a_client_is_of_the_family_of_its_peer_once_it_is_connected() throws Exception {
    play(
        52,
        (lab, host, jail) -> {
          try (SocketPort server = udp(host, SocketPort.Domain.INET);
              SocketPort client = udp(jail, SocketPort.Domain.INET6)) {
            server.bind("192.0.2.1", 9);
            client.setOption("IPV6_V6ONLY", 0);
            client.connect("::ffff:192.0.2.1", 9);
            assertThat(client.localAddress()).isEqualTo("::ffff:192.0.2.2");
            client.sendTo(HELLO, 0, HELLO.length, null, 0);
            SocketPort.Datagram d = server.receive(LONG);
            assertThat(d.from()).isEqualTo("192.0.2.2");
            send(server, d.from(), d.port());
            assertThat(client.receive(LONG).from()).isEqualTo("::ffff:192.0.2.1");
          }
        });
  }

  @Test
  void unless_it_asks_for_it_a_socket_of_ipv6_has_nothing_to_do_with_ipv4() throws Exception {
    play(
        53,
        (lab, host, jail) -> {
          try (SocketPort server = udp(jail, SocketPort.Domain.INET6);
              SocketPort other = udp(jail, SocketPort.Domain.INET);
              SocketPort four = udp(host, SocketPort.Domain.INET)) {
            server.bind("::", 7);
            other.bind("0.0.0.0", 7); // the port is free in the other family
            send(four, "192.0.2.2", 7);
            assertThat(other.receive(LONG)).isNotNull();
            assertThat(server.receive(Duration.ofMillis(10))).isNull();
            assertThatThrownBy(() -> send(server, "::ffff:192.0.2.1", 9))
                .isInstanceOfSatisfying(
                    KernelError.class, e -> assertThat(e.errno()).isEqualTo("EINVAL"));
            assertThatThrownBy(() -> server.setOption("IPV6_V6ONLY", 0))
                .isInstanceOfSatisfying(
                    KernelError.class, e -> assertThat(e.errno()).isEqualTo("EINVAL"));
          }
        });
  }
}
