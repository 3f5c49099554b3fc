package cellblock.packetdrill;

import cellblock.packetdrill.PacketSpec.Ports;
import cellblock.wire.BigEndian;
import cellblock.wire.Checksum;
import cellblock.wire.Ip4Address;
import cellblock.wire.Ip4Header;
import cellblock.wire.Ip6Address;
import cellblock.wire.Ip6Header;
import cellblock.wire.IpAddress;
import cellblock.wire.IpProtocol;
import cellblock.wire.TcpHeader;
import cellblock.wire.UdpHeader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A packet of the stack under test, taken apart. Sequence numbers are as on the wire. Immutable but
 * for its bytes, which nobody changes.
 *
 * @param defect what is wrong with its headers or checksums, or null
 * @param protocol of what is in it, behind an encapsulation
 * @param encaps ports of the encapsulation in UDP, or null
 * @param at where the transport header begins
 * @param options of a segment, each with its bytes
 * @param payload where the payload begins
 */
record LivePacket(
    byte[] bytes,
    @Nullable String defect,
    boolean six,
    int tos,
    int ttl,
    int flowLabel,
    IpAddress source,
    IpAddress destination,
    int protocol,
    @Nullable Ports encaps,
    int at,
    int sourcePort,
    int destinationPort,
    List<byte[]> options,
    int payload) {

  int payloadLength() {
    return bytes.length - payload;
  }

  boolean isTcp() {
    return protocol == IpProtocol.TCP;
  }

  int flags() {
    return TcpHeader.flags(bytes, at);
  }

  int sequence() {
    return TcpHeader.sequence(bytes, at);
  }

  int acknowledgment() {
    return TcpHeader.acknowledgment(bytes, at);
  }

  int window() {
    return TcpHeader.window(bytes, at);
  }

  int urgent() {
    return TcpHeader.urgent(bytes, at);
  }

  boolean has(int flag) {
    return (flags() & flag) != 0;
  }

  /** Whether all bytes of the payload are zero: what programs in scripts send. */
  boolean payloadIsZero() {
    for (int i = payload; i < bytes.length; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * Takes a packet apart.
   *
   * @param encapsulation whether datagrams that hold a segment are looked into: the port on our
   *     side
   */
  static LivePacket of(byte[] b, boolean encapsulation) {
    boolean six = b.length > 0 && b[0] >> 4 == 6;
    int header = six ? Ip6Header.LENGTH : Ip4Header.headerLength(b, 0);
    int protocol = six ? Ip6Header.nextHeader(b, 0) : Ip4Header.protocol(b, 0);
    IpAddress from = six ? Ip6Address.get(b, 8) : new Ip4Address(Ip4Address.get(b, 12));
    IpAddress to = six ? Ip6Address.get(b, 24) : new Ip4Address(Ip4Address.get(b, 16));
    String defect = null;
    if (!six && !Checksum.verifies(b, 0, header)) {
      defect = "bad IP checksum";
    }
    int at = header;
    Ports encaps = null;
    if (encapsulation
        && protocol == IpProtocol.UDP
        && b.length >= at + UdpHeader.LENGTH + TcpHeader.LENGTH) {
      encaps = new Ports(UdpHeader.sourcePort(b, at), UdpHeader.destinationPort(b, at));
      at += UdpHeader.LENGTH;
      protocol = IpProtocol.TCP;
    }
    List<byte[]> options = new ArrayList<>();
    int payload = b.length;
    int sourcePort = 0;
    int destinationPort = 0;
    if (protocol == IpProtocol.TCP || protocol == IpProtocol.UDP) {
      sourcePort = BigEndian.get16(b, at);
      destinationPort = BigEndian.get16(b, at + 2);
      payload = at + UdpHeader.LENGTH;
      if (protocol == IpProtocol.TCP) {
        payload = at + TcpHeader.headerLength(b, at);
        split(b, at + TcpHeader.LENGTH, payload, options);
        if (encaps == null && !sum(b, six, at)) {
          defect = "bad TCP checksum";
        }
      }
    }
    return new LivePacket(
        b,
        defect,
        six,
        six ? Ip6Header.trafficClass(b, 0) : Ip4Header.tos(b, 0),
        six ? Ip6Header.hopLimit(b, 0) : Ip4Header.ttl(b, 0),
        six ? Ip6Header.flowLabel(b, 0) : 0,
        from,
        to,
        protocol,
        encaps,
        at,
        sourcePort,
        destinationPort,
        options,
        payload);
  }

  private static boolean sum(byte[] b, boolean six, int at) {
    int length = b.length - at;
    int pseudo =
        six ? Ip6Header.pseudo(b, 0, IpProtocol.TCP, length) : Ip4Header.pseudo(b, 0, length);
    return TcpHeader.verifies(b, at, pseudo, length);
  }

  private static void split(byte[] b, int from, int end, List<byte[]> to) {
    for (int i = from; i < end; ) {
      int length = b[i] == 0 || b[i] == 1 ? 1 : i + 1 < end ? b[i + 1] & 0xff : 0;
      if (length == 0 || i + length > end) {
        to.add(Arrays.copyOfRange(b, i, end));
        return;
      }
      to.add(Arrays.copyOfRange(b, i, i + length));
      i += length;
    }
  }
}
