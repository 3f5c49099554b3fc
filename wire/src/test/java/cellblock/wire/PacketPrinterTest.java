package cellblock.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PacketPrinterTest {
  private static final Ip4Address A = Ip4Address.parse("192.0.2.1");
  private static final Ip4Address B = Ip4Address.parse("192.0.2.2");
  private static final MacAddress MA = MacAddress.parse("02:00:00:00:00:0a");
  private static final MacAddress MB = MacAddress.parse("02:00:00:00:00:0b");

  private final byte[] buf = new byte[256];

  private int ip4(int protocol, int flags, int offset, int dataLength) {
    int total = Ip4Header.LENGTH + dataLength;
    return new Ip4Header(0, total, 7, flags, offset, 64, protocol, A, B, Octets.EMPTY).emit(buf, 0);
  }

  private String packet(int length) {
    return PacketPrinter.packet(Arrays.copyOf(buf, length), 0, length);
  }

  @Test
  void a_ping_reads_as_in_tcpdump() {
    Icmp4Message echo = Icmp4Message.echo(Icmp4Message.ECHO, 5, 1, Octets.of(new byte[56]));
    int at = ip4(IpProtocol.ICMP, 0, 0, echo.length());
    int length = at + echo.emit(buf, at);
    assertThat(packet(length))
        .isEqualTo("IP 192.0.2.1 > 192.0.2.2: ICMP echo request, id 5, seq 1, length 64");
  }

  @Test
  void an_unreachable_port_names_what_was_asked() {
    ip4(IpProtocol.UDP, 0, 0, 8);
    UdpHeader.put(buf, 20, 1000, 33434, 8);
    Icmp4Message error =
        new Icmp4Message(Icmp4Message.UNREACH, Icmp4Message.UNREACH_PORT, 0, Octets.of(buf, 0, 28));
    int at = ip4(IpProtocol.ICMP, 0, 0, error.length());
    assertThat(packet(at + error.emit(buf, at)))
        .isEqualTo(
            "IP 192.0.2.1 > 192.0.2.2: ICMP 192.0.2.2 udp port 33434 unreachable, length 36");
  }

  @Test
  void need_to_fragment_tells_the_mtu() {
    ip4(IpProtocol.UDP, 0, 0, 8);
    Icmp4Message error =
        new Icmp4Message(
            Icmp4Message.UNREACH, Icmp4Message.UNREACH_NEEDFRAG, 1400, Octets.of(buf, 0, 28));
    assertThat(error)
        .hasToString("ICMP 192.0.2.2 unreachable - need to frag (mtu 1400), length 36");
  }

  @Test
  void a_redirect_names_the_better_router() {
    ip4(IpProtocol.UDP, 0, 0, 8);
    Icmp4Message error =
        new Icmp4Message(
            Icmp4Message.REDIRECT, Icmp4Message.REDIRECT_HOST, A.bits(), Octets.of(buf, 0, 28));
    assertThat(error).hasToString("ICMP redirect 192.0.2.2 to host 192.0.2.1, length 36");
  }

  @Test
  void fragments_show_where_they_belong() {
    int at = ip4(IpProtocol.UDP, Ip4Header.MF, 1480, 16);
    assertThat(packet(at + 16)).isEqualTo("IP 192.0.2.1 > 192.0.2.2: udp (frag 7:16@1480+)");
  }

  @Test
  void udp_and_tcp_show_ports() {
    int at = ip4(IpProtocol.UDP, 0, 0, 12);
    UdpHeader.put(buf, at, 1024, 53, 12);
    assertThat(packet(at + 12)).isEqualTo("IP 192.0.2.1.1024 > 192.0.2.2.53: UDP, length 4");
    TcpHeader segment =
        new TcpHeader(80, 1024, 5, 6, TcpHeader.PSH | TcpHeader.ACK, 1000, 0, 0, Octets.EMPTY);
    at = ip4(IpProtocol.TCP, 0, 0, 23);
    segment.emit(buf, at);
    assertThat(packet(at + 23))
        .isEqualTo(
            "IP 192.0.2.1.80 > 192.0.2.2.1024: Flags [P.], seq 5, ack 6, win 1000, length 3");
  }

  @Test
  void igmp_shows_its_records() {
    IgmpMessage join =
        new IgmpMessage.Report3(
            List.of(
                new IgmpMessage.GroupRecord(
                    IgmpMessage.ALLOW_NEW_SOURCES, Ip4Address.parse("239.0.0.9"), List.of(A, B))));
    int at = ip4(IpProtocol.IGMP, 0, 0, join.length());
    assertThat(packet(at + join.emit(buf, at)))
        .isEqualTo(
            "IP 192.0.2.1 > 192.0.2.2: igmp v3 report, 1 group record(s)"
                + " [gaddr 239.0.0.9 allow { 192.0.2.1 192.0.2.2 }]");
  }

  @Test
  void a_frame_shows_its_link_header_when_asked() {
    int at = new EtherHeader(MacAddress.BROADCAST, MA, EtherHeader.TYPE_ARP).emit(buf, 0);
    int length = at + new ArpPacket(ArpPacket.REQUEST, MA, A, MacAddress.ZERO, B).emit(buf, at);
    assertThat(PacketPrinter.frame(buf, 0, length))
        .isEqualTo("ARP, Request who-has 192.0.2.2 tell 192.0.2.1, length 28");
    assertThat(PacketPrinter.frameWithLink(buf, 0, length))
        .isEqualTo(
            "02:00:00:00:00:0a > ff:ff:ff:ff:ff:ff, ethertype ARP (0x0806), length 42:"
                + " Request who-has 192.0.2.2 tell 192.0.2.1, length 28");
    new ArpPacket(ArpPacket.REPLY, MB, B, MA, A).emit(buf, at);
    assertThat(PacketPrinter.frame(buf, 0, length))
        .isEqualTo("ARP, Reply 192.0.2.2 is-at 02:00:00:00:00:0b, length 28");
  }

  @Test
  void a_tag_is_shown_before_what_it_carries() {
    int at = new EtherHeader(MB, MA, EtherHeader.TYPE_ARP).emit(buf, 4);
    new ArpPacket(ArpPacket.REPLY, MB, B, MA, A).emit(buf, 4 + at);
    EtherHeader.insertTag(buf, 4, EtherHeader.TYPE_VLAN, EtherHeader.makeTag(5, 1, 0));
    assertThat(PacketPrinter.frame(buf, 0, 46))
        .isEqualTo("vlan 5, p 1, ARP, Reply 192.0.2.2 is-at 02:00:00:00:00:0b, length 28");
  }

  @Test
  void ipv6_passes_its_extension_headers() {
    Ip6Address from = Ip6Address.of("fe80::1");
    Icmp6Message echo = new Icmp6Message(Icmp6Message.ECHO_REQUEST, 0, 0x50001, Octets.EMPTY);
    int at =
        new Ip6Header(0, 0, 16, IpProtocol.DSTOPTS, 64, from, Ip6Address.ALL_NODES).emit(buf, 0);
    buf[at] = IpProtocol.ICMPV6;
    int length = at + 8 + echo.emit(buf, at + 8, from, Ip6Address.ALL_NODES);
    assertThat(packet(length))
        .isEqualTo("IP6 fe80::1 > ff02::1: ICMP6, echo request, id 5, seq 1, length 8");
  }

  @Test
  void what_is_broken_is_said_in_brackets() {
    int at = ip4(IpProtocol.UDP, 0, 0, 12);
    UdpHeader.put(buf, at, 1, 2, 12);
    buf[8]++;
    assertThat(packet(at + 12)).endsWith("UDP, length 4 [bad ip cksum]");
    buf[8]--;
    assertThat(packet(at + 10)).endsWith("UDP, length 4 [|ip 2 bytes missing]");
    assertThat(packet(at + 2)).contains("[|udp]");
    assertThat(packet(10)).isEqualTo("IP [too few bytes for a header], length 10");
    buf[0] = 0x55;
    assertThat(packet(at)).isEqualTo("IP5 [bad version], length 20");
    assertThat(packet(0)).isEqualTo("[|ip]");
  }
}
