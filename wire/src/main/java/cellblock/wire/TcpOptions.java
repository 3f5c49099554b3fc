package cellblock.wire;

import java.util.ArrayList;
import java.util.List;

/**
 * TCP options: maximum segment size (RFC 9293), window scale and timestamps (RFC 7323), SACK (RFC
 * 2018). The window finds one option in place; the value holds what TCP uses, in the order that
 * FreeBSD sends. FreeBSD ancestor: {@code struct tcpopt}, {@code tcp_dooptions} of {@code
 * sys/netinet/tcp_input.c}, {@code tcp_addoptions} of {@code tcp_output.c}.
 *
 * @param mss maximum segment size, -1 for none
 * @param windowScale shift count 0 to 255, -1 for none
 * @param sackPermitted whether the sender takes SACK
 * @param timestamps whether the next two count
 * @param timestampValue the sender's clock
 * @param timestampEcho the clock value echoed
 * @param sacks blocks received out of order, at most four
 */
public record TcpOptions(
    int mss,
    int windowScale,
    boolean sackPermitted,
    boolean timestamps,
    int timestampValue,
    int timestampEcho,
    List<Sack> sacks) {
  /** End of the list. */
  public static final int EOL = OptionList.EOL;

  /** No operation. */
  public static final int NOP = OptionList.NOP;

  /** Maximum segment size, 4 bytes. */
  public static final int MSS = 2;

  /** Window scale, 3 bytes. */
  public static final int WINDOW_SCALE = 3;

  /** SACK permitted, 2 bytes. */
  public static final int SACK_PERMITTED = 4;

  /** SACK blocks, 2 bytes and 8 for each block. */
  public static final int SACK = 5;

  /** Timestamps, 10 bytes. */
  public static final int TIMESTAMP = 8;

  /** MD5 signature, 18 bytes (RFC 2385). */
  public static final int SIGNATURE = 19;

  /** Fast open cookie (RFC 7413). */
  public static final int FAST_OPEN = 34;

  /** NOP NOP TIMESTAMP 10 in one word: how nearly all segments begin (RFC 7323 appendix A). */
  public static final int TIMESTAMP_WORD = 0x0101_080a;

  /** No options. */
  public static final TcpOptions NONE = new TcpOptions(-1, -1, false, false, 0, 0, List.of());

  /**
   * A block of received data.
   *
   * @param left first sequence number
   * @param right the one after the last
   */
  public record Sack(int left, int right) {}

  /** Rejects fields that do not fit; copies the list. */
  public TcpOptions {
    if (mss < -1 || mss > 0xffff || windowScale < -1 || windowScale > 255 || sacks.size() > 4) {
      throw new IllegalArgumentException("field out of range");
    }
    sacks = List.copyOf(sacks);
  }

  /** The option's type at {@code at}. */
  public static int type(byte[] buf, int at) {
    return OptionList.kind(buf, at);
  }

  /** The option's length at {@code at}, 1 for EOL and NOP, or -1 if it overruns {@code end}. */
  public static int length(byte[] buf, int at, int end) {
    return OptionList.length(buf, at, end);
  }

  /** Index of the first option of {@code type} in the checked header at {@code off}, or -1. */
  public static int find(byte[] buf, int off, int type) {
    int end = off + TcpHeader.headerLength(buf, off);
    return OptionList.find(buf, off + TcpHeader.LENGTH, end, type);
  }

  /** Whether the options are exactly one timestamp in its usual place: the fast path. */
  public static boolean isPlainTimestamp(byte[] buf, int off) {
    return TcpHeader.headerLength(buf, off) == TcpHeader.LENGTH + 12
        && BigEndian.get32(buf, off + TcpHeader.LENGTH) == TIMESTAMP_WORD;
  }

  /**
   * What can be read of some options: one with the wrong length is passed over, one that overruns
   * ends the list, of two the later counts, as in tcp_dooptions.
   */
  public static TcpOptions parse(Octets options) {
    byte[] buf = options.toBytes();
    int mss = -1;
    int scale = -1;
    boolean permitted = false;
    int stamp = -1;
    List<Sack> sacks = List.of();
    int at = 0;
    while (at < buf.length && buf[at] != EOL) {
      int length = length(buf, at, buf.length);
      if (length < 0) {
        break;
      }
      switch (type(buf, at) << 8 | length) {
        case MSS << 8 | 4 -> mss = BigEndian.get16(buf, at + 2);
        case WINDOW_SCALE << 8 | 3 -> scale = buf[at + 2] & 0xff;
        case SACK_PERMITTED << 8 | 2 -> permitted = true;
        case TIMESTAMP << 8 | 10 -> stamp = at + 2;
        default -> sacks = type(buf, at) == SACK ? blocks(buf, at, length, sacks) : sacks;
      }
      at += length;
    }
    int value = stamp < 0 ? 0 : BigEndian.get32(buf, stamp);
    int echo = stamp < 0 ? 0 : BigEndian.get32(buf, stamp + 4);
    return new TcpOptions(mss, scale, permitted, stamp >= 0, value, echo, sacks);
  }

  private static List<Sack> blocks(byte[] buf, int at, int length, List<Sack> before) {
    if (length < 10 || (length - 2) % 8 != 0) {
      return before;
    }
    List<Sack> blocks = new ArrayList<>();
    for (int p = at + 2; p < at + length; p += 8) {
      blocks.add(new Sack(BigEndian.get32(buf, p), BigEndian.get32(buf, p + 4)));
    }
    return blocks;
  }

  /**
   * The options as bytes, padded to a multiple of four; SACK blocks that no longer fit in 40 bytes
   * are left out, the later ones first.
   */
  public Octets toOctets() {
    byte[] buf = new byte[40];
    int at = 0;
    if (mss >= 0) {
      BigEndian.put16(buf, at, MSS << 8 | 4);
      BigEndian.put16(buf, at + 2, mss);
      at += 4;
    }
    if (windowScale >= 0) {
      BigEndian.put32(buf, at, NOP << 24 | WINDOW_SCALE << 16 | 3 << 8 | windowScale);
      at += 4;
    }
    if (sackPermitted) {
      BigEndian.put16(buf, at, SACK_PERMITTED << 8 | 2);
      at += 2;
    }
    if (timestamps) {
      while ((at & 3) != 2) {
        buf[at++] = NOP;
      }
      BigEndian.put16(buf, at, TIMESTAMP << 8 | 10);
      BigEndian.put32(buf, at + 2, timestampValue);
      BigEndian.put32(buf, at + 6, timestampEcho);
      at += 10;
    }
    at = emitSacks(buf, at);
    return Octets.of(buf, 0, at + 3 & ~3);
  }

  private int emitSacks(byte[] buf, int from) {
    int at = from;
    while (!sacks.isEmpty() && (at & 3) != 2) {
      buf[at++] = NOP;
    }
    int blocks = Math.min(sacks.size(), (buf.length - at - 2) / 8);
    if (blocks <= 0) {
      return from;
    }
    BigEndian.put16(buf, at, SACK << 8 | 2 + 8 * blocks);
    at += 2;
    for (Sack block : sacks.subList(0, blocks)) {
      BigEndian.put32(buf, at, block.left);
      BigEndian.put32(buf, at + 4, block.right);
      at += 8;
    }
    return at;
  }

  /** {@code mss 1460,nop,wscale 6,sackOK,TS val 1 ecr 0}; a broken list ends in {@code [bad]}. */
  public static String text(Octets options) {
    return OptionList.text(options, TcpOptions::appendOne);
  }

  private static void appendOne(StringBuilder text, byte[] buf, int at, int length) {
    int type = type(buf, at);
    switch (type << 8 | length) {
      case EOL << 8 | 1 -> text.append("eol");
      case NOP << 8 | 1 -> text.append("nop");
      case MSS << 8 | 4 -> text.append("mss ").append(BigEndian.get16(buf, at + 2));
      case WINDOW_SCALE << 8 | 3 -> text.append("wscale ").append(buf[at + 2] & 0xff);
      case SACK_PERMITTED << 8 | 2 -> text.append("sackOK");
      case TIMESTAMP << 8 | 10 -> {
        text.append("TS val ").append(Integer.toUnsignedString(BigEndian.get32(buf, at + 2)));
        text.append(" ecr ").append(Integer.toUnsignedString(BigEndian.get32(buf, at + 6)));
      }
      default -> appendOther(text, buf, at, length);
    }
  }

  private static void appendOther(StringBuilder text, byte[] buf, int at, int length) {
    int type = type(buf, at);
    List<Sack> blocks = type == SACK ? blocks(buf, at, length, List.of()) : List.of();
    if (blocks.isEmpty()) {
      text.append(
          switch (type) {
            case SIGNATURE -> "md5";
            case FAST_OPEN -> "tfo";
            default -> "unknown-" + type;
          });
      return;
    }
    text.append("sack ").append(blocks.size()).append(' ');
    for (Sack block : blocks) {
      text.append('{').append(Integer.toUnsignedString(block.left));
      text.append(':').append(Integer.toUnsignedString(block.right)).append('}');
    }
  }
}
