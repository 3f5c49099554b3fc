package cellblock.userland.net.traceroute;

import cellblock.userland.net.Stdio;
import cellblock.userland.net.ToolExit;
import cellblock.wire.Checksum;
import java.nio.ByteBuffer;
import java.util.Locale;

/** What a probe over IPv4 carries, and how it is known again (ancestor: struct outproto). */
enum Probe4 {
  UDP(17, 8, 33_434),
  UDPLITE(136, 8, 33_434),
  TCP(6, 20, 33_434),
  GRE(47, 8, 0x880b),
  ICMP(1, 28, 0),
  OTHER(0, 4, 0);

  final int number;

  /** Least octets behind the IP header. */
  final int header;

  /** What its ports start from. */
  final int port;

  Probe4(int number, int header, int port) {
    this.number = number;
    this.header = header;
    this.port = port;
  }

  /** The kind of that name; any other is a number for {@link #OTHER}. */
  static Probe4 named(String name) {
    for (Probe4 p : values()) {
      if (p != OTHER && p.name().toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT))) {
        return p;
      }
    }
    return OTHER;
  }

  /** The protocol number that a name for {@link #OTHER} means. */
  static int number(Stdio io, String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "igmp" -> 2;
      case "ipencap" -> 4;
      case "esp" -> 50;
      case "ah" -> 51;
      case "ospf" -> 89;
      case "pim" -> 103;
      case "vrrp", "carp" -> 112;
      case "sctp" -> throw refuse(io);
      default -> TracerouteOptions.value(io, name, "proto number", 1, 255);
    };
  }

  private static ToolExit refuse(Stdio io) {
    return io.errx(1, "sctp probes are not supported");
  }

  /** Fills in the protocol's header; {@code packet} begins with its IP header. */
  void prepare(ByteBuffer packet, int ident, int port, int seq, boolean fixed, boolean sums) {
    int at = 20;
    int length = packet.capacity() - at;
    int near = ident + (fixed ? seq : 0);
    int far = port + (fixed ? 0 : seq);
    switch (this) {
      case UDP, UDPLITE -> {
        int covered = this == UDP ? length : 8;
        packet.putShort(at, (short) near).putShort(at + 2, (short) far);
        packet.putShort(at + 4, (short) covered).putShort(at + 6, (short) 0);
        if (sums) {
          packet.putShort(at + 6, (short) Checksum.finishUdp(sum(packet, length, covered)));
        }
      }
      case TCP -> {
        packet.putShort(at, (short) ident).putShort(at + 2, (short) far);
        packet.putInt(at + 4, ident << 16 | far & 0xffff).putInt(at + 8, 0);
        packet.put(at + 12, (byte) 0x50).put(at + 13, (byte) 2).putShort(at + 16, (short) 0);
        if (sums) {
          packet.putShort(at + 16, (short) Checksum.finish(sum(packet, length, length)));
        }
      }
      case GRE -> {
        packet.putShort(at, (short) 0x2001).putShort(at + 2, (short) port);
        packet.putShort(at + 4, (short) 0).putShort(at + 6, (short) (ident + seq));
      }
      case ICMP -> {
        packet.put(at, (byte) 8).put(at + 1, (byte) 0).putShort(at + 2, (short) 0);
        packet.putShort(at + 4, (short) ident).putShort(at + 6, (short) seq);
        int sum = Checksum.of(packet.array(), at, length);
        packet.putShort(at + 2, (short) (sum == 0 ? 0xffff : sum));
      }
      case OTHER -> packet.putShort(at, (short) ident).putShort(at + 2, (short) (port + seq));
    }
  }

  private int sum(ByteBuffer packet, int length, int covered) {
    int pseudo = Checksum.pseudo4(packet.getInt(12), packet.getInt(16), number, length);
    return Checksum.add(pseudo, Checksum.sum(packet.array(), 20, covered));
  }

  /** Whether a quoted header is that of probe {@code seq}. */
  boolean matches(ByteBuffer packet, int at, int ident, int port, int seq, boolean fixed) {
    int near = packet.getShort(at) & 0xffff;
    int far = packet.getShort(at + 2) & 0xffff;
    return switch (this) {
      case UDP, UDPLITE ->
          near == (ident + (fixed ? seq : 0) & 0xffff)
              && far == (port + (fixed ? 0 : seq) & 0xffff);
      case TCP -> near == ident && far == (port + (fixed ? 0 : seq) & 0xffff);
      case GRE -> far == port && (packet.getShort(at + 6) & 0xffff) == (ident + seq & 0xffff);
      case ICMP ->
          (packet.getShort(at + 4) & 0xffff) == ident
              && (packet.getShort(at + 6) & 0xffff) == (seq & 0xffff);
      case OTHER -> near == ident && far == (port + seq & 0xffff);
    };
  }
}
