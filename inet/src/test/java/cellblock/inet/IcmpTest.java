package cellblock.inet;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.kern.drop.DropReason;
import cellblock.kern.vnet.Vnet;
import cellblock.wire.BigEndian;
import cellblock.wire.Icmp4Message;
import cellblock.wire.Ip4Address;
import cellblock.wire.Ip4Header;
import cellblock.wire.IpProtocol;
import cellblock.wire.Octets;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** ICMP answers and errors, and what a router says, packet by packet. */
class IcmpTest {
  private final Rig rig = new Rig();
  private final Vnet v = rig.vnet("a");
  private final TestLink link = rig.link(v, "em0");

  @BeforeEach
  void configure() {
    rig.address(v, "em0", "192.0.2.1/24");
    link.know("192.0.2.2", "192.0.2.1");
  }

  private Icmp4Message answer() {
    List<byte[]> all = link.packets();
    assertThat(all).hasSize(1);
    assertThat(Ip4Header.verifies(all.getFirst(), 0)).isTrue();
    return Packets.icmpOf(all.getFirst());
  }

  @Test
  void echo_is_answered_with_the_same_data() {
    link.ip(Packets.echo("192.0.2.2", "192.0.2.1", 5, 6, 100));
    Icmp4Message a = answer();
    assertThat(a.type()).isEqualTo(Icmp4Message.ECHOREPLY);
    assertThat(a.id()).isEqualTo(5);
    assertThat(a.sequence()).isEqualTo(6);
    assertThat(a.data()).isEqualTo(Octets.of(Packets.data(100)));
    assertThat(rig.counter(v, "icmp", "input-histogram/echo")).isEqualTo(1);
    assertThat(rig.counter(v, "icmp", "output-histogram/echo reply")).isEqualTo(1);
  }

  @Test
  void echo_to_everybody_is_answered_only_where_the_knob_says_so() {
    link.broadcast(Packets.echo("192.0.2.2", "192.0.2.255", 1, 1, 8));
    assertThat(link.packets()).isEmpty();
    assertThat(rig.counter(v, "icmp", "dropped-multicast-echo")).isEqualTo(1);
    rig.inet(v).icmpSettings.bmcastecho = 1;
    link.broadcast(Packets.echo("192.0.2.2", "192.0.2.255", 1, 1, 8));
    assertThat(answer().type()).isEqualTo(Icmp4Message.ECHOREPLY);
  }

  @Test
  void a_recorded_route_goes_back_with_the_answer() {
    byte[] p = Packets.echo("192.0.2.2", "192.0.2.1", 1, 1, 8);
    byte[] o = new byte[p.length + 12];
    System.arraycopy(p, 0, o, 0, 20);
    System.arraycopy(p, 20, o, 32, p.length - 20);
    o[20] = 7;
    o[21] = 11;
    o[22] = 4;
    Ip4Header.putHeaderLength(o, 0, 32);
    Ip4Header.putTotalLength(o, 0, o.length);
    Ip4Header.fillChecksum(o, 0);
    link.ip(o);
    byte[] reply = link.packets().getFirst();
    assertThat(Ip4Header.headerLength(reply, 0)).isEqualTo(32);
    assertThat(BigEndian.get32(reply, 23)).isEqualTo(Ip4Address.parse("192.0.2.1").bits());
  }

  @Test
  void a_source_route_is_refused_in_silence_by_a_host() {
    byte[] p = Packets.echo("192.0.2.2", "192.0.2.1", 1, 1, 8);
    byte[] o = new byte[p.length + 8];
    System.arraycopy(p, 0, o, 0, 20);
    System.arraycopy(p, 20, o, 28, p.length - 20);
    byte[] list = {(byte) 131, 7, 4, (byte) 192, 0, 2, 3, 0};
    System.arraycopy(list, 0, o, 20, 8);
    Ip4Header.putHeaderLength(o, 0, 28);
    Ip4Header.putTotalLength(o, 0, o.length);
    Ip4Header.fillChecksum(o, 0);
    link.ip(o);
    assertThat(rig.dropped(v, DropReason.IP_SOURCE_ROUTE)).isEqualTo(1);
    assertThat(link.packets()).isEmpty();
  }

  @Test
  void a_closed_port_is_told_and_quotes_the_packet() {
    byte[] p = Packets.udp("192.0.2.2", 1000, "192.0.2.1", 9, Packets.data(20));
    link.ip(p);
    Icmp4Message a = answer();
    assertThat(a.type()).isEqualTo(Icmp4Message.UNREACH);
    assertThat(a.code()).isEqualTo(Icmp4Message.UNREACH_PORT);
    assertThat(a.data()).isEqualTo(Octets.of(p));
    rig.inet(v).udpSettings.blackhole = 1;
    link.ip(p);
    assertThat(link.packets()).isEmpty();
  }

  @Test
  void quotes_are_as_long_as_quotelen() {
    rig.inet(v).icmpSettings.quotelen = 8;
    link.ip(Packets.udp("192.0.2.2", 1000, "192.0.2.1", 9, Packets.data(500)));
    assertThat(answer().data().length()).isEqualTo(28);
  }

  @Test
  void an_unknown_protocol_is_told() {
    link.ip(Packets.ip(250, "192.0.2.2", "192.0.2.1", 64, 0, Packets.data(20)));
    assertThat(answer().code()).isEqualTo(Icmp4Message.UNREACH_PROTOCOL);
    assertThat(rig.counter(v, "ip", "dropped-unknown-protocol")).isEqualTo(1);
  }

  @Test
  void no_error_is_made_about_an_error_a_broadcast_or_a_later_fragment() {
    link.broadcast(Packets.udp("192.0.2.2", 1, "192.0.2.255", 9, Packets.data(8)));
    byte[] error =
        Packets.icmp(
            "192.0.2.2",
            "203.0.113.1",
            1,
            new Icmp4Message(Icmp4Message.UNREACH, 3, 0, Octets.of(Packets.data(40))));
    rig.inet(v).ip.settings.forwarding = 1;
    rig.route(v, "0.0.0.0/0", "192.0.2.9");
    link.ip(error);
    byte[] later = Packets.ip(IpProtocol.UDP, "192.0.2.2", "203.0.113.1", 1, 4, new byte[16]);
    link.ip(later);
    assertThat(link.packets()).isEmpty();
    assertThat(rig.counter(v, "icmp", "errors-not-from-message")).isEqualTo(1);
    assertThat(rig.dropped(v, DropReason.IP_TTL_EXCEEDED)).isEqualTo(2);
  }

  @Test
  void answers_are_limited_and_the_log_says_how_many_were_due() {
    for (int i = 0; i < 300; i++) {
      link.ip(Packets.echo("192.0.2.2", "192.0.2.1", 1, i, 8));
    }
    int first = link.packets().size();
    assertThat(first).isBetween(200 - 16, 200 + 16);
    rig.advance(1.5);
    link.ip(Packets.echo("192.0.2.2", "192.0.2.1", 1, 1, 8));
    assertThat(link.packets()).hasSize(1);
    assertThat(rig.machine.messages().lines())
        .contains("Limiting icmp ping response from 300 to " + first + " packets/sec");
  }

  @Test
  void a_router_sends_time_exceeded_no_route_and_fragmentation_needed() {
    rig.inet(v).ip.settings.forwarding = 1;
    link.ip(Packets.icmp("192.0.2.2", "203.0.113.1", 1, echoOf(8)));
    assertThat(answer().type()).isEqualTo(Icmp4Message.TIMXCEED);
    link.ip(Packets.icmp("192.0.2.2", "203.0.113.1", 9, echoOf(8)));
    assertThat(answer().code()).isEqualTo(Icmp4Message.UNREACH_HOST);
    TestLink narrow = rig.link(v, "em1");
    rig.address(v, "em1", "198.51.100.1/24");
    rig.in(
        v,
        () -> {
          narrow.ifp.setMtu(600);
          return 0;
        });
    byte[] big = new byte[1000];
    link.ip(Packets.ip(99, "192.0.2.2", "198.51.100.2", 9, Ip4Header.DF, big));
    Icmp4Message needs = answer();
    assertThat(needs.code()).isEqualTo(Icmp4Message.UNREACH_NEEDFRAG);
    assertThat(needs.word() & 0xffff).isEqualTo(600);
    assertThat(rig.counter(v, "ip", "packets-cannot-forward")).isEqualTo(2);
  }

  private static Icmp4Message echoOf(int size) {
    return Icmp4Message.echo(Icmp4Message.ECHO, 1, 1, Octets.of(Packets.data(size)));
  }

  @Test
  void a_router_on_the_same_link_is_named_in_a_redirect() {
    rig.inet(v).ip.settings.forwarding = 1;
    rig.route(v, "203.0.113.0/24", "192.0.2.3");
    link.know("192.0.2.3", "192.0.2.1");
    link.ip(Packets.icmp("192.0.2.2", "203.0.113.1", 9, echoOf(8)));
    List<byte[]> all = link.packets();
    assertThat(all).hasSize(2); // the redirect, and the packet sent on
    Icmp4Message redirect =
        Packets.icmpOf(
            Packets.icmpOf(all.get(0)).type() == Icmp4Message.REDIRECT ? all.get(0) : all.get(1));
    assertThat(redirect.type()).isEqualTo(Icmp4Message.REDIRECT);
    assertThat(redirect.word()).isEqualTo(Ip4Address.parse("192.0.2.3").bits());
    assertThat(rig.counter(v, "ip", "redirects-sent")).isEqualTo(1);
  }

  @Test
  void a_host_follows_a_redirect_of_its_router_for_redirtimeout_seconds() {
    rig.route(v, "0.0.0.0/0", "192.0.2.9");
    byte[] sent = Packets.udp("192.0.2.1", 7, "203.0.113.1", 9, Packets.data(8));
    Icmp4Message m =
        new Icmp4Message(
            Icmp4Message.REDIRECT, 1, Ip4Address.parse("192.0.2.8").bits(), Octets.of(sent));
    link.ip(Packets.icmp("192.0.2.9", "192.0.2.1", 64, m));
    assertThat(gateway("203.0.113.1")).isEqualTo("192.0.2.8");
    assertThat(gateway("203.0.113.2")).isEqualTo("192.0.2.9");
    rig.advance(601);
    assertThat(gateway("203.0.113.1")).isEqualTo("192.0.2.9");
  }

  private String gateway(String to) {
    return rig.in(
        v,
        () ->
            String.valueOf(
                rig.inet(v).ip.routes.lookup4(0, Ip4Address.parse(to).bits(), 0).gateway()));
  }

  @Test
  void a_packet_from_outside_with_our_own_address_is_dropped() {
    link.ip(Packets.echo("192.0.2.1", "192.0.2.1", 1, 1, 8));
    link.ip(Packets.echo("127.0.0.1", "192.0.2.1", 1, 1, 8));
    link.ip(Packets.echo("224.0.0.5", "192.0.2.1", 1, 1, 8));
    assertThat(rig.dropped(v, DropReason.IP_BAD_ADDRESS)).isEqualTo(3);
  }

  @Test
  void a_timestamp_request_is_answered_and_a_mask_request_only_where_the_knob_says_so() {
    link.ip(
        Packets.icmp(
            "192.0.2.2",
            "192.0.2.1",
            64,
            new Icmp4Message(Icmp4Message.TSTAMP, 0, 1, Octets.of(new byte[12]))));
    assertThat(answer().type()).isEqualTo(Icmp4Message.TSTAMPREPLY);
    Icmp4Message mask = new Icmp4Message(Icmp4Message.MASKREQ, 0, 1, Octets.of(new byte[4]));
    link.ip(Packets.icmp("192.0.2.2", "192.0.2.1", 64, mask));
    assertThat(link.packets()).isEmpty();
    rig.inet(v).icmpSettings.maskrepl = 1;
    link.ip(Packets.icmp("192.0.2.2", "192.0.2.1", 64, mask));
    assertThat(answer().data()).isEqualTo(Octets.hex("ffffff00"));
  }
}
