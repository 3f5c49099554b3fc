package cellblock.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Bytes from anywhere, cut anywhere: no parser and no printer throws or reads past the end. */
class FuzzTest {
  private static final int ROUNDS = 10 * Seeded.ROUNDS;

  /** Every entry of the room that takes bytes; {@code data} ends where the packet ends. */
  private static void feed(byte[] data) {
    int length = data.length;
    print(EtherHeader.parse(data, 0, length));
    print(ArpPacket.parse(data, 0, length));
    print(Ip4Header.parse(data, 0, length));
    print(Icmp4Message.parse(data, 0, length));
    print(UdpHeader.parse(data, 0, length));
    print(IgmpMessage.parse(data, 0, length));
    print(Ip6Header.parse(data, 0, length));
    print(Icmp6Message.parse(data, 0, length));
    assertThat(PacketPrinter.frame(data, 0, length)).isNotEmpty().doesNotContain("\n");
    assertThat(PacketPrinter.frameWithLink(data, 0, length)).isNotEmpty();
    assertThat(PacketPrinter.packet(data, 0, length)).isNotEmpty();
    windows(data, length);
    TcpHeader tcp = TcpHeader.parse(data, 0, length);
    if (tcp != null) {
      print(tcp);
      print(TcpOptions.parse(tcp.options()));
      for (int type = 0; type < 9; type++) {
        TcpOptions.find(data, 0, type);
      }
      TcpOptions.isPlainTimestamp(data, 0);
    }
  }

  private static void windows(byte[] data, int length) {
    if (Ip4Header.checkHeader(data, 0, length) == Defect.NONE) {
      Ip4Header.verifies(data, 0);
      Ip4Options.check(data, 0);
      for (int type = 0; type < 256; type++) {
        Ip4Options.find(data, 0, type);
      }
    }
    if (UdpHeader.check(data, 0, length) == Defect.NONE) {
      UdpHeader.verifies(data, 0, 0);
    }
    Checksum.sum(data, 0, length);
  }

  private static void print(Object value) {
    if (value != null) {
      assertThat(value.toString()).isNotEmpty();
      assertThat(value.hashCode()).isEqualTo(value.hashCode());
    }
  }

  @Test
  void random_bytes_never_throw() {
    Seeded seeded = Seeded.forTest("fuzz random");
    for (int i = 0; i < ROUNDS; i++) {
      feed(seeded.bytes(seeded.below(96)));
    }
  }

  @Test
  void damaged_and_truncated_packets_never_throw() {
    Seeded seeded = Seeded.forTest("fuzz damaged");
    for (int i = 0; i < ROUNDS; i++) {
      byte[] frame = frame(seeded);
      for (int flips = seeded.below(4); flips > 0; flips--) {
        frame[seeded.below(frame.length)] = (byte) seeded.u8();
      }
      byte[] cut = Arrays.copyOf(frame, seeded.below(frame.length + 1));
      feed(cut);
      feed(Arrays.copyOfRange(cut, Math.min(14, cut.length), cut.length));
      feed(Arrays.copyOfRange(cut, Math.min(34, cut.length), cut.length));
    }
  }

  /** A whole frame of some protocol, with headers that nearly fit each other. */
  private static byte[] frame(Seeded seeded) {
    byte[] buf = new byte[512];
    boolean six = seeded.below(4) == 0;
    boolean arp = !six && seeded.below(8) == 0;
    int type = six ? EtherHeader.TYPE_IPV6 : arp ? EtherHeader.TYPE_ARP : EtherHeader.TYPE_IP;
    int at = new EtherHeader(seeded.mac(), seeded.mac(), type).emit(buf, 0);
    if (arp) {
      return Arrays.copyOf(buf, at + seeded.arp().emit(buf, at));
    }
    int protocol = seeded.below(8);
    int number =
        switch (protocol) {
          case 0, 1 -> six ? IpProtocol.ICMPV6 : IpProtocol.ICMP;
          case 2 -> IpProtocol.IGMP;
          case 3 -> IpProtocol.UDP;
          case 4, 5 -> IpProtocol.TCP;
          case 6 -> six ? IpProtocol.HOPOPTS : IpProtocol.IPV4;
          default -> six ? IpProtocol.FRAGMENT : IpProtocol.IPV6;
        };
    int total = seeded.flag() ? seeded.u16() : 100 + seeded.below(300);
    Ip6Address from = seeded.ip6();
    at +=
        six
            ? new Ip6Header(0, 0, total, number, 64, from, seeded.ip6()).emit(buf, at)
            : seeded.header4(number, total).emit(buf, at);
    at +=
        switch (number) {
          case IpProtocol.ICMP -> error(seeded).emit(buf, at);
          case IpProtocol.ICMPV6 -> seeded.icmp6().emit(buf, at, from, from);
          case IpProtocol.IGMP -> seeded.igmp().emit(buf, at);
          case IpProtocol.UDP -> seeded.udp().emit(buf, at);
          case IpProtocol.TCP -> seeded.tcp().emit(buf, at);
          case IpProtocol.IPV4 -> seeded.header4().emit(buf, at);
          case IpProtocol.IPV6 -> seeded.header6().emit(buf, at);
          default -> Octets.of(seeded.bytes(seeded.below(64))).emit(buf, at);
        };
    return Arrays.copyOf(buf, at);
  }

  private static Icmp4Message error(Seeded seeded) {
    byte[] quoted = new byte[68];
    int length = seeded.header4(seeded.flag() ? 6 : 17, 84).emit(quoted, 0);
    Octets data = Octets.of(quoted, 0, Math.min(length + 8, 20 + seeded.below(48)));
    return seeded.flag()
        ? seeded.icmp4()
        : new Icmp4Message(3 + seeded.below(3), seeded.below(17), seeded.u32(), data);
  }

  @Test
  void a_packet_of_nothing_but_headers_does_not_exhaust_the_stack() {
    byte[] buf = new byte[65500];
    for (int at = 0; at + 20 <= buf.length; at += 20) {
      int total = buf.length - at;
      Ip4Header.put(buf, at, 0, total, 0, 0, 64, IpProtocol.IPV4, 1, 2);
    }
    assertThat(PacketPrinter.packet(buf, 0, buf.length)).endsWith("[more headers], length 65340");
  }

  @Test
  void random_text_never_throws_in_a_try_parser() {
    Seeded seeded = Seeded.forTest("fuzz text");
    String letters = "0123456789abcdefABCDEF::::....%/xX -g";
    for (int i = 0; i < ROUNDS; i++) {
      StringBuilder builder = new StringBuilder();
      for (int n = seeded.below(24); n > 0; n--) {
        builder.append(letters.charAt(seeded.below(letters.length())));
      }
      String text = builder.toString();
      MacAddress.tryParse(text);
      Ip4Address.tryParseAton(text);
      IpAddress address = IpAddress.tryParse(text);
      if (address != null) {
        assertThat(IpAddress.parse(address.toString())).isEqualTo(address);
      }
      IpPrefix prefix = IpPrefix.tryParse(text);
      if (prefix != null) {
        assertThat(prefix.toString()).contains("/");
      }
      Ip6Address.tryParse(text);
    }
  }
}
