package cellblock.packetdrill;

import cellblock.packetdrill.PacketSpec.Icmp;
import cellblock.packetdrill.PacketSpec.IpSpec;
import cellblock.packetdrill.PacketSpec.Option;
import cellblock.packetdrill.PacketSpec.Ports;
import cellblock.packetdrill.PacketSpec.Tcp;
import cellblock.packetdrill.PacketSpec.TosCheck;
import cellblock.packetdrill.PacketSpec.Udp;
import cellblock.wire.BigEndian;
import cellblock.wire.TcpHeader;
import cellblock.wire.TcpOptions;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Compares a packet of the stack with what the script expects. Threading: one thread. */
final class PacketCheck {
  private final Settings settings;

  PacketCheck(Settings settings) {
    this.settings = settings;
  }

  /**
   * @param slackMicros by how much a timestamp may be off
   * @return the first difference, or null
   */
  @Nullable String difference(PacketSpec expected, LivePacket actual, Flow flow, long slackMicros) {
    if (actual.defect() != null) {
      return actual.defect();
    }
    String ip = ip(expected.ip(), actual);
    if (ip != null) {
      return ip;
    }
    return switch (expected.body()) {
      case Tcp t -> tcp(t, actual, flow, slackMicros);
      case Udp u ->
          actual.isTcp()
              ? "expected a datagram"
              : number("payload length", u.length(), actual.payloadLength());
      case Icmp i -> "outbound ICMP messages cannot be expected";
    };
  }

  private static @Nullable String number(String name, long expected, long actual) {
    return expected == actual ? null : name + ": expected " + expected + ", actual " + actual;
  }

  private static @Nullable String ip(IpSpec ip, LivePacket p) {
    if (ip.ttl() >= 0 && ip.ttl() != p.ttl()) {
      return number(p.six() ? "hlim" : "ttl", ip.ttl(), p.ttl());
    }
    if (ip.flowLabel() >= 0 && p.six() && ip.flowLabel() != p.flowLabel()) {
      return number("flowlabel", ip.flowLabel(), p.flowLabel());
    }
    TosCheck check = ip.check();
    int mask =
        switch (check) {
          case NONE, ECT01 -> 0;
          case ECN -> 3;
          case DSCP, DSCP_ECT01 -> 0xfc;
          case ALL -> 0xff;
        };
    if (((ip.tos() ^ p.tos()) & mask) != 0) {
      return "tos: expected 0x%02x, actual 0x%02x".formatted(ip.tos() & mask, p.tos() & mask);
    }
    int ecn = p.tos() & 3;
    boolean either = check == TosCheck.ECT01 || check == TosCheck.DSCP_ECT01;
    return either && ecn != 1 && ecn != 2 ? "ecn: expected ect0 or ect1, actual " + ecn : null;
  }

  // ---- TCP ----

  private @Nullable String tcp(Tcp t, LivePacket p, Flow flow, long slackMicros) {
    if (!p.isTcp()) {
      return "expected a segment";
    }
    Ports encaps = p.encaps();
    if (!Objects.equals(t.encaps(), encaps)) {
      return "udp encapsulation: expected " + ports(t.encaps()) + ", actual " + ports(encaps);
    }
    String flags = flags(t, p);
    if (flags != null) {
      return flags;
    }
    boolean syn = p.has(TcpHeader.SYN);
    String numbers = numbers(t, p, flow, syn);
    if (numbers != null) {
      return numbers;
    }
    String options = options(t, p, flow, syn, slackMicros);
    if (options != null) {
      return options;
    }
    return p.payloadIsZero() ? null : "payload: not what the program wrote";
  }

  private static String ports(@Nullable Ports p) {
    return p == null ? "none" : p.source() + " > " + p.destination();
  }

  private static @Nullable String flags(Tcp t, LivePacket p) {
    String letters = "FSRP.UEWA";
    for (int i = 0; i < letters.length(); i++) {
      if (((t.flags() ^ p.flags()) >> i & 1) != 0) {
        String name = letters.charAt(i) == '.' ? "ACK" : letters.substring(i, i + 1);
        return "flag " + name + ((t.flags() >> i & 1) != 0 ? ": expected" : ": not expected");
      }
    }
    return null;
  }

  private static @Nullable String numbers(Tcp t, LivePacket p, Flow flow, boolean syn) {
    String bad = number("payload length", t.length(), p.payloadLength());
    if (bad == null && !t.anySeq()) {
      int seq = p.sequence() - (t.absoluteSeq() ? 0 : flow.localOffset(syn));
      bad = number("seq", t.seq(), Integer.toUnsignedLong(seq));
    }
    if (bad == null) {
      int ack = p.acknowledgment() - (p.has(TcpHeader.ACK) ? flow.remoteOffset(syn) : 0);
      bad = number("ack", t.ack(), Integer.toUnsignedLong(ack));
    }
    if (bad == null && t.window() >= 0) {
      bad = number("win", t.window(), p.window());
    }
    return bad == null ? number("urg", t.urgent(), p.urgent()) : bad;
  }

  private @Nullable String options(Tcp t, LivePacket p, Flow flow, boolean syn, long slack) {
    List<Option> expected = t.options();
    if (expected == null) {
      return null;
    }
    List<byte[]> actual = p.options();
    if (expected.size() != actual.size()) {
      return "options: expected " + expected.size() + ", actual " + actual.size();
    }
    for (int i = 0; i < expected.size(); i++) {
      String bad = option(expected.get(i), actual.get(i), p, flow, syn, slack);
      if (bad != null) {
        return "option " + (i + 1) + ": " + bad;
      }
    }
    return null;
  }

  private @Nullable String option(
      Option expected, byte[] actual, LivePacket p, Flow flow, boolean syn, long slack) {
    int kind = actual[0] & 0xff;
    return switch (expected) {
      case Option.Raw r -> Arrays.equals(r.bytes(), actual) ? null : "differs";
      case Option.Sack s -> {
        if (kind != TcpOptions.SACK || actual.length != OptionParser.length(s)) {
          yield "differs";
        }
        int at = 2;
        for (long[] edges : s.blocks()) {
          int offset = flow.remoteOffset(syn);
          boolean same =
              BigEndian.get32(actual, at) - offset == (int) edges[0]
                  && BigEndian.get32(actual, at + 4) - offset == (int) edges[1];
          if (!same) {
            yield "block differs";
          }
          at += 8;
        }
        yield null;
      }
      case Option.Timestamp t -> timestamp(t, actual, flow, slack);
      case Option.Md5Valid m -> {
        int length = p.bytes().length - p.at();
        String secret = settings.md5Secret() == null ? "" : settings.md5Secret();
        byte[] digest = Signature.of(p.bytes(), p.six(), p.at(), length, secret);
        boolean same =
            kind == TcpOptions.SIGNATURE
                && actual.length == 18
                && Arrays.equals(digest, 0, 16, actual, 2, 18);
        yield same ? null : "wrong digest";
      }
    };
  }

  /** The value maps to the script's; how far it may be off depends on the time that has passed. */
  private @Nullable String timestamp(Option.Timestamp t, byte[] actual, Flow flow, long slack) {
    if (actual[0] != TcpOptions.TIMESTAMP || actual.length != 10) {
      return "expected a timestamp";
    }
    int value = BigEndian.get32(actual, 2);
    flow.timestamp((int) t.value(), value, !t.anyValue());
    if (settings.tickMicros() > 0 && !t.anyValue()) {
      long off = Math.abs((long) (flow.scriptTimestamp(value) - (int) t.value()));
      if (off * settings.tickMicros() > slack) {
        return "timestamp is off by " + off + " ticks";
      }
    }
    return null;
  }
}
