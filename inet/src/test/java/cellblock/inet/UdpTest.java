package cellblock.inet;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.inet.socket.Credential;
import cellblock.inet.socket.Datagram;
import cellblock.inet.socket.Membership;
import cellblock.inet.socket.Socket;
import cellblock.inet.socket.SocketOption;
import cellblock.inet.socket.SocketType;
import cellblock.kern.drop.DropReason;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.vnet.Vnet;
import cellblock.wire.Family;
import cellblock.wire.Ip4Address;
import cellblock.wire.Ip4Header;
import cellblock.wire.IpProtocol;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which socket gets a datagram, which bind is refused, what sockets may and may not. */
class UdpTest {
  private static final Ip4Address OWN = Ip4Address.parse("192.0.2.1");
  private static final Ip4Address PEER = Ip4Address.parse("192.0.2.2");

  private final Rig rig = new Rig();
  private final Vnet v = rig.vnet("a");
  private final TestLink link = rig.link(v, "em0");

  @BeforeEach
  void configure() {
    rig.address(v, "em0", "192.0.2.1/24");
    link.know("192.0.2.2", "192.0.2.1");
  }

  private Socket bound(Ip4Address address, int port, SocketOption... options)
      throws ErrnoException {
    Socket s = rig.udp(v);
    for (SocketOption o : options) {
      s.setOption(o, 1);
    }
    s.bind(address, port);
    return s;
  }

  private static boolean got(Socket s) {
    return Refused.by(() -> s.receive(0, false)) == null;
  }

  @Test
  void the_connected_socket_comes_before_the_bound_and_the_wildcard_one() throws Exception {
    Socket wild = bound(Ip4Address.ANY, 7, SocketOption.SO_REUSEADDR);
    Socket bound = bound(OWN, 7, SocketOption.SO_REUSEADDR);
    Socket other = rig.udp(v);
    other.setOption(SocketOption.SO_REUSEPORT, 1);
    other.connect(PEER, 1000);
    byte[] p = Packets.udp("192.0.2.2", 1000, "192.0.2.1", other.localPort(), Packets.data(4));
    link.ip(p);
    assertThat(got(other)).isTrue();
    link.ip(Packets.udp("192.0.2.2", 1000, "192.0.2.1", 7, Packets.data(4)));
    assertThat(got(bound)).isTrue();
    assertThat(got(wild)).isFalse();
    bound.close();
    link.ip(Packets.udp("192.0.2.2", 1000, "192.0.2.1", 7, Packets.data(4)));
    assertThat(got(wild)).isTrue();
    link.ip(Packets.udp("192.0.2.3", 1000, "192.0.2.1", other.localPort(), Packets.data(4)));
    assertThat(got(other)).isFalse();
  }

  @Test
  void a_port_is_taken_once_unless_both_sides_share_it() throws Exception {
    bound(Ip4Address.ANY, 7, SocketOption.SO_REUSEPORT);
    assertThat(Refused.by(() -> bound(Ip4Address.ANY, 7))).isEqualTo(Errno.EADDRINUSE);
    assertThat(Refused.by(() -> bound(OWN, 7))).isEqualTo(Errno.EADDRINUSE);
    assertThat(Refused.by(() -> bound(Ip4Address.ANY, 7, SocketOption.SO_REUSEPORT))).isNull();
    assertThat(Refused.by(() -> bound(OWN, 7, SocketOption.SO_REUSEADDR))).isNull();
    assertThat(Refused.by(() -> bound(PEER, 8))).isEqualTo(Errno.EADDRNOTAVAIL);
  }

  @Test
  void a_reserved_port_and_a_raw_socket_need_a_privilege() {
    assertThat(
            rig.refusal(
                v,
                () -> rig.inet(v).sockets.open(Family.INET, SocketType.RAW, 1, Credential.NOBODY)))
        .isEqualTo(Errno.EPERM);
    Socket s =
        rig.in(
            v, () -> rig.inet(v).sockets.open(Family.INET, SocketType.DGRAM, 0, Credential.NOBODY));
    assertThat(Refused.by(() -> s.bind(Ip4Address.ANY, 53))).isEqualTo(Errno.EACCES);
    assertThat(Refused.by(() -> s.bind(Ip4Address.ANY, 5353))).isNull();
    assertThat(
            rig.refusal(
                v,
                () ->
                    rig.inet(v).sockets.open(Family.INET6, SocketType.RAW, 58, Credential.NOBODY)))
        .isEqualTo(Errno.EPERM);
  }

  @Test
  void ports_are_chosen_at_random_within_the_range_until_it_is_used_up() throws Exception {
    rig.inet(v).ip.settings.portFirst = 20000;
    rig.inet(v).ip.settings.portLast = 20009;
    Set<Integer> ports = new HashSet<>();
    for (int i = 0; i < 10; i++) {
      ports.add(bound(Ip4Address.ANY, 0).localPort());
    }
    assertThat(ports).hasSize(10).allMatch(p -> p >= 20000 && p <= 20009);
    assertThat(Refused.by(() -> bound(Ip4Address.ANY, 0))).isEqualTo(Errno.EADDRNOTAVAIL);
  }

  @Test
  void a_full_buffer_is_a_counted_drop() throws Exception {
    Socket s = bound(Ip4Address.ANY, 7);
    s.setOption(SocketOption.SO_RCVBUF, 1000);
    for (int i = 0; i < 20; i++) {
      link.ip(Packets.udp("192.0.2.2", 1, "192.0.2.1", 7, Packets.data(100)));
    }
    assertThat(s.receiveQueue()).isEqualTo(8 * 116);
    assertThat(rig.dropped(v, DropReason.SOCKBUF_FULL)).isEqualTo(12);
    assertThat(rig.counter(v, "udp", "dropped-full-socket-buffer")).isEqualTo(12);
    assertThat(rig.outstanding(v)).isZero();
  }

  @Test
  void a_broadcast_reaches_every_socket_and_a_group_its_members() throws Exception {
    Socket one = bound(Ip4Address.ANY, 7, SocketOption.SO_REUSEPORT);
    Socket two = bound(Ip4Address.ANY, 7, SocketOption.SO_REUSEPORT);
    link.broadcast(Packets.udp("192.0.2.2", 1, "192.0.2.255", 7, Packets.data(4)));
    assertThat(got(one)).isTrue();
    assertThat(got(two)).isTrue();
    Ip4Address group = Ip4Address.parse("239.1.2.3");
    one.membership(new Membership(Membership.Operation.JOIN, group, "em0", null));
    link.multicast(group.bits(), Packets.udp("192.0.2.2", 1, "239.1.2.3", 7, Packets.data(4)));
    assertThat(got(one)).isTrue();
    assertThat(got(two)).isFalse();
    one.membership(new Membership(Membership.Operation.BLOCK_SOURCE, group, "em0", PEER));
    link.multicast(group.bits(), Packets.udp("192.0.2.2", 1, "239.1.2.3", 7, Packets.data(4)));
    assertThat(got(one)).isFalse();
  }

  @Test
  void a_multicast_is_heard_by_the_sender_who_is_a_member() throws Exception {
    Socket s = bound(Ip4Address.ANY, 7);
    Ip4Address group = Ip4Address.parse("239.1.2.3");
    s.membership(new Membership(Membership.Operation.JOIN, group, "em0", null));
    s.setOption(SocketOption.IP_MULTICAST_IF, OWN.bits());
    s.send(Packets.data(4), 0, 4, group, 7);
    rig.settle();
    assertThat(s.receive(0, false).from()).isEqualTo(OWN);
    assertThat(link.packets())
        .singleElement()
        .satisfies(p -> assertThat(Ip4Header.ttl(p, 0)).isEqualTo(1));
    s.setOption(SocketOption.IP_MULTICAST_LOOP, 0);
    s.send(Packets.data(4), 0, 4, group, 7);
    rig.settle();
    assertThat(got(s)).isFalse();
  }

  @Test
  void a_broadcast_is_sent_only_with_the_option() throws Exception {
    Socket s = bound(Ip4Address.ANY, 7);
    Ip4Address all = Ip4Address.parse("192.0.2.255");
    assertThat(Refused.by(() -> s.send(new byte[1], 0, 1, all, 9))).isEqualTo(Errno.EACCES);
    s.setOption(SocketOption.SO_BROADCAST, 1);
    assertThat(Refused.by(() -> s.send(new byte[1], 0, 1, all, 9))).isNull();
  }

  @Test
  void sending_is_refused_as_FreeBSD_refuses_it() throws Exception {
    Socket s = rig.udp(v);
    assertThat(Refused.by(() -> s.send(new byte[1], 0, 1, null, 0))).isEqualTo(Errno.EDESTADDRREQ);
    assertThat(Refused.by(() -> s.send(new byte[1], 0, 1, Ip4Address.parse("203.0.113.1"), 9)))
        .isEqualTo(Errno.ENETUNREACH);
    assertThat(Refused.by(() -> s.send(new byte[9217], 0, 9217, PEER, 9)))
        .isEqualTo(Errno.EMSGSIZE);
    s.setOption(SocketOption.IP_DONTFRAG, 1);
    assertThat(Refused.by(() -> s.send(new byte[2000], 0, 2000, PEER, 9)))
        .isEqualTo(Errno.EMSGSIZE);
    s.connect(PEER, 9);
    assertThat(Refused.by(() -> s.send(new byte[1], 0, 1, PEER, 9))).isEqualTo(Errno.EISCONN);
    s.disconnect();
    assertThat(s.localAddress()).isEqualTo(Ip4Address.ANY);
  }

  @Test
  void a_wait_ends_with_its_time_and_a_bad_checksum_is_dropped() throws Exception {
    Socket s = bound(Ip4Address.ANY, 7);
    byte[] p = Packets.udp("192.0.2.2", 1, "192.0.2.1", 7, Packets.data(4));
    p[p.length - 1] ^= 1;
    link.ip(p);
    long before = rig.sim.clock().nanos();
    assertThat(Refused.by(() -> s.receive(3 * Rig.SECOND, false))).isEqualTo(Errno.EAGAIN);
    assertThat(rig.sim.clock().nanos() - before).isEqualTo(3 * Rig.SECOND);
    assertThat(rig.dropped(v, DropReason.UDP_BAD_CHECKSUM)).isEqualTo(1);
  }

  @Test
  void a_raw_socket_sees_whole_packets_and_may_write_headers() throws Exception {
    Socket raw = rig.raw(v, 99);
    link.ip(Packets.ip(99, "192.0.2.2", "192.0.2.1", 64, 0, Packets.data(8)));
    Datagram d = raw.receive(0, false);
    assertThat(d.data()).hasSize(28);
    raw.setOption(SocketOption.IP_HDRINCL, 1);
    byte[] own = Packets.ip(IpProtocol.UDP, "192.0.2.1", "192.0.2.2", 3, 0, Packets.data(8));
    raw.send(own, 0, own.length, PEER, 0);
    assertThat(link.packets()).singleElement().isEqualTo(own);
    assertThat(rig.counter(v, "ip", "send-packets-fabricated-header")).isEqualTo(1);
    assertThat(Refused.by(() -> raw.send(own, 0, own.length - 1, PEER, 0))).isEqualTo(Errno.EINVAL);
  }
}
