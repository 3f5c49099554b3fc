package cellblock.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * IPv4 options (RFC 791, RFC 1108, RFC 2113). The window walks them in place: {@code for (p = off +
 * 20; p < end && type(p) != EOL; p += length(p, end))} after {@link #check} said NONE. The value
 * builders give padded {@link Octets} for an {@link Ip4Header}. FreeBSD ancestor: {@code IPOPT_} of
 * {@code sys/netinet/ip.h}, {@code sys/netinet/ip_options.c} ip_dooptions.
 */
public final class Ip4Options {
  /** End of the list. */
  public static final int EOL = OptionList.EOL;

  /** No operation. */
  public static final int NOP = OptionList.NOP;

  /** Record route. */
  public static final int RR = 7;

  /** Timestamp. */
  public static final int TS = 68;

  /** Security (RFC 1108). */
  public static final int SECURITY = 130;

  /** Loose source route. */
  public static final int LSRR = 131;

  /** Extended security. */
  public static final int ESO = 133;

  /** Commercial security. */
  public static final int CIPSO = 134;

  /** SATNET stream. */
  public static final int SATID = 136;

  /** Strict source route. */
  public static final int SSRR = 137;

  /** Router alert (RFC 2113). */
  public static final int RA = 148;

  /** Bit of the type that says: copy into every fragment (IPOPT_COPIED). */
  public static final int COPIED = 0x80;

  /** Timestamps alone. */
  public static final int TS_ONLY = 0;

  /** Timestamps with addresses. */
  public static final int TS_AND_ADDRESS = 1;

  /** Timestamps of addresses given by the sender. */
  public static final int TS_PRESPECIFIED = 3;

  /** Smallest pointer of a route option: the first address behind type, length and pointer. */
  public static final int MINIMUM_POINTER = 4;

  /** Most bytes of options. */
  public static final int MAXIMUM = 40;

  private Ip4Options() {}

  /** The option's type at {@code at}. */
  public static int type(byte[] buf, int at) {
    return OptionList.kind(buf, at);
  }

  /** The option's length in bytes at {@code at}, 1 for EOL and NOP, or -1 if it overruns end. */
  public static int length(byte[] buf, int at, int end) {
    return OptionList.length(buf, at, end);
  }

  /** Pointer of a route or timestamp option: 1-based from the option's first byte. */
  public static int pointer(byte[] buf, int at) {
    return buf[at + 2] & 0xff;
  }

  /** Stores a pointer. */
  public static void putPointer(byte[] buf, int at, int pointer) {
    buf[at + 2] = (byte) pointer;
  }

  /** Overflow count of a timestamp option, 0 to 15. */
  public static int overflow(byte[] buf, int at) {
    return buf[at + 3] >> 4 & 15;
  }

  /** Flag of a timestamp option: {@link #TS_ONLY} and so on. */
  public static int timestampFlag(byte[] buf, int at) {
    return buf[at + 3] & 15;
  }

  /** Whether the options of the checked header at {@code off} can be walked. */
  public static Defect check(byte[] buf, int off) {
    return checkRange(buf, off + Ip4Header.LENGTH, off + Ip4Header.headerLength(buf, off)) < 0
        ? Defect.NONE
        : Defect.BAD_OPTION;
  }

  /**
   * Walks options from {@code from} to {@code end} as ip_dooptions checks them.
   *
   * @return -1, or the index of the byte to blame in an ICMP parameter problem
   */
  public static int checkRange(byte[] buf, int from, int end) {
    int at = from;
    while (at < end && buf[at] != EOL) {
      int length = length(buf, at, end);
      if (length < 0) {
        return at + 1;
      }
      int blame = checkOne(buf, at, length);
      if (blame >= 0) {
        return blame;
      }
      at += length;
    }
    return -1;
  }

  private static int checkOne(byte[] buf, int at, int length) {
    switch (type(buf, at)) {
      case RR, LSRR, SSRR -> {
        if (length < 3) {
          return at + 1;
        }
        return pointer(buf, at) < MINIMUM_POINTER ? at + 2 : -1;
      }
      case TS -> {
        if (length < 4 || length > MAXIMUM) {
          return at + 1;
        }
        return pointer(buf, at) < 5 ? at + 2 : -1;
      }
      case RA -> {
        return length == 4 ? -1 : at + 1;
      }
      default -> {
        return -1;
      }
    }
  }

  /** Index of the first option of {@code type} in the checked header at {@code off}, or -1. */
  public static int find(byte[] buf, int off, int type) {
    int end = off + Ip4Header.headerLength(buf, off);
    return OptionList.find(buf, off + Ip4Header.LENGTH, end, type);
  }

  /** Room to record {@code slots} addresses, 1 to 9. */
  public static Octets recordRoute(int slots) {
    if (slots < 1 || slots > 9) {
      throw new IllegalArgumentException("slots " + slots);
    }
    byte[] option = new byte[4 + 4 * slots];
    option[0] = RR;
    option[1] = (byte) (3 + 4 * slots);
    option[2] = MINIMUM_POINTER;
    return Octets.of(option);
  }

  /** A source route through {@code hops}, 1 to 9 of them, the last one the final destination. */
  public static Octets sourceRoute(boolean strict, List<Ip4Address> hops) {
    if (hops.isEmpty() || hops.size() > 9) {
      throw new IllegalArgumentException("hops " + hops.size());
    }
    byte[] option = new byte[4 + 4 * hops.size()];
    option[0] = NOP;
    option[1] = (byte) (strict ? SSRR : LSRR);
    option[2] = (byte) (3 + 4 * hops.size());
    option[3] = MINIMUM_POINTER;
    for (int i = 0; i < hops.size(); i++) {
      hops.get(i).emit(option, 4 + 4 * i);
    }
    return Octets.of(option);
  }

  /** Room for {@code slots} timestamps, 1 to 9; 1 to 4 with addresses. */
  public static Octets timestamp(int flag, int slots) {
    int each = flag == TS_ONLY ? 4 : 8;
    if (slots < 1 || 4 + each * slots > MAXIMUM) {
      throw new IllegalArgumentException("slots " + slots);
    }
    byte[] option = new byte[4 + each * slots];
    option[0] = TS;
    option[1] = (byte) option.length;
    option[2] = 5;
    option[3] = (byte) (flag & 15);
    return Octets.of(option);
  }

  /** Router alert of value 0, "every router looks at it", as IGMPv2 and v3 need. */
  public static Octets routerAlert() {
    return Octets.of((byte) RA, (byte) 4, (byte) 0, (byte) 0);
  }

  /** tcpdump-like list: {@code RR 10.0.0.1, 0.0.0.0^,EOL}; a broken one ends in {@code [bad]}. */
  public static String text(Octets options) {
    return OptionList.text(options, Ip4Options::appendOne);
  }

  private static void appendOne(StringBuilder text, byte[] buf, int at, int length) {
    int type = type(buf, at);
    String name = name(type);
    text.append(name == null ? "unknown " + type : name);
    if (type == RR || type == LSRR || type == SSRR) {
      for (int p = 3; p + 4 <= length; p += 4) {
        text.append(p == 3 ? " " : ", ").append(Ip4Address.toString(BigEndian.get32(buf, at + p)));
        text.append(p + 1 == pointer(buf, at) ? "^" : "");
      }
    } else if (type == TS && length >= 4) {
      text.append('{');
      for (int p = 4; p + 4 <= length; p += 4) {
        text.append(p == 4 ? "" : " ")
            .append(Integer.toUnsignedString(BigEndian.get32(buf, at + p)));
        text.append(p + 1 == pointer(buf, at) ? "^" : "");
      }
      text.append('}');
    }
  }

  private static @Nullable String name(int type) {
    return switch (type) {
      case EOL -> "EOL";
      case NOP -> "NOP";
      case RR -> "RR";
      case TS -> "TS";
      case SECURITY -> "SECURITY";
      case LSRR -> "LSRR";
      case SSRR -> "SSRR";
      case CIPSO -> "CIPSO";
      case SATID -> "SATID";
      case RA -> "RA";
      default -> null;
    };
  }
}
