package cellblock.inet;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.inet.socket.Datagram;
import cellblock.inet.socket.Socket;
import cellblock.kern.errno.Errno;
import cellblock.kern.vnet.Vnet;
import cellblock.wire.Icmp4Message;
import cellblock.wire.Ip4Address;
import cellblock.wire.Ip4Header;
import cellblock.wire.IpProtocol;
import cellblock.wire.Octets;
import org.junit.jupiter.api.Test;

/** Vnets joined by epairs: the whole way of packets, and the end of a vnet. */
class EndToEndTest {
  private final Rig rig = new Rig();

  private Datagram ping(Vnet from, String to, int size) throws Exception {
    try (Socket s = rig.raw(from, IpProtocol.ICMP)) {
      Icmp4Message echo =
          Icmp4Message.echo(Icmp4Message.ECHO, 77, 1, Octets.of(Packets.data(size)));
      byte[] data = new byte[echo.length()];
      echo.emit(data, 0);
      s.send(data, 0, data.length, Ip4Address.parse(to), 0);
      while (true) {
        Datagram d = s.receive(2 * Rig.SECOND, false);
        if (Icmp4Message.type(d.data(), Ip4Header.LENGTH) == Icmp4Message.ECHOREPLY) {
          return d;
        }
      }
    }
  }

  @Test
  void neighbours_ping_each_other() throws Exception {
    Vnet a = rig.vnet("a");
    Vnet b = rig.vnet("b");
    rig.cable(a, "192.0.2.1/24", b, "192.0.2.2/24");
    Datagram reply = ping(a, "192.0.2.2", 56);
    assertThat(reply.from()).isEqualTo(Ip4Address.parse("192.0.2.2"));
    assertThat(reply.data()).hasSize(84);
    assertThat(reply.ttl()).isEqualTo(64);
    assertThat(ping(b, "192.0.2.1", 4000).data()).hasSize(4028);
  }

  @Test
  void a_host_pings_itself_by_way_of_lo0() throws Exception {
    Vnet a = rig.vnet("a");
    Vnet b = rig.vnet("b");
    rig.cable(a, "192.0.2.1/24", b, "192.0.2.2/24");
    rig.address(a, "lo0", "127.0.0.1/8");
    assertThat(ping(a, "127.0.0.1", 56).data()).hasSize(84);
    assertThat(ping(a, "192.0.2.1", 56).data()).hasSize(84);
  }

  @Test
  void a_router_between_two_networks_forwards_and_lowers_the_ttl() throws Exception {
    Vnet a = rig.vnet("a");
    Vnet r = rig.vnet("r");
    Vnet b = rig.vnet("b");
    rig.cable(a, "192.0.2.1/24", r, "192.0.2.254/24");
    rig.cable(r, "198.51.100.254/24", b, "198.51.100.1/24");
    rig.route(a, "0.0.0.0/0", "192.0.2.254");
    rig.route(b, "0.0.0.0/0", "198.51.100.254");
    rig.inet(r).ip.settings.forwarding = 1;
    Datagram reply = ping(a, "198.51.100.1", 56);
    assertThat(reply.ttl()).isEqualTo(63);
    assertThat(rig.counter(r, "ip", "forwarded-packets")).isEqualTo(2);
    assertThat(rig.counter(r, "ip", "fast-forwarded-packets")).isEqualTo(2);
    assertThat(ping(a, "198.51.100.1", 5000).data()).hasSize(5028);
  }

  @Test
  void datagrams_cross_and_a_closed_port_refuses_a_connected_socket() throws Exception {
    Vnet a = rig.vnet("a");
    Vnet b = rig.vnet("b");
    rig.cable(a, "192.0.2.1/24", b, "192.0.2.2/24");
    try (Socket server = rig.udp(b);
        Socket client = rig.udp(a)) {
      server.bind(Ip4Address.ANY, 53);
      client.connect(Ip4Address.parse("192.0.2.2"), 53);
      client.send(Packets.data(100), 0, 100, null, 0);
      Datagram got = server.receive(Rig.SECOND, false);
      assertThat(got.data()).isEqualTo(Packets.data(100));
      assertThat(got.port()).isEqualTo(client.localPort()).isBetween(10000, 65535);
      server.send(got.data(), 0, 7, got.from(), got.port());
      assertThat(client.receive(Rig.SECOND, false).data()).hasSize(7);
      server.close();
      client.send(Packets.data(1), 0, 1, null, 0);
      rig.settle();
      assertThat(Refused.by(() -> client.receive(Rig.SECOND, false))).isEqualTo(Errno.ECONNREFUSED);
    }
  }

  @Test
  void a_vnet_removed_under_traffic_leaves_an_empty_ledger_and_no_mbuf() throws Exception {
    Vnet a = rig.vnet("a");
    Vnet b = rig.vnet("b");
    rig.cable(a, "192.0.2.1/24", b, "192.0.2.2/24");
    rig.address(b, "lo0", "127.0.0.1/8");
    Socket server = rig.udp(b);
    server.bind(Ip4Address.ANY, 9);
    Socket client = rig.udp(a);
    for (int i = 0; i < 50; i++) {
      client.send(Packets.data(2000), 0, 2000, Ip4Address.parse("192.0.2.2"), 9);
    }
    // One fragment waits for ever, one neighbour is unresolved.
    client.send(Packets.data(10), 0, 10, Ip4Address.parse("192.0.2.77"), 9);
    assertThat(rig.remove(b)).isEmpty();
    assertThat(Refused.by(() -> server.receive(0, false))).isEqualTo(Errno.ECONNABORTED);
    assertThat(rig.outstanding(b)).isZero();
    assertThat(rig.remove(a)).isEmpty();
    assertThat(rig.outstanding(a)).isZero();
    assertThat(Refused.by(() -> client.send(new byte[1], 0, 1, null, 0)))
        .isEqualTo(Errno.ECONNABORTED);
  }
}
