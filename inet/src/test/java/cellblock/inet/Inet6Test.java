package cellblock.inet;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.inet.ip6.In6Address;
import cellblock.inet.ip6.In6Control;
import cellblock.inet.ip6.In6Ifinfo;
import cellblock.inet.ip6.Ip6;
import cellblock.inet.nd6.Nd6Neighbor;
import cellblock.inet.socket.Cmsg;
import cellblock.inet.socket.CmsgType;
import cellblock.inet.socket.Credential;
import cellblock.inet.socket.Datagram;
import cellblock.inet.socket.Membership;
import cellblock.inet.socket.Socket;
import cellblock.inet.socket.SocketOption;
import cellblock.inet.socket.SocketType;
import cellblock.kern.drop.DropReason;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.wire.EtherHeader;
import cellblock.wire.Family;
import cellblock.wire.Icmp6Message;
import cellblock.wire.Ip6Address;
import cellblock.wire.Ip6Header;
import cellblock.wire.IpProtocol;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** IPv6 on one link whose other end is the test's. */
class Inet6Test {
  private static final String OWN = "2001:db8::1";
  private static final String PEER = "2001:db8::2";

  private Rig rig;
  private Vnet v;
  private TestLink link;

  @BeforeEach
  void start() {
    start(Rig.SEED);
  }

  private void start(long seed) {
    rig = new Rig(seed);
    v = rig.vnet("host");
    link = rig.link(v, "em0");
    address(OWN, 64, In6Address.NODAD);
    rig.up(v, "em0");
    rig.settle();
  }

  private void address(String text, int length, int flags) {
    Ip6Address a = Ip6Address.of(text);
    rig.in(
        v,
        () ->
            inet6()
                .control
                .add(
                    Interfaces.of(v).named("em0"),
                    new In6Control.Wish(a, length, null, -1, -1, flags)));
    rig.settle();
  }

  private Inet6 inet6() {
    return Inet6.of(v);
  }

  private void ip(byte[] packet) {
    link.frame(link.ifp.lladdr(), EtherHeader.TYPE_IPV6, packet);
  }

  private void know() {
    ip(Packets6.nd(PEER, OWN, Icmp6Message.NEIGHBOR_SOLICIT, 0, OWN, 1));
    link.sent.clear();
  }

  private List<byte[]> taken() {
    return link.take(EtherHeader.TYPE_IPV6);
  }

  private static int type(byte[] p) {
    return p[Ip6Header.LENGTH] & 0xff;
  }

  private long counter(String protocol, String name) {
    return rig.in(v, () -> inet6().counters(protocol).getOrDefault(name, 0L));
  }

  private List<Integer> types() {
    return taken().stream().filter(p -> p[6] == IpProtocol.ICMPV6).map(Inet6Test::type).toList();
  }

  private In6Ifinfo in() {
    return Ip6.of(link.ifp);
  }

  // ---- extension headers

  @Test
  void a_routing_header_with_stops_left_is_refused_and_one_without_is_passed_over() {
    know();
    byte[] header = new byte[24];
    header[1] = 2;
    header[3] = 1;
    ip(Packets6.extend(Packets6.echo(PEER, OWN, 8), IpProtocol.ROUTING, header));
    byte[] error = taken().getFirst();
    assertThat(type(error)).isEqualTo(Icmp6Message.PARAM_PROB);
    assertThat(Icmp6Message.word(error, Ip6Header.LENGTH)).isEqualTo(42);
    header[3] = 0;
    ip(Packets6.extend(Packets6.echo(PEER, OWN, 8), IpProtocol.ROUTING, header));
    assertThat(types()).containsExactly(Icmp6Message.ECHO_REPLY);
  }

  @Test
  void unknown_options_do_what_their_highest_bits_say() {
    know();
    for (int kind : new int[] {IpProtocol.DSTOPTS, IpProtocol.HOPOPTS}) {
      byte[] header = {0, 0, 0x1e, 4, 0, 0, 0, 0};
      ip(Packets6.extend(Packets6.echo(PEER, OWN, 8), kind, header));
      assertThat(types()).containsExactly(Icmp6Message.ECHO_REPLY);
      header[2] = 0x5e;
      ip(Packets6.extend(Packets6.echo(PEER, OWN, 8), kind, header));
      assertThat(types()).isEmpty();
      header[2] = (byte) 0x9e;
      ip(Packets6.extend(Packets6.echo(PEER, OWN, 8), kind, header));
      assertThat(types()).containsExactly(Icmp6Message.PARAM_PROB);
    }
  }

  @Test
  void an_unknown_next_header_is_a_parameter_problem_that_points_at_it() {
    know();
    ip(Packets6.ip(200, PEER, OWN, 64, new byte[20]));
    byte[] error = taken().getFirst();
    assertThat(Icmp6Message.code(error, Ip6Header.LENGTH)).isEqualTo(1);
    assertThat(Icmp6Message.word(error, Ip6Header.LENGTH)).isEqualTo(6);
  }

  // ---- fragments

  @Test
  void fragments_in_any_order_become_a_packet() {
    know();
    byte[] echo = Packets6.echo(PEER, OWN, 40);
    ip(Packets6.fragment(echo, 32, 16, false, 9));
    ip(Packets6.fragment(echo, 0, 16, true, 9));
    ip(Packets6.fragment(echo, 0, 16, true, 9));
    assertThat(types()).isEmpty();
    ip(Packets6.fragment(echo, 16, 16, true, 9));
    assertThat(types()).containsExactly(Icmp6Message.ECHO_REPLY);
    assertThat(counter("ip6", "reassembled-packets")).isOne();
  }

  @Test
  void a_packet_of_one_fragment_is_whole_and_minds_no_others() {
    know();
    byte[] echo = Packets6.echo(PEER, OWN, 40);
    ip(Packets6.fragment(echo, 0, 16, true, 9));
    ip(Packets6.fragment(echo, 0, 48, false, 9)); // RFC 6946: the same id, yet another packet
    assertThat(types()).containsExactly(Icmp6Message.ECHO_REPLY);
    assertThat(counter("ip6", "atomic-fragments")).isOne();
    assertThat(counter("ip6", "reassembled-packets")).isZero();
    ip(Packets6.fragment(echo, 16, 32, false, 9));
    assertThat(types()).containsExactly(Icmp6Message.ECHO_REPLY);
    assertThat(counter("ip6", "reassembled-packets")).isOne();
  }

  @Test
  void an_overlapping_fragment_takes_the_whole_packet_with_it() {
    know();
    byte[] echo = Packets6.echo(PEER, OWN, 40);
    ip(Packets6.fragment(echo, 0, 16, true, 9));
    ip(Packets6.fragment(echo, 8, 16, true, 9));
    assertThat(rig.dropped(v, DropReason.IP_FRAGMENT_OVERLAP)).isEqualTo(2);
    ip(Packets6.fragment(echo, 16, 32, false, 9));
    assertThat(types()).isEmpty();
  }

  @Test
  void the_sender_hears_of_fragments_that_did_not_become_whole() {
    know();
    ip(Packets6.fragment(Packets6.echo(PEER, OWN, 40), 0, 16, true, 9));
    rig.advance(59);
    know();
    rig.advance(2);
    assertThat(types()).contains(Icmp6Message.TIME_EXCEEDED);
    assertThat(counter("ip6", "dropped-fragment-after-timeout")).isOne();
  }

  // ---- neighbours

  @Test
  void a_neighbour_is_probed_when_it_is_used_stale_after_a_while_and_gone_when_it_is_silent() {
    assertThat(neighbors()).noneMatch(n -> n.address().equals(Ip6Address.of(PEER)));
    know(); // our answer uses what the question told
    assertThat(neighbor().state()).isEqualTo("delay");
    rig.advance(5.5);
    assertThat(neighbor().state()).isEqualTo("probe");
    assertThat(types()).contains(Icmp6Message.NEIGHBOR_SOLICIT);
    ip(Packets6.nd(PEER, OWN, Icmp6Message.NEIGHBOR_ADVERT, 0x40000000, PEER, 2));
    assertThat(neighbor().state()).isEqualTo("reachable");
    rig.advance(46);
    assertThat(neighbor().state()).isEqualTo("stale");
    ip(Packets6.echo(PEER, OWN, 8));
    rig.advance(9);
    assertThat(neighbors()).noneMatch(n -> n.address().equals(Ip6Address.of(PEER)));
  }

  private List<Nd6Neighbor> neighbors() {
    return rig.in(v, () -> inet6().nd.list());
  }

  private Nd6Neighbor neighbor() {
    return neighbors().stream()
        .filter(n -> n.address().equals(Ip6Address.of(PEER)))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void discovery_from_beyond_the_link_is_not_believed() {
    byte[] far = Packets6.nd(PEER, OWN, Icmp6Message.NEIGHBOR_SOLICIT, 0, OWN, 1);
    far[7] = 64;
    ip(far);
    assertThat(neighbors()).noneMatch(n -> n.address().equals(Ip6Address.of(PEER)));
    assertThat(counter("icmp6", "errors/bad-neighbor-solicitation")).isOne();
  }

  @Test
  void somebody_who_has_the_address_makes_it_a_duplicate() {
    address("2001:db8::5", 64, 0);
    In6Address a = rig.in(v, () -> in().address(Ip6Address.of("2001:db8::5").hi(), 5));
    assertThat(a.is(In6Address.TENTATIVE)).isTrue();
    link.frame(
        0x3333_0000_0001L,
        EtherHeader.TYPE_IPV6,
        Packets6.nd(
            "2001:db8::5", "ff02::1", Icmp6Message.NEIGHBOR_ADVERT, 0x20000000, "2001:db8::5", 2));
    assertThat(a.is(In6Address.DUPLICATED)).isTrue();
    rig.advance(5);
    assertThat(a.ready()).isFalse();
  }

  // ---- routers

  @Test
  void a_router_gives_an_address_and_a_default_route_for_as_long_as_it_says() {
    rig.in(
        v,
        () -> {
          inet6().control.options(in(), In6Ifinfo.ACCEPT_RTADV, 0);
          return 0;
        });
    link.frame(
        0x3333_0000_0001L,
        EtherHeader.TYPE_IPV6,
        Packets6.advert("fe80::9", 100, "2001:db8:7::", 60, 30));
    rig.advance(3);
    assertThat(autoconf()).isNotNull();
    assertThat(autoconf().ready()).isTrue();
    assertThat(routed("2001:db8:99::1")).isTrue();
    assertThat(routed("2001:db8:7::77")).isTrue();
    rig.advance(30);
    assertThat(autoconf().is(In6Address.DEPRECATED)).isTrue();
    rig.advance(30);
    assertThat(autoconf()).isNull();
    assertThat(routed("2001:db8:99::1")).isTrue();
    rig.advance(40);
    assertThat(routed("2001:db8:99::1")).isFalse();
  }

  private In6Address autoconf() {
    return rig.in(
        v,
        () ->
            Arrays.stream(in().addresses())
                .filter(a -> a.is(In6Address.AUTOCONF))
                .findFirst()
                .orElse(null));
  }

  private boolean routed(String to) {
    Ip6Address a = Ip6Address.of(to);
    return rig.in(v, () -> inet6().ip.routes.lookup(0, Family.INET6, a.hi(), a.lo(), 0) != null);
  }

  // ---- groups

  @Test
  void a_new_member_is_reported_and_a_question_is_answered() throws ErrnoException {
    rig.advance(3);
    taken();
    Socket s = udp6();
    s.membership(
        new Membership(Membership.Operation.JOIN, Ip6Address.of("ff05::1234"), "em0", null));
    rig.settle();
    assertThat(reports()).isOne();
    rig.advance(3); // MLD_URI_INIT
    assertThat(reports()).isOne();
    ip(query());
    rig.advance(2);
    assertThat(reports()).isOne();
    s.close();
    rig.settle();
    assertThat(reports()).isOne();
  }

  @Test
  void a_report_goes_out_behind_a_router_alert_alone() throws ErrnoException {
    rig.advance(3);
    taken();
    Socket s = udp6();
    s.membership(
        new Membership(Membership.Operation.JOIN, Ip6Address.of("ff05::1234"), "em0", null));
    rig.settle();
    byte[] report = taken().getFirst();
    byte[] options = Arrays.copyOfRange(report, 40, 48);
    assertThat(options)
        .as("ICMPv6 next, eight bytes, router alert 0, PadN of nothing (RFC 2711, 8200)")
        .containsExactly(58, 0, 5, 2, 0, 0, 1, 0);
    s.close();
    rig.settle();
  }

  private static byte[] query() {
    byte[] rest = new byte[20];
    return Packets6.icmp("fe80::9", "ff02::1", 1, Icmp6Message.LISTENER_QUERY, 1000 << 16, rest);
  }

  /** Reports behind hop-by-hop options of eight bytes with a router alert (RFC 2711). */
  private long reports() {
    return taken().stream()
        .filter(p -> p[6] == 0 && p[40] == 58 && p[41] == 0 && p[42] == 5 && p[43] == 2)
        .filter(p -> (p[48] & 0xff) == Icmp6Message.LISTENER_REPORT2)
        .count();
  }

  private Socket udp6() {
    return rig.in(
        v, () -> rig.inet(v).sockets.open(Family.INET6, SocketType.DGRAM, 0, Credential.ROOT));
  }

  @Test
  void extension_headers_that_came_are_handed_over_to_who_asks_and_the_next_datagram_is_whole()
      throws Exception {
    know();
    Socket s = udp6();
    s.bind(Ip6Address.ANY, 7);
    byte[] route = new byte[24];
    route[1] = 2; // no stop is left
    byte[] options = {0, 0, 1, 4, 0, 0, 0, 0};
    byte[] packet =
        Packets6.extend(
            Packets6.extend(Packets6.udp(PEER, OWN, 7, 5), IpProtocol.ROUTING, route),
            IpProtocol.DSTOPTS,
            options);
    ip(packet);
    assertThat(s.receive(0, false).control()).as("nobody asked").isEmpty();
    s.setOption(SocketOption.IPV6_RECVRTHDR, 1);
    ip(packet);
    s.setOption(SocketOption.IPV6_RECVDSTOPTS, 1);
    ip(packet);
    ip(packet);
    ip(Packets6.udp(PEER, OWN, 7, 6));
    assertThat(s.receive(0, false).control())
        .as("what was asked for when it came")
        .extracting(Cmsg::type)
        .containsExactly(CmsgType.IPV6_RTHDR);
    Datagram d = s.receive(0, true);
    assertThat(d.control())
        .extracting(Cmsg::type)
        .containsExactly(CmsgType.IPV6_DSTOPTS, CmsgType.IPV6_RTHDR);
    assertThat(d.control().getLast().value()).startsWith(IpProtocol.UDP, 2, 0, 0).hasSize(24);
    assertThat(s.receive(0, false).control()).hasSize(2);
    assertThat(s.receive(new byte[9], 0, 9, null, 0, false)).isEqualTo(5);
    assertThat(s.receive(0, false).data()).hasSize(6);
    assertThat(s.receiveQueue()).isZero();
  }

  @Test
  void datagrams_find_their_socket_and_without_one_the_sender_is_told() throws Exception {
    know();
    Socket s = udp6();
    s.bind(Ip6Address.ANY, 7);
    ip(Packets6.udp(PEER, OWN, 7, 5));
    var d = s.receive(0, false);
    assertThat(d).isNotNull();
    assertThat(d.from()).isEqualTo(Ip6Address.of(PEER));
    assertThat(d.data()).hasSize(5);
    ip(Packets6.udp(PEER, OWN, 8, 5));
    assertThat(types()).containsExactly(Icmp6Message.UNREACH);
    s.close();
  }

  @Test
  void errors_are_limited() {
    know();
    for (int i = 0; i < 200; i++) {
      ip(Packets6.udp(PEER, OWN, 8, 5));
    }
    assertThat(types()).hasSize(100);
    assertThat(counter("icmp6", "errors-discarded-by-rate-limitation")).isEqualTo(100);
  }

  // ---- hostile input

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void no_packet_makes_the_stack_throw_or_leak(long seed) throws Exception {
    start(seed);
    Random random = new Random(seed);
    rig.in(
        v,
        () -> {
          inet6().ip.settings.forwarding = (int) (seed & 1);
          inet6().control.options(in(), In6Ifinfo.ACCEPT_RTADV, 0);
          return 0;
        });
    Socket udp = udp6();
    udp.bind(Ip6Address.ANY, 7);
    List<byte[]> seeds = seeds();
    for (int i = 0; i < 15_000; i++) {
      byte[] p = mutate(seeds.get(random.nextInt(seeds.size())).clone(), random);
      long to = random.nextInt(4) == 0 ? 0x3333_0000_0001L : link.ifp.lladdr();
      link.frame(to, EtherHeader.TYPE_IPV6, p);
      if (i % 500 == 0) {
        rig.advance(random.nextInt(3));
        link.sent.clear();
      }
      assertThat(v.lane().fault())
          .as("seed %d packet %d: %s", seed, i, HexFormat.of().formatHex(p))
          .isNull();
    }
    udp.close();
    rig.advance(20_000); // a router may ask for questions an hour apart
    assertThat(v.lane().fault()).as("seed %d", seed).isNull();
    assertThat(rig.outstanding(v)).as("seed %d", seed).isZero();
    assertThat(rig.remove(v)).as("seed %d", seed).isEmpty();
  }

  private static List<byte[]> seeds() {
    byte[] udp = Packets6.udp(PEER, OWN, 7, 30);
    byte[] back = Packets6.udp(OWN, PEER, 9, 30);
    byte[] alert = {0, 0, 5, 2, 0, 0, 1, 0};
    byte[] redirect = new byte[32];
    Ip6Address.of("fe80::9").emit(redirect, 0);
    Ip6Address.of("2001:db8:5::1").emit(redirect, 16);
    return List.of(
        udp,
        Packets6.udp(PEER, OWN, 8, 30),
        Packets6.udp(PEER, "2001:db8:5::1", 8, 1400),
        Packets6.echo(PEER, OWN, 30),
        Packets6.echo(PEER, "ff02::1", 30),
        Packets6.nd(PEER, OWN, Icmp6Message.NEIGHBOR_SOLICIT, 0, OWN, 1),
        Packets6.nd(PEER, OWN, Icmp6Message.NEIGHBOR_ADVERT, 0x60000000, PEER, 2),
        Packets6.advert("fe80::9", 100, "2001:db8:7::", 60, 30),
        Packets6.icmp("fe80::9", OWN, 255, Icmp6Message.REDIRECT, 0, redirect),
        Packets6.icmp(PEER, OWN, 64, Icmp6Message.UNREACH, 0, back),
        Packets6.icmp(PEER, OWN, 64, Icmp6Message.PACKET_TOO_BIG, 1300, back),
        query(),
        Packets6.extend(query(), IpProtocol.HOPOPTS, alert),
        Packets6.extend(udp, IpProtocol.DSTOPTS, alert),
        Packets6.extend(udp, IpProtocol.ROUTING, alert),
        Packets6.fragment(udp, 0, 16, true, 5),
        Packets6.fragment(udp, 16, 22, false, 5),
        Packets6.fragment(udp, 0, 38, false, 6));
  }

  private static byte[] mutate(byte[] packet, Random random) {
    byte[] p = packet;
    for (int changes = random.nextInt(4); changes > 0; changes--) {
      p[random.nextInt(Math.min(p.length, 90))] = (byte) random.nextInt(256);
    }
    if (random.nextInt(4) == 0) {
      p = Arrays.copyOf(p, random.nextInt(p.length + 30));
    }
    if (p.length >= Ip6Header.LENGTH + 8 && random.nextInt(4) != 0) {
      p[0] = (byte) (0x60 | p[0] & 15);
      if (random.nextBoolean()) {
        Ip6Header.putPayloadLength(p, 0, p.length - Ip6Header.LENGTH);
      }
      if (p[6] == IpProtocol.ICMPV6) {
        Packets6.sum(p, Ip6Header.LENGTH);
      }
    }
    return p;
  }
}
