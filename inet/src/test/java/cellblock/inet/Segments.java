package cellblock.inet;

import cellblock.wire.Ip4Header;
import cellblock.wire.IpProtocol;
import cellblock.wire.Octets;
import cellblock.wire.TcpHeader;
import cellblock.wire.TcpOptions;

/** TCP segments for tests, made and taken apart. */
final class Segments {
  private Segments() {}

  static byte[] of(
      String from, int fromPort, String to, int toPort, TcpHeader header, byte[] data) {
    byte[] d = new byte[header.headerLength() + data.length];
    header.emit(d, 0);
    System.arraycopy(data, 0, d, header.headerLength(), data.length);
    byte[] p = Packets.ip(IpProtocol.TCP, from, to, 64, 0, d);
    TcpHeader.fillChecksum(p, Ip4Header.LENGTH, Ip4Header.pseudo(p, 0, d.length), d.length);
    return p;
  }

  static TcpHeader header(int from, int to, int seq, int ack, int flags, int window, TcpOptions o) {
    Octets options = o == null ? Octets.of(new byte[0]) : o.toOctets();
    return new TcpHeader(from, to, seq, ack, flags, window, 0, 0, options);
  }

  static TcpHeader of(byte[] packet) {
    return TcpHeader.parse(packet, Ip4Header.LENGTH, packet.length - Ip4Header.LENGTH);
  }

  static int data(byte[] packet) {
    return packet.length - Ip4Header.LENGTH - of(packet).headerLength();
  }
}
