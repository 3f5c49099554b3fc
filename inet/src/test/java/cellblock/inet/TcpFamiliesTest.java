package cellblock.inet;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.inet.ip6.In6Address;
import cellblock.inet.ip6.In6Control;
import cellblock.inet.socket.Credential;
import cellblock.inet.socket.Socket;
import cellblock.inet.socket.SocketOption;
import cellblock.inet.socket.SocketType;
import cellblock.kern.errno.Errno;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.wire.EtherHeader;
import cellblock.wire.Family;
import cellblock.wire.Icmp6Message;
import cellblock.wire.Ip4Address;
import cellblock.wire.Ip6Address;
import cellblock.wire.Ip6Header;
import cellblock.wire.IpAddress;
import cellblock.wire.IpProtocol;
import cellblock.wire.Octets;
import cellblock.wire.TcpHeader;
import cellblock.wire.TcpOptions;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** TCP over IPv4, IPv6 and mapped addresses, by the same code. */
class TcpFamiliesTest {
  private final Rig rig = new Rig();
  private Vnet a;
  private Vnet b;
  private String left;
  private String right;

  @BeforeEach
  void twoVnets() {
    a = rig.vnet("a");
    b = rig.vnet("b");
    rig.cable(a, "192.0.2.1/24", b, "192.0.2.2/24");
    left = rig.in(a, () -> Interfaces.of(a).list().getLast().name());
    right = rig.in(b, () -> Interfaces.of(b).list().getLast().name());
    address(a, left, "2001:db8::1");
    address(b, right, "2001:db8::2");
    rig.advance(3);
  }

  private void address(Vnet v, String ifname, String text) {
    rig.in(
        v,
        () ->
            Inet6.of(v)
                .control
                .add(
                    Interfaces.of(v).named(ifname),
                    new In6Control.Wish(Ip6Address.of(text), 64, null, -1, -1, In6Address.NODAD)));
    rig.settle();
  }

  private Socket tcp6(Vnet v) {
    return rig.in(
        v, () -> rig.inet(v).sockets.open(Family.INET6, SocketType.STREAM, 0, Credential.ROOT));
  }

  private String name(Vnet v, Socket s) {
    return rig.in(v, () -> s.pcb().name());
  }

  private void clean() {
    rig.advance(61);
    assertThat(rig.remove0(a)).isEmpty();
    assertThat(rig.remove0(b)).isEmpty();
    assertThat(rig.outstanding(a)).isZero();
    assertThat(rig.outstanding(b)).isZero();
  }

  private void exchange(Socket from, Socket to) throws Exception {
    byte[] data = new byte[200_000];
    new SplittableRandom(1).nextBytes(data);
    byte[] got = new byte[data.length];
    int written = 0;
    int read = 0;
    for (int rounds = 0; read < data.length; rounds++) {
      assertThat(rounds).isLessThan(10_000);
      if (written < data.length && from.stream().canWrite()) {
        written += from.stream().write(data, written, data.length - written, 0);
      }
      rig.settle();
      if (to.stream().readable()) {
        read += to.stream().read(got, read, got.length - read, 0);
      }
      rig.advance(0.001);
    }
    assertThat(Arrays.equals(got, data)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"192.0.2.2, tcp4, tcp4", "2001:db8::2, tcp6, tcp6", "::ffff:192.0.2.2, tcp4, tcp4"})
  void a_connection_of_each_family_is_made_carries_data_and_ends(
      String to, String here, String there) throws Exception {
    IpAddress peer = IpAddress.parse(to);
    boolean four = peer.family() == Family.INET;
    boolean mapped = peer instanceof Ip6Address six && six.isV4Mapped();
    Socket listener = four ? rig.tcp(b) : tcp6(b);
    if (mapped) {
      listener.setOption(SocketOption.IPV6_V6ONLY, 0);
    }
    listener.bind(four ? Ip4Address.ANY : Ip6Address.ANY, 80);
    listener.stream().listen(5);
    assertThat(name(b, listener)).isEqualTo(mapped ? "tcp46" : there);
    Socket client = four ? rig.tcp(a) : tcp6(a);
    if (mapped) {
      client.setOption(SocketOption.IPV6_V6ONLY, 0);
    }
    client.connect(peer, 80);
    Socket child = listener.stream().accept(Rig.SECOND);
    assertThat(client.foreignAddress()).isEqualTo(peer);
    assertThat(child.localAddress()).isEqualTo(peer);
    assertThat(child.foreignAddress()).isEqualTo(client.localAddress());
    assertThat(name(a, client)).isEqualTo(here);
    assertThat(name(b, child)).isEqualTo(there);
    exchange(client, child);
    exchange(child, client);
    client.close();
    rig.settle();
    assertThat(child.stream().read(new byte[1], 0, 1, 0)).isEqualTo(-1);
    child.close();
    listener.close();
    clean();
  }

  @Test
  void a_link_local_peer_is_reached_in_the_zone_that_is_named() throws Exception {
    int zone = rig.in(a, () -> Interfaces.of(a).named(left).index());
    Ip6Address far =
        rig.in(
            b,
            () ->
                Inet6.of(b).ip.addresses.list().stream()
                    .filter(In6Address::isLinkLocal)
                    .filter(x -> x.ifnet().name().equals(right))
                    .findFirst()
                    .orElseThrow()
                    .address());
    Socket listener = tcp6(b);
    listener.bind(Ip6Address.ANY, 80);
    listener.stream().listen(1);
    Socket client = tcp6(a);
    assertThat(Refused.by(() -> client.connect(far.withScope(0), 80)))
        .isEqualTo(Errno.EHOSTUNREACH);
    client.connect(far.withScope(zone), 80);
    Socket child = listener.stream().accept(Rig.SECOND);
    assertThat(child.foreignAddress().isLinkLocal()).isTrue();
    assertThat(((Ip6Address) child.foreignAddress()).scopeId()).isEqualTo(far.scopeId());
    exchange(client, child);
    child.close();
    client.close();
    listener.close();
    clean();
  }

  @Test
  void families_share_a_port_only_where_one_socket_does_not_cover_both() throws Exception {
    Socket both = tcp6(b);
    both.setOption(SocketOption.IPV6_V6ONLY, 0);
    both.bind(Ip6Address.ANY, 80);
    Socket four = rig.tcp(b);
    assertThat(Refused.by(() -> four.bind(Ip4Address.ANY, 80))).isEqualTo(Errno.EADDRINUSE);
    Socket only = tcp6(b);
    only.bind(Ip6Address.ANY, 81);
    four.bind(Ip4Address.ANY, 81);
    four.stream().listen(1);
    only.stream().listen(1);
    Socket client = rig.tcp(a);
    client.connect(Ip4Address.parse("192.0.2.2"), 81);
    rig.settle();
    assertThat(four.stream().readable()).isTrue();
    assertThat(only.stream().readable()).isFalse();
  }

  @Test
  void a_socket_of_ipv6_alone_refuses_mapped_addresses() throws Exception {
    Socket s = tcp6(a);
    assertThat(Refused.by(() -> s.connect(Ip6Address.of("::ffff:192.0.2.2"), 80)))
        .isEqualTo(Errno.EINVAL);
    assertThat(Refused.by(() -> s.bind(Ip6Address.of("::ffff:192.0.2.1"), 80)))
        .isEqualTo(Errno.EADDRNOTAVAIL);
    s.setOption(SocketOption.IPV6_V6ONLY, 0);
    s.bind(Ip6Address.of("::ffff:192.0.2.1"), 80);
    assertThat(Refused.by(() -> s.connect(Ip6Address.of("2001:db8::2"), 80)))
        .isEqualTo(Errno.EAFNOSUPPORT);
    assertThat(Refused.by(() -> s.setOption(SocketOption.IPV6_V6ONLY, 1))).isEqualTo(Errno.EINVAL);
  }

  @Test
  void a_closed_port_refuses_in_both_families() {
    assertThat(Refused.by(() -> tcp6(a).connect(Ip6Address.of("2001:db8::2"), 9)))
        .isEqualTo(Errno.ECONNREFUSED);
    assertThat(Refused.by(() -> rig.tcp(a).connect(Ip4Address.parse("192.0.2.2"), 9)))
        .isEqualTo(Errno.ECONNREFUSED);
  }

  // ---- by hand ----

  private static final String OWN = "2001:db8:1::1";
  private static final String PEER = "2001:db8:1::2";

  private static TcpHeader tcp(byte[] p) {
    return TcpHeader.parse(p, Ip6Header.LENGTH, p.length - Ip6Header.LENGTH);
  }

  private static byte[] segment(int from, int to, int seq, int ack, int flags, TcpOptions o) {
    Octets options = o == null ? Octets.of(new byte[0]) : o.toOctets();
    TcpHeader h = new TcpHeader(from, to, seq, ack, flags, 60000, 0, 0, options);
    byte[] d = new byte[h.headerLength()];
    h.emit(d, 0);
    byte[] p = Packets6.ip(IpProtocol.TCP, PEER, OWN, 64, d);
    int pseudo = Ip6Header.pseudo(p, 0, IpProtocol.TCP, d.length);
    TcpHeader.fillChecksum(p, Ip6Header.LENGTH, pseudo, d.length);
    return p;
  }

  @Test
  void packet_too_big_makes_segments_smaller_and_sends_again() throws Exception {
    TestLink link = rig.link(a, "em0");
    address(a, "em0", OWN);
    rig.up(a, "em0");
    ip(link, Packets6.nd(PEER, OWN, Icmp6Message.NEIGHBOR_SOLICIT, 0, OWN, 1));
    link.sent.clear();
    Socket s = tcp6(a);
    assertThat(Refused.by(() -> s.stream().connect(Ip6Address.of(PEER), 80, 0)))
        .isEqualTo(Errno.EINPROGRESS);
    TcpHeader syn = tcp(link.take(EtherHeader.TYPE_IPV6).getFirst());
    assertThat(TcpOptions.parse(syn.options()).mss()).isEqualTo(1440);
    TcpOptions options = new TcpOptions(1440, -1, false, false, 0, 0, List.of());
    int port = syn.sourcePort();
    int iss = syn.sequence();
    ip(link, segment(80, port, 100, iss + 1, TcpHeader.SYN | TcpHeader.ACK, options));
    link.sent.clear();
    s.stream().write(new byte[5000], 0, 5000, 0);
    rig.settle();
    List<byte[]> sent = link.take(EtherHeader.TYPE_IPV6);
    assertThat(sent.getFirst()).hasSize(1500);
    byte[] quote = Arrays.copyOf(sent.getFirst(), 100);
    ip(link, Packets6.icmp(PEER, OWN, 64, Icmp6Message.PACKET_TOO_BIG, 1300, quote));
    sent = link.take(EtherHeader.TYPE_IPV6);
    assertThat(sent.getFirst()).hasSize(1300);
    assertThat(tcp(sent.getFirst()).sequence()).isEqualTo(iss + 1);
    // A quotation that is not of our window changes nothing.
    quote[Ip6Header.LENGTH + 4] ^= 0x40;
    ip(link, Packets6.icmp(PEER, OWN, 64, Icmp6Message.PACKET_TOO_BIG, 1280, quote));
    assertThat(link.take(EtherHeader.TYPE_IPV6)).isEmpty();
    s.setOption(SocketOption.SO_LINGER, 0);
    s.close();
    rig.remove0(a);
    assertThat(rig.outstanding(a)).isZero();
  }

  private static void ip(TestLink link, byte[] packet) {
    link.frame(link.ifp.lladdr(), EtherHeader.TYPE_IPV6, packet);
  }
}
