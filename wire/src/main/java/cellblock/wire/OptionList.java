package cellblock.wire;

/**
 * The layout that the options of IPv4 and of TCP share (RFC 791, RFC 9293): a kind; for all but EOL
 * and NOP a length that counts both bytes; a value. Offsets are indices into the buffer. FreeBSD
 * ancestor: the loops of {@code sys/netinet/ip_options.c} ip_dooptions and {@code
 * sys/netinet/tcp_input.c} tcp_dooptions.
 */
final class OptionList {
  /** End of the list. */
  static final int EOL = 0;

  /** No operation. */
  static final int NOP = 1;

  /** Prints the option of {@code length} bytes at {@code at}. */
  @FunctionalInterface
  interface Printer {
    void print(StringBuilder text, byte[] buf, int at, int length);
  }

  private OptionList() {}

  /** Kind of the option at {@code at}. */
  static int kind(byte[] buf, int at) {
    return buf[at] & 0xff;
  }

  /** Bytes of the option at {@code at}, 1 for EOL and NOP, or -1 if it overruns {@code end}. */
  static int length(byte[] buf, int at, int end) {
    int kind = buf[at];
    if (kind == EOL || kind == NOP) {
      return 1;
    }
    if (end - at < 2) {
      return -1;
    }
    int length = buf[at + 1] & 0xff;
    return length < 2 || length > end - at ? -1 : length;
  }

  /** Index of the first option of {@code kind} from {@code from} to {@code end}, or -1. */
  static int find(byte[] buf, int from, int end, int kind) {
    int at = from;
    while (at < end && buf[at] != EOL) {
      int length = length(buf, at, end);
      if (length < 0) {
        return -1;
      }
      if (kind(buf, at) == kind) {
        return at;
      }
      at += length;
    }
    return -1;
  }

  /** The options up to EOL, with commas between; a broken list ends in {@code [bad]}. */
  static String text(Octets options, Printer printer) {
    byte[] buf = options.toBytes();
    StringBuilder text = new StringBuilder();
    int at = 0;
    while (at < buf.length) {
      text.append(at == 0 ? "" : ",");
      int length = length(buf, at, buf.length);
      if (length < 0) {
        return text.append("[bad]").toString();
      }
      printer.print(text, buf, at, length);
      if (buf[at] == EOL) {
        break;
      }
      at += length;
    }
    return text.toString();
  }
}
