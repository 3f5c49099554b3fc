package cellblock.inet;

import cellblock.wire.Icmp4Message;
import cellblock.wire.Ip4Address;
import cellblock.wire.Ip4Header;
import cellblock.wire.IpProtocol;
import cellblock.wire.Octets;
import cellblock.wire.UdpHeader;
import java.util.ArrayList;
import java.util.List;

/** Packets for tests, byte by byte. */
final class Packets {
  private Packets() {}

  static byte[] ip(int protocol, String from, String to, int ttl, int offsetField, byte[] data) {
    byte[] p = new byte[Ip4Header.LENGTH + data.length];
    Ip4Header.put(
        p,
        0,
        0,
        p.length,
        0x1234,
        offsetField,
        ttl,
        protocol,
        Ip4Address.parse(from).bits(),
        Ip4Address.parse(to).bits());
    System.arraycopy(data, 0, p, Ip4Header.LENGTH, data.length);
    return p;
  }

  static byte[] udp(String from, int fromPort, String to, int toPort, byte[] data) {
    byte[] d = new byte[UdpHeader.LENGTH + data.length];
    UdpHeader.put(d, 0, fromPort, toPort, d.length);
    System.arraycopy(data, 0, d, UdpHeader.LENGTH, data.length);
    byte[] p = ip(IpProtocol.UDP, from, to, 64, 0, d);
    UdpHeader.fillChecksum(p, Ip4Header.LENGTH, Ip4Header.pseudo(p, 0, d.length));
    return p;
  }

  static byte[] echo(String from, String to, int id, int sequence, int size) {
    return icmp(
        from, to, 64, Icmp4Message.echo(Icmp4Message.ECHO, id, sequence, Octets.of(data(size))));
  }

  static byte[] icmp(String from, String to, int ttl, Icmp4Message message) {
    byte[] d = new byte[message.length()];
    message.emit(d, 0);
    return ip(IpProtocol.ICMP, from, to, ttl, 0, d);
  }

  /** {@code size} bytes, all different from their neighbours. */
  static byte[] data(int size) {
    byte[] d = new byte[size];
    for (int i = 0; i < size; i++) {
      d[i] = (byte) (i * 7 + (i >> 8));
    }
    return d;
  }

  /** The fragments of a packet, each with at most {@code size} bytes of data, a multiple of 8. */
  static List<byte[]> fragments(byte[] packet, int size) {
    List<byte[]> all = new ArrayList<>();
    int data = packet.length - Ip4Header.LENGTH;
    for (int at = 0; at < data; at += size) {
      int n = Math.min(size, data - at);
      byte[] f = new byte[Ip4Header.LENGTH + n];
      System.arraycopy(packet, 0, f, 0, Ip4Header.LENGTH);
      System.arraycopy(packet, Ip4Header.LENGTH + at, f, Ip4Header.LENGTH, n);
      Ip4Header.putTotalLength(f, 0, f.length);
      Ip4Header.putOffsetField(f, 0, at >> 3 | (at + n < data ? Ip4Header.MF : 0));
      Ip4Header.fillChecksum(f, 0);
      all.add(f);
    }
    return all;
  }

  static Icmp4Message icmpOf(byte[] packet) {
    return Icmp4Message.parse(packet, Ip4Header.LENGTH, packet.length - Ip4Header.LENGTH);
  }
}
