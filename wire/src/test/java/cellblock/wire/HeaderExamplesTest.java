package cellblock.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Headers against bytes written down by hand from the RFCs' pictures. */
class HeaderExamplesTest {
  private static byte[] hex(String digits) {
    return Octets.hex(digits).toBytes();
  }

  @Test
  void ethernet_and_its_tag() {
    byte[] frame = hex("00000000 ffffffffffff 020000000001 0800 4500");
    assertThat(EtherHeader.parse(frame, 4, 16))
        .hasToString("02:00:00:00:00:01 > ff:ff:ff:ff:ff:ff, ethertype IPv4 (0x0800)");
    int tagged =
        EtherHeader.insertTag(frame, 4, EtherHeader.TYPE_VLAN, EtherHeader.makeTag(5, 3, 0));
    assertThat(Octets.of(frame))
        .isEqualTo(Octets.hex("ffffffffffff 020000000001 8100 6005 0800 4500"));
    assertThat(EtherHeader.isTagged(frame, tagged)).isTrue();
    assertThat(EtherHeader.vlan(EtherHeader.tag(frame, tagged))).isEqualTo(5);
    assertThat(EtherHeader.priority(EtherHeader.tag(frame, tagged))).isEqualTo(3);
    assertThat(EtherHeader.innerType(frame, tagged)).isEqualTo(EtherHeader.TYPE_IP);
    int plain = EtherHeader.removeTag(frame, tagged);
    assertThat(Octets.of(frame, plain, 16))
        .isEqualTo(Octets.hex("ffffffffffff 020000000001 0800 4500"));
    assertThat(EtherHeader.check(frame, 0, 13)).isEqualTo(Defect.TOO_SMALL);
  }

  @Test
  void an_arp_request_and_what_is_wrong_with_others() {
    byte[] packet = hex("0001 0800 06 04 0001 020000000001 c0000201 000000000000 c0000202");
    ArpPacket request = Objects.requireNonNull(ArpPacket.parse(packet, 0, 28));
    assertThat(request)
        .hasToString("Request who-has 192.0.2.2 tell 192.0.2.1, length 28")
        .returns(ArpPacket.REQUEST, ArpPacket::operation)
        .returns(false, ArpPacket::isGratuitous);
    byte[] out = new byte[28];
    request.emit(out, 0);
    assertThat(out).isEqualTo(packet);
    assertThat(ArpPacket.check(packet, 0, 27)).isEqualTo(Defect.TOO_SMALL);
    packet[1] = 6;
    assertThat(ArpPacket.check(packet, 0, 28)).isEqualTo(Defect.BAD_TYPE);
    packet[1] = 1;
    packet[5] = 16;
    assertThat(ArpPacket.check(packet, 0, 28)).isEqualTo(Defect.BAD_LENGTH);
  }

  @Test
  void an_ipv4_header_and_the_order_of_its_checks() {
    byte[] buf = hex("4500 0073 0000 4000 4011 b861 c0a8 0001 c0a8 00c7");
    Ip4Header header = Objects.requireNonNull(Ip4Header.parse(buf, 0, 20));
    assertThat(header.totalLength()).isEqualTo(115);
    assertThat(header.flags()).isEqualTo(Ip4Header.DF);
    assertThat(header.ttl()).isEqualTo(64);
    assertThat(header.protocol()).isEqualTo(IpProtocol.UDP);
    assertThat(header.destination()).hasToString("192.168.0.199");
    byte[] out = new byte[20];
    header.emit(out, 0);
    assertThat(out).isEqualTo(buf);
    assertThat(Ip4Header.check(buf, 0, 19)).isEqualTo(Defect.TOO_SMALL);
    assertThat(Ip4Header.check(buf, 0, 20)).isEqualTo(Defect.TOO_SHORT);
    buf[0] = 0x65;
    assertThat(Ip4Header.check(buf, 0, 20)).isEqualTo(Defect.BAD_VERSION);
    buf[0] = 0x44;
    assertThat(Ip4Header.check(buf, 0, 20)).isEqualTo(Defect.BAD_HEADER_LENGTH);
    buf[0] = 0x46;
    assertThat(Ip4Header.check(buf, 0, 20)).isEqualTo(Defect.BAD_HEADER_LENGTH);
    buf[0] = 0x45;
    buf[3] = 19;
    assertThat(Ip4Header.check(buf, 0, 20)).isEqualTo(Defect.BAD_LENGTH);
    buf[3] = 20;
    assertThat(Ip4Header.check(buf, 0, 20)).isEqualTo(Defect.NONE);
  }

  @Test
  void fragment_fields_count_bytes() {
    byte[] buf = new byte[20];
    Ip4Header.put(buf, 0, 0, 20, 7, Ip4Header.MF | 185, 64, 17, 1, 2);
    assertThat(Ip4Header.fragmentOffset(buf, 0)).isEqualTo(1480);
    assertThat(Ip4Header.isFragment(buf, 0)).isTrue();
    assertThat(Ip4Header.moreFragments(buf, 0)).isTrue();
    assertThat(Ip4Header.dontFragment(buf, 0)).isFalse();
    assertThat(Ip4Header.verifies(buf, 0)).isTrue();
  }

  @Test
  void icmp_names_are_those_of_netstat() {
    assertThat(Icmp4Message.typeName(0)).isEqualTo("echo reply");
    assertThat(Icmp4Message.typeName(3)).isEqualTo("destination unreachable");
    assertThat(Icmp4Message.typeName(5)).isEqualTo("routing redirect");
    assertThat(Icmp4Message.typeName(6)).isEqualTo("#6");
    assertThat(Icmp4Message.typeName(8)).isEqualTo("echo");
    assertThat(Icmp4Message.typeName(11)).isEqualTo("time exceeded");
    assertThat(Icmp4Message.typeName(18)).isEqualTo("address mask reply");
    assertThat(Icmp4Message.typeName(30)).isEqualTo("icmp traceroute");
    assertThat(Icmp4Message.typeName(40)).isEqualTo("icmp photuris");
    assertThat(Icmp4Message.typeName(41)).isEqualTo("unknown ICMP #41");
    assertThat(Icmp4Message.isError(Icmp4Message.REDIRECT)).isTrue();
    assertThat(Icmp4Message.isError(Icmp4Message.ECHO)).isFalse();
    assertThat(Icmp4Message.isQuery(Icmp4Message.MASKREPLY)).isTrue();
  }

  @Test
  void an_echo_request_has_its_checksum() {
    byte[] buf = new byte[12];
    int length = Icmp4Message.echo(Icmp4Message.ECHO, 1, 2, Octets.hex("61626364")).emit(buf, 0);
    // sum of 0800 0001 0002 6162 6364 is ccc9
    assertThat(Octets.of(buf)).isEqualTo(Octets.hex("0800 3336 0001 0002 61626364"));
    assertThat(Icmp4Message.verifies(buf, 0, length)).isTrue();
  }

  @Test
  void a_udp_datagram_is_checked_with_its_pseudo_header() {
    byte[] buf = new byte[8 + 3];
    UdpHeader.put(buf, 0, 1024, 53, 11);
    buf[8] = 'a';
    int pseudo = Checksum.pseudo4(0xc0000201, 0xc0000202, IpProtocol.UDP, 11);
    assertThat(UdpHeader.verifies(buf, 0, pseudo)).as("no checksum").isTrue();
    UdpHeader.fillChecksum(buf, 0, pseudo);
    assertThat(UdpHeader.verifies(buf, 0, pseudo)).isTrue();
    buf[9]++;
    assertThat(UdpHeader.verifies(buf, 0, pseudo)).isFalse();
    assertThat(UdpHeader.check(buf, 0, 7)).isEqualTo(Defect.TOO_SMALL);
    assertThat(UdpHeader.check(buf, 0, 10)).isEqualTo(Defect.TOO_SHORT);
    UdpHeader.putLength(buf, 0, 7);
    assertThat(UdpHeader.check(buf, 0, 10)).isEqualTo(Defect.BAD_LENGTH);
  }

  @Test
  void a_tcp_syn_in_the_words_of_tcpdump() {
    TcpOptions options = new TcpOptions(1460, 6, true, true, 10, 0, List.of());
    assertThat(options.toOctets())
        .isEqualTo(Octets.hex("020405b4 01030306 0402 080a 0000000a 00000000"));
    TcpHeader syn = new TcpHeader(1024, 80, 1, 0, TcpHeader.SYN, 65535, 0, 0, options.toOctets());
    assertThat(syn)
        .hasToString(
            "Flags [S], seq 1, win 65535, options [mss 1460,nop,wscale 6,sackOK,TS val 10 ecr 0]");
    byte[] buf = new byte[60];
    int length = syn.emit(buf, 0);
    assertThat(length).isEqualTo(40);
    assertThat(TcpHeader.headerLength(buf, 0)).isEqualTo(40);
    assertThat(TcpOptions.find(buf, 0, TcpOptions.WINDOW_SCALE)).isEqualTo(25);
    assertThat(TcpOptions.find(buf, 0, TcpOptions.SACK)).isEqualTo(-1);
    assertThat(TcpHeader.flagText(TcpHeader.PSH | TcpHeader.ACK)).isEqualTo("P.");
    assertThat(TcpHeader.flagText(0)).isEqualTo("none");
    int pseudo = Checksum.pseudo4(1, 2, IpProtocol.TCP, length);
    TcpHeader.fillChecksum(buf, 0, pseudo, length);
    assertThat(TcpHeader.verifies(buf, 0, pseudo, length)).isTrue();
    buf[12] = 0x40;
    assertThat(TcpHeader.check(buf, 0, 60)).isEqualTo(Defect.BAD_HEADER_LENGTH);
  }

  @Test
  void the_usual_timestamp_is_recognised_at_once() {
    TcpOptions stamp = new TcpOptions(-1, -1, false, true, 7, 9, List.of());
    byte[] buf = new byte[60];
    new TcpHeader(1, 2, 3, 4, TcpHeader.ACK, 5, 0, 0, stamp.toOctets()).emit(buf, 0);
    assertThat(TcpOptions.isPlainTimestamp(buf, 0)).isTrue();
    new TcpHeader(1, 2, 3, 4, TcpHeader.ACK, 5, 0, 0, Octets.EMPTY).emit(buf, 0);
    assertThat(TcpOptions.isPlainTimestamp(buf, 0)).isFalse();
  }

  @Test
  void tcp_options_survive_what_is_wrong_with_others() {
    TcpOptions odd = TcpOptions.parse(Octets.hex("02030102 0103 0305 05 0402 0802"));
    assertThat(odd.mss()).isEqualTo(-1);
    assertThat(TcpOptions.parse(Octets.hex("020405b4 0500"))).returns(1460, TcpOptions::mss);
    assertThat(TcpOptions.parse(Octets.hex("00 020405b4"))).isEqualTo(TcpOptions.NONE);
  }

  @Test
  void igmp_versions_are_told_apart_by_length_and_code() {
    byte[] query = hex("1164 ee9b 00000000 0000 0000");
    assertThat(IgmpMessage.queryVersion(query, 0, 8)).isEqualTo(2);
    assertThat(IgmpMessage.queryVersion(query, 0, 12)).isEqualTo(3);
    query[1] = 0;
    assertThat(IgmpMessage.queryVersion(query, 0, 8)).isEqualTo(1);
    assertThat(IgmpMessage.check(query, 0, 10)).isEqualTo(Defect.BAD_LENGTH);
    query[11] = 1;
    assertThat(IgmpMessage.check(query, 0, 12)).isEqualTo(Defect.TOO_SHORT);
    byte[] general = new byte[8];
    new IgmpMessage.Brief(IgmpMessage.QUERY, 100, Ip4Address.ANY).emit(general, 0);
    assertThat(Octets.of(general)).isEqualTo(Octets.hex("1164 ee9b 00000000"));
  }

  @Test
  void an_igmp3_report_joins_a_group() {
    IgmpMessage.Report3 report =
        new IgmpMessage.Report3(
            List.of(
                new IgmpMessage.GroupRecord(
                    IgmpMessage.CHANGE_TO_EXCLUDE, Ip4Address.parse("239.1.2.3"), List.of())));
    byte[] buf = new byte[16];
    assertThat(report.emit(buf, 0)).isEqualTo(16);
    assertThat(Octets.of(buf)).isEqualTo(Octets.hex("2200 e8f9 0000 0001 0400 0000 ef010203"));
    assertThat(report).hasToString("igmp v3 report, 1 group record(s) [gaddr 239.1.2.3 to_ex { }]");
    BigEndian.put16(buf, 6, 2);
    assertThat(IgmpMessage.check(buf, 0, 16)).isEqualTo(Defect.TOO_SHORT);
  }

  @Test
  void an_ipv6_header_and_its_extensions() {
    byte[] buf = new byte[64];
    Ip6Address from = Ip6Address.of("fe80::1");
    new Ip6Header(0xb8, 0x12345, 24, IpProtocol.HOPOPTS, 1, from, Ip6Address.ALL_NODES)
        .emit(buf, 0);
    assertThat(Octets.of(buf, 0, 8)).isEqualTo(Octets.hex("6b812345 0018 00 01"));
    buf[40] = IpProtocol.FRAGMENT;
    assertThat(Ip6Header.skip(buf, IpProtocol.HOPOPTS, 40, 64)).isEqualTo(48);
    assertThat(Ip6Header.skip(buf, IpProtocol.FRAGMENT, 48, 64)).isEqualTo(56);
    assertThat(Ip6Header.skip(buf, IpProtocol.AH, 56, 64)).isEqualTo(64);
    assertThat(Ip6Header.skip(buf, IpProtocol.DSTOPTS, 58, 64)).isEqualTo(-1);
    assertThat(Ip6Header.check(buf, 0, 64)).isEqualTo(Defect.NONE);
    assertThat(Ip6Header.check(buf, 0, 63)).isEqualTo(Defect.TOO_SHORT);
    buf[0] = 0x45;
    assertThat(Ip6Header.check(buf, 0, 64)).isEqualTo(Defect.BAD_VERSION);
  }
}
