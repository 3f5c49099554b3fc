package cellblock.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What a value writes is read back as the same value, anywhere in a buffer; so are the bytes. */
class RoundTripTest {
  private final byte[] buf = new byte[1024];

  private interface Emit {
    int at(byte[] buf, int off);
  }

  private interface Parse {
    Object at(byte[] buf, int off, int length);
  }

  private void check(Seeded seeded, Object value, Emit emit, Parse parse) {
    int off = seeded.below(32);
    Arrays.fill(buf, (byte) seeded.u8());
    int length = emit.at(buf, off);
    Object back = parse.at(buf, off, length);
    assertThat(back).isEqualTo(value).hasSameHashCodeAs(value);
    assertThat(back.toString()).isEqualTo(value.toString()).isNotEmpty();
    for (int cut = 0; cut < length; cut++) {
      parse.at(Arrays.copyOfRange(buf, off, off + cut), 0, cut);
    }
  }

  @Test
  void ether_headers() {
    Seeded seeded = Seeded.forTest("ether");
    for (int i = 0; i < Seeded.ROUNDS; i++) {
      EtherHeader value = seeded.ether();
      check(seeded, value, value::emit, EtherHeader::parse);
    }
  }

  @Test
  void arp_packets() {
    Seeded seeded = Seeded.forTest("arp");
    for (int i = 0; i < Seeded.ROUNDS; i++) {
      ArpPacket value = seeded.arp();
      check(seeded, value, value::emit, ArpPacket::parse);
    }
  }

  @Test
  void ip4_headers() {
    Seeded seeded = Seeded.forTest("ip4");
    for (int i = 0; i < Seeded.ROUNDS; i++) {
      Ip4Header value = seeded.header4();
      check(seeded, value, value::emit, Ip4Header::parse);
    }
  }

  @Test
  void icmp4_messages() {
    Seeded seeded = Seeded.forTest("icmp4");
    for (int i = 0; i < Seeded.ROUNDS; i++) {
      Icmp4Message value = seeded.icmp4();
      check(seeded, value, value::emit, Icmp4Message::parse);
    }
  }

  @Test
  void udp_headers() {
    Seeded seeded = Seeded.forTest("udp");
    for (int i = 0; i < Seeded.ROUNDS; i++) {
      UdpHeader value = seeded.udp();
      check(seeded, value, value::emit, UdpHeader::parse);
    }
  }

  @Test
  void igmp_messages() {
    Seeded seeded = Seeded.forTest("igmp");
    for (int i = 0; i < Seeded.ROUNDS; i++) {
      IgmpMessage value = seeded.igmp();
      check(seeded, value, value::emit, IgmpMessage::parse);
      int length = value.emit(buf, 0);
      assertThat(length).isEqualTo(value.length());
      assertThat(IgmpMessage.verifies(buf, 0, length)).isTrue();
    }
  }

  @Test
  void tcp_headers() {
    Seeded seeded = Seeded.forTest("tcp");
    for (int i = 0; i < Seeded.ROUNDS; i++) {
      TcpHeader value = seeded.tcp();
      check(seeded, value, value::emit, TcpHeader::parse);
    }
  }

  @Test
  void tcp_options() {
    Seeded seeded = Seeded.forTest("tcp options");
    for (int i = 0; i < Seeded.ROUNDS; i++) {
      TcpOptions value = seeded.tcpOptions();
      Octets bytes = value.toOctets();
      assertThat(bytes.length() & 3).isZero();
      assertThat(TcpOptions.parse(bytes)).isEqualTo(value);
    }
  }

  @Test
  void ip6_headers() {
    Seeded seeded = Seeded.forTest("ip6");
    for (int i = 0; i < Seeded.ROUNDS; i++) {
      Ip6Header value = seeded.header6();
      check(seeded, value, value::emit, Ip6Header::parse);
    }
  }

  @Test
  void icmp6_messages() {
    Seeded seeded = Seeded.forTest("icmp6");
    for (int i = 0; i < Seeded.ROUNDS; i++) {
      Icmp6Message value = seeded.icmp6();
      Ip6Address from = seeded.ip6();
      Ip6Address to = seeded.ip6();
      check(seeded, value, (b, off) -> value.emit(b, off, from, to), Icmp6Message::parse);
      int length = value.emit(buf, 0, from, to);
      int pseudo =
          Checksum.pseudo6(from.hi(), from.lo(), to.hi(), to.lo(), IpProtocol.ICMPV6, length);
      assertThat(Icmp6Message.verifies(buf, 0, pseudo, length)).isTrue();
    }
  }

  @Test
  void igmp_codes_never_promise_more_than_asked_and_lose_less_than_a_sixteenth() {
    for (int value = 0; value <= 31744; value++) {
      int decoded = IgmpMessage.decode(IgmpMessage.encode(value));
      assertThat(decoded).isLessThanOrEqualTo(value);
      assertThat(value - decoded).isLessThanOrEqualTo(value / 16);
    }
    for (int code = 0; code < 256; code++) {
      assertThat(IgmpMessage.encode(IgmpMessage.decode(code))).isEqualTo(code);
    }
  }
}
