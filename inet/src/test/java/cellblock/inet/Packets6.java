package cellblock.inet;

import cellblock.wire.BigEndian;
import cellblock.wire.Icmp6Message;
import cellblock.wire.Ip6Address;
import cellblock.wire.Ip6Header;
import cellblock.wire.IpProtocol;
import cellblock.wire.MacAddress;
import cellblock.wire.UdpHeader;

/** IPv6 packets, written by hand. */
final class Packets6 {
  private Packets6() {}

  static byte[] ip(int next, String from, String to, int hopLimit, byte[] payload) {
    byte[] p = new byte[Ip6Header.LENGTH + payload.length];
    new Ip6Header(0, 0, payload.length, next, hopLimit, Ip6Address.of(from), Ip6Address.of(to))
        .emit(p, 0);
    System.arraycopy(payload, 0, p, Ip6Header.LENGTH, payload.length);
    return p;
  }

  /** An ICMPv6 message: type, code 0, word, rest; with its checksum. */
  static byte[] icmp(String from, String to, int hopLimit, int type, int word, byte[] rest) {
    byte[] body = new byte[Icmp6Message.LENGTH + rest.length];
    Icmp6Message.putType(body, 0, type);
    Icmp6Message.putWord(body, 0, word);
    System.arraycopy(rest, 0, body, Icmp6Message.LENGTH, rest.length);
    byte[] p = ip(IpProtocol.ICMPV6, from, to, hopLimit, body);
    sum(p, Ip6Header.LENGTH);
    return p;
  }

  /** Writes the ICMPv6 checksum of the message at {@code at}. */
  static void sum(byte[] p, int at) {
    int length = p.length - at;
    Icmp6Message.fillChecksum(p, at, Ip6Header.pseudo(p, 0, IpProtocol.ICMPV6, length), length);
  }

  static byte[] echo(String from, String to, int size) {
    return icmp(from, to, 64, Icmp6Message.ECHO_REQUEST, 0x10001, new byte[size]);
  }

  static byte[] udp(String from, String to, int port, int size) {
    byte[] body = new byte[UdpHeader.LENGTH + size];
    UdpHeader.put(body, 0, 4000, port, body.length);
    byte[] p = ip(IpProtocol.UDP, from, to, 64, body);
    UdpHeader.fillChecksum(
        p, Ip6Header.LENGTH, Ip6Header.pseudo(p, 0, IpProtocol.UDP, body.length));
    return p;
  }

  /** A question or answer about {@code target} with one link address option. */
  static byte[] nd(String from, String to, int type, int flags, String target, int option) {
    byte[] rest = new byte[option == 0 ? 16 : 24];
    Ip6Address.of(target).emit(rest, 0);
    if (option != 0) {
      rest[16] = (byte) option;
      rest[17] = 1;
      MacAddress.put(rest, 18, TestLink.PEER);
    }
    return icmp(from, to, 255, type, flags, rest);
  }

  /** A router's advertisement of one prefix, on-link and autonomous. */
  static byte[] advert(String from, int lifetime, String prefix, int valid, int preferred) {
    byte[] rest = new byte[8 + 32 + 8];
    rest[8] = 3;
    rest[9] = 4;
    rest[10] = 64;
    rest[11] = (byte) 0xc0;
    BigEndian.put32(rest, 12, valid);
    BigEndian.put32(rest, 16, preferred);
    Ip6Address.of(prefix).emit(rest, 24);
    rest[40] = 1;
    rest[41] = 1;
    MacAddress.put(rest, 42, TestLink.PEER);
    return icmp(from, "ff02::1", 255, Icmp6Message.ROUTER_ADVERT, 64 << 24 | lifetime, rest);
  }

  /** Part of a packet, from {@code at} of its payload. */
  static byte[] fragment(byte[] packet, int at, int length, boolean more, int id) {
    byte[] body = new byte[8 + length];
    body[0] = packet[6];
    BigEndian.put16(body, 2, at | (more ? 1 : 0));
    BigEndian.put32(body, 4, id);
    System.arraycopy(packet, Ip6Header.LENGTH + at, body, 8, length);
    byte[] p = new byte[Ip6Header.LENGTH + body.length];
    System.arraycopy(packet, 0, p, 0, Ip6Header.LENGTH);
    p[6] = IpProtocol.FRAGMENT;
    Ip6Header.putPayloadLength(p, 0, body.length);
    System.arraycopy(body, 0, p, Ip6Header.LENGTH, body.length);
    return p;
  }

  /**
   * Puts an extension header of {@code kind} behind the IPv6 header; its first byte is filled in.
   */
  static byte[] extend(byte[] packet, int kind, byte[] header) {
    byte[] p = new byte[packet.length + header.length];
    System.arraycopy(packet, 0, p, 0, Ip6Header.LENGTH);
    System.arraycopy(header, 0, p, Ip6Header.LENGTH, header.length);
    int rest = packet.length - Ip6Header.LENGTH;
    System.arraycopy(packet, Ip6Header.LENGTH, p, Ip6Header.LENGTH + header.length, rest);
    p[Ip6Header.LENGTH] = packet[6];
    p[6] = (byte) kind;
    Ip6Header.putPayloadLength(p, 0, header.length + rest);
    return p;
  }
}
