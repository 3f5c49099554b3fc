package cellblock.packetdrill;

import cellblock.packetdrill.PacketSpec.Option;
import cellblock.wire.TcpOptions;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the options of a segment, up to and with the {@code >}. Threading: one thread. */
final class OptionParser {
  private static final int MD5 = 19;
  private static final int FAST_OPEN = 34;
  private static final int ACC_ECN_0 = 172;
  private static final int ACC_ECN_1 = 174;
  private static final int EXPERIMENT = 254;
  private static final int EXID_FAST_OPEN = 0xf989;
  private static final int EXID_ACC_ECN_0 = 0xacc0;
  private static final int EXID_ACC_ECN_1 = 0xacc1;
  private static final int EXID_TARR = 0x00ac;

  private final Cursor in;

  OptionParser(Cursor in) {
    this.in = in;
  }

  /** The options; null when the script does not care. */
  @Nullable List<Option> options(boolean outbound) throws ScriptException {
    Token start = in.peek();
    if (in.takeEllipsis()) {
      if (!outbound) {
        throw Cursor.error(start, "<...> is for outbound segments only");
      }
      in.expect(">");
      return null;
    }
    List<Option> all = new ArrayList<>();
    int bytes = 0;
    do {
      Option one = option();
      bytes += length(one);
      all.add(one);
    } while (in.take(","));
    in.expect(">");
    if (bytes > 40) {
      throw Cursor.error(start, "TCP options too long: " + bytes + " bytes");
    }
    if (bytes % 4 != 0) {
      throw Cursor.error(
          start, "TCP options are not padded to a multiple of four: " + bytes + " bytes");
    }
    return all;
  }

  /** Bytes on the wire. */
  static int length(Option o) {
    return switch (o) {
      case Option.Raw r -> r.bytes().length;
      case Option.Sack s -> 2 + 8 * s.blocks().size();
      case Option.Timestamp t -> 10;
      case Option.Md5Valid m -> 18;
    };
  }

  private Option option() throws ScriptException {
    Token t = in.peek();
    String name = in.word("a TCP option");
    if (name.startsWith("gen-")) {
      return tagged(Integer.parseInt(name.substring(4)) & 0xff, blob());
    }
    return switch (name) {
      case "nop" -> raw(TcpOptions.NOP);
      case "eol" -> raw(TcpOptions.EOL);
      case "mss" -> {
        int mss = (int) in.unsigned("mss", 16);
        yield raw(TcpOptions.MSS, 4, mss >> 8, mss);
      }
      case "wscale" -> raw(TcpOptions.WINDOW_SCALE, 3, (int) in.unsigned("wscale", 8));
      case "sackOK" -> raw(TcpOptions.SACK_PERMITTED, 2);
      case "sack" -> sack();
      case "TS" -> timestamp();
      case "md5" -> in.takeWord("valid") ? new Option.Md5Valid() : tagged(MD5, blob());
      case "FO" -> tagged(FAST_OPEN, blob());
      case "FOEXP", "EXP-FO", "exp-FO" -> experiment(EXID_FAST_OPEN, blob());
      case "AccECN0" -> tagged(ACC_ECN_0, counters("ee0b", "eceb", "ee1b"));
      case "AccECN1" -> tagged(ACC_ECN_1, counters("ee1b", "eceb", "ee0b"));
      case "exp-AccECN0" -> experiment(EXID_ACC_ECN_0, counters("ee0b", "eceb", "ee1b"));
      case "exp-AccECN1" -> experiment(EXID_ACC_ECN_1, counters("ee1b", "eceb", "ee0b"));
      case "exp-tarr" -> {
        byte[] rate = {};
        if (in.atInteger()) {
          rate = new byte[] {(byte) (in.unsigned("rate", 7) << 1)};
        }
        yield experiment(EXID_TARR, rate);
      }
      default -> {
        if (name.startsWith("exp-")) {
          yield experiment(Integer.parseInt(name.substring(4), 16) & 0xffff, blob());
        }
        throw Cursor.error(t, "unknown TCP option " + name);
      }
    };
  }

  private Option sack() throws ScriptException {
    List<long[]> blocks = new ArrayList<>();
    do {
      long left = in.unsigned("left edge", 32);
      in.expect(":");
      blocks.add(new long[] {left, in.unsigned("right edge", 32)});
    } while (in.atInteger());
    return new Option.Sack(blocks);
  }

  private Option timestamp() throws ScriptException {
    if (!in.takeWord("val")) {
      throw in.unexpected("val");
    }
    boolean any = in.takeEllipsis();
    long value = any ? 0 : in.unsigned("val", 32);
    if (!in.takeWord("ecr")) {
      throw in.unexpected("ecr");
    }
    long echo = in.unsigned("ecr", 32);
    return new Option.Timestamp(value, any, echo, in.take("!"));
  }

  /** Hexadecimal digits, an even number, or nothing. */
  private byte[] blob() throws ScriptException {
    Token t = in.peek();
    boolean there =
        t.kind() == Token.Kind.WORD || t.kind() == Token.Kind.INTEGER || t.kind() == Token.Kind.HEX;
    if (!there) {
      return new byte[0];
    }
    in.next();
    String digits = t.kind() == Token.Kind.HEX ? t.text().substring(2) : t.text();
    try {
      return HexFormat.of().parseHex(digits);
    } catch (IllegalArgumentException e) {
      throw Cursor.error(t, "not an even number of hexadecimal digits: " + t.text());
    }
  }

  private byte[] counters(String... names) throws ScriptException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (String name : names) {
      if (!in.takeWord(name)) {
        break;
      }
      int v = (int) in.unsigned(name, 24);
      bytes.write(v >> 16);
      bytes.write(v >> 8);
      bytes.write(v);
    }
    return bytes.toByteArray();
  }

  private static Option raw(int... octets) {
    byte[] bytes = new byte[octets.length];
    for (int i = 0; i < octets.length; i++) {
      bytes[i] = (byte) octets[i];
    }
    return new Option.Raw(bytes);
  }

  private static Option tagged(int kind, byte[] value) {
    byte[] bytes = new byte[2 + value.length];
    bytes[0] = (byte) kind;
    bytes[1] = (byte) bytes.length;
    System.arraycopy(value, 0, bytes, 2, value.length);
    return new Option.Raw(bytes);
  }

  private static Option experiment(int id, byte[] value) {
    byte[] all = new byte[2 + value.length];
    all[0] = (byte) (id >> 8);
    all[1] = (byte) id;
    System.arraycopy(value, 0, all, 2, value.length);
    return tagged(EXPERIMENT, all);
  }
}
