package cellblock.packetdrill;

import cellblock.packetdrill.PacketSpec.Icmp;
import cellblock.packetdrill.PacketSpec.IpSpec;
import cellblock.packetdrill.PacketSpec.Option;
import cellblock.packetdrill.PacketSpec.Ports;
import cellblock.packetdrill.PacketSpec.Tcp;
import cellblock.packetdrill.PacketSpec.TosCheck;
import cellblock.packetdrill.PacketSpec.Udp;
import cellblock.wire.BigEndian;
import cellblock.wire.IpProtocol;
import cellblock.wire.TcpHeader;
import cellblock.wire.TcpOptions;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Packets in the words of the language, so that the expected and the actual one compare by eye. */
final class PacketText {
  private PacketText() {}

  /** As the script has it. */
  static String of(PacketSpec p) {
    String ip = ip(p.ip());
    return switch (p.body()) {
      case Tcp t -> ip + tcp(t);
      case Udp u -> ip + "udp (" + u.length() + ")";
      case Icmp i -> ip + "icmp " + i.type() + (i.code() == null ? "" : " " + i.code());
    };
  }

  private static String ip(IpSpec ip) {
    List<String> parts = new ArrayList<>();
    if (ip.check() == TosCheck.ALL) {
      parts.add("tos 0x%02x".formatted(ip.tos()));
    } else if (ip.check() != TosCheck.NONE) {
      parts.add(ip.check().name().toLowerCase(Locale.ROOT) + " 0x%02x".formatted(ip.tos()));
    }
    if (ip.ttl() >= 0) {
      parts.add("ttl " + ip.ttl());
    }
    return parts.isEmpty() ? "" : "(" + String.join(",", parts) + ") ";
  }

  private static String tcp(Tcp t) {
    StringBuilder text = new StringBuilder(flags(t.flags()));
    if (t.anySeq()) {
      text.append(" ...(").append(t.length()).append(')');
    } else {
      long end = (t.seq() + t.length()) & 0xffff_ffffL;
      text.append(" %d:%d(%d)".formatted(t.seq(), end, t.length()));
    }
    if ((t.flags() & TcpHeader.ACK) != 0) {
      text.append(" ack ").append(t.ack());
    }
    if (t.window() >= 0) {
      text.append(" win ").append(t.window());
    }
    if (t.urgent() != 0) {
      text.append(" urg ").append(t.urgent());
    }
    List<Option> options = t.options();
    if (options == null) {
      text.append(" <...>");
    } else if (!options.isEmpty()) {
      List<String> words = new ArrayList<>();
      options.forEach(o -> words.add(option(o)));
      text.append(" <").append(String.join(",", words)).append('>');
    }
    return text.append(encaps(t.encaps())).toString();
  }

  private static String encaps(@Nullable Ports p) {
    return p == null ? "" : "/udp(" + p.source() + " > " + p.destination() + ")";
  }

  private static String option(Option o) {
    return switch (o) {
      case Option.Raw r -> raw(r.bytes(), 0, null);
      case Option.Sack s -> {
        StringBuilder text = new StringBuilder("sack");
        s.blocks().forEach(b -> text.append(" %d:%d".formatted(b[0], b[1])));
        yield text.toString();
      }
      case Option.Timestamp t ->
          "TS val " + (t.anyValue() ? "..." : t.value()) + " ecr " + t.echo();
      case Option.Md5Valid m -> "md5 valid";
    };
  }

  /** As the stack sent it, its numbers by the script's count. */
  static String of(LivePacket p, Flow flow, boolean absoluteSeq) {
    if (p.protocol() == IpProtocol.UDP) {
      return "udp (" + p.payloadLength() + ")";
    }
    if (!p.isTcp()) {
      return "protocol " + p.protocol() + ", " + p.bytes().length + " bytes";
    }
    boolean syn = p.has(TcpHeader.SYN);
    int moved = p.sequence() - (absoluteSeq ? 0 : flow.localOffset(syn));
    long seq = Integer.toUnsignedLong(moved);
    long end = Integer.toUnsignedLong(moved + p.payloadLength());
    StringBuilder text = new StringBuilder(flags(p.flags()));
    text.append(" %d:%d(%d)".formatted(seq, end, p.payloadLength()));
    if (p.has(TcpHeader.ACK)) {
      int ack = p.acknowledgment() - flow.remoteOffset(syn);
      text.append(" ack ").append(Integer.toUnsignedLong(ack));
    }
    text.append(" win ").append(p.window());
    if (p.urgent() != 0) {
      text.append(" urg ").append(p.urgent());
    }
    if (!p.options().isEmpty()) {
      List<String> words = new ArrayList<>();
      p.options().forEach(o -> words.add(raw(o, flow.remoteOffset(syn), flow)));
      text.append(" <").append(String.join(",", words)).append('>');
    }
    return text.append(encaps(p.encaps())).toString();
  }

  private static String flags(int flags) {
    StringBuilder text = new StringBuilder();
    String letters = "FSRP.UEWA";
    for (int i : new int[] {1, 0, 2, 3, 5, 6, 7, 8, 4}) {
      if ((flags >> i & 1) != 0) {
        text.append(letters.charAt(i));
      }
    }
    return text.isEmpty() ? "-" : text.toString();
  }

  private static String raw(byte[] o, int offset, @Nullable Flow flow) {
    int kind = o[0] & 0xff;
    int length = o.length;
    if (kind == TcpOptions.NOP) {
      return "nop";
    }
    if (kind == TcpOptions.EOL) {
      return "eol";
    }
    if (kind == TcpOptions.MSS && length == 4) {
      return "mss " + BigEndian.get16(o, 2);
    }
    if (kind == TcpOptions.WINDOW_SCALE && length == 3) {
      return "wscale " + o[2];
    }
    if (kind == TcpOptions.SACK_PERMITTED && length == 2) {
      return "sackOK";
    }
    if (kind == TcpOptions.TIMESTAMP && length == 10) {
      int value = BigEndian.get32(o, 2);
      int shown = flow == null ? value : flow.scriptTimestamp(value);
      return "TS val "
          + Integer.toUnsignedString(shown)
          + " ecr "
          + Integer.toUnsignedString(BigEndian.get32(o, 6));
    }
    if (kind == TcpOptions.SACK && length > 2 && length % 8 == 2) {
      StringBuilder text = new StringBuilder("sack");
      for (int at = 2; at < length; at += 8) {
        text.append(' ').append(Integer.toUnsignedString(BigEndian.get32(o, at) - offset));
        text.append(':').append(Integer.toUnsignedString(BigEndian.get32(o, at + 4) - offset));
      }
      return text.toString();
    }
    String value = length > 2 ? " " + HexFormat.of().formatHex(o, 2, length) : "";
    return kind == TcpOptions.FAST_OPEN
        ? "FO" + value
        : kind == TcpOptions.SIGNATURE ? "md5" + value : "gen-" + kind + value;
  }
}
