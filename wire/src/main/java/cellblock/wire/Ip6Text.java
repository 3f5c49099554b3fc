package cellblock.wire;

import org.jspecify.annotations.Nullable;

/**
 * The text of IPv6 addresses: all forms of RFC 4291 section 2.2 in, one form out. The output is RFC
 * 5952 as {@code inet_ntop} of FreeBSD writes it: lower case, the longest run of two or more zero
 * groups (the first of equals) becomes "::", and the low 32 bits are a dotted quad for
 * ::ffff:0:0/96 and, when they have more than 16 bits, for ::/96.
 */
final class Ip6Text {
  private static final int GROUPS = 8;

  private Ip6Text() {}

  /** The address in {@code text}, without zone; null if it is none. */
  static @Nullable Ip6Address parse(String text) {
    int[] groups = new int[GROUPS];
    int end = text.length();
    int count = 0;
    int gap = -1;
    int at = 0;
    if (text.startsWith("::")) {
      gap = 0;
      at = 2;
    }
    while (at < end) {
      int stop = groupEnd(text, at);
      boolean quad = stop < end && text.charAt(stop) == '.';
      if (quad) {
        count = dottedQuad(text.substring(at), groups, count);
        if (count < 0) {
          return null;
        }
        break;
      }
      if (stop == at || stop - at > 4 || count == GROUPS) {
        return null;
      }
      groups[count++] = Integer.parseInt(text, at, stop, 16);
      if (stop == end) {
        break;
      }
      at = stop + 1;
      if (text.charAt(stop) != ':' || at == end) {
        return null;
      }
      if (text.charAt(at) == ':') {
        if (gap >= 0) {
          return null;
        }
        gap = count;
        at++;
      }
    }
    return assemble(groups, count, gap);
  }

  /** Where the hex digits that start at {@code from} end. */
  private static int groupEnd(String text, int from) {
    int at = from;
    while (at < text.length()
        && text.charAt(at) < 128
        && Character.digit(text.charAt(at), 16) >= 0) {
      at++;
    }
    return at;
  }

  /** Stores a trailing dotted quad as two groups; the new count, or -1 if it is none. */
  private static int dottedQuad(String text, int[] groups, int count) {
    Ip4Address quad = Ip4Address.tryParse(text);
    if (quad == null || count > GROUPS - 2) {
      return -1;
    }
    groups[count] = quad.bits() >>> 16;
    groups[count + 1] = quad.bits() & 0xffff;
    return count + 2;
  }

  private static @Nullable Ip6Address assemble(int[] groups, int count, int gap) {
    if (gap < 0 ? count != GROUPS : count == GROUPS) {
      return null;
    }
    long[] halves = new long[2];
    for (int i = 0; i < GROUPS; i++) {
      int from = gap < 0 || i < gap ? i : i - (GROUPS - count);
      int group = gap >= 0 && i >= gap && from < gap ? 0 : groups[from];
      halves[i / 4] = halves[i / 4] << 16 | group;
    }
    return new Ip6Address(halves[0], halves[1], 0);
  }

  /** A zone of decimal digits below 2^31 as a number, else -1. */
  static int zoneNumber(String zone) {
    if (zone.isEmpty() || zone.length() > 9) {
      return -1;
    }
    int number = 0;
    for (int i = 0; i < zone.length(); i++) {
      char c = zone.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      number = number * 10 + c - '0';
    }
    return number;
  }

  /** The text of an address. */
  static String format(long hi, long lo) {
    int start = 0;
    int length = 0;
    for (int i = 0, run = 0; i < GROUPS; i++) {
      run = group(hi, lo, i) == 0 ? run + 1 : 0;
      if (run > length) {
        length = run;
        start = i + 1 - run;
      }
    }
    boolean quad = hi == 0 && (length == 6 || length == 5 && lo >>> 32 == 0xffff) && start == 0;
    StringBuilder text = new StringBuilder(45);
    int i = 0;
    while (i < (quad ? 6 : GROUPS)) {
      if (length > 1 && i == start) {
        text.append("::");
        i += length;
        continue;
      }
      separate(text);
      text.append(Integer.toHexString(group(hi, lo, i++)));
    }
    if (quad) {
      separate(text);
      Ip4Address.appendTo(text, (int) lo);
    }
    return text.toString();
  }

  private static void separate(StringBuilder text) {
    if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
      text.append(':');
    }
  }

  private static int group(long hi, long lo, int index) {
    return (int) ((index < 4 ? hi : lo) >>> 48 - 16 * (index & 3)) & 0xffff;
  }
}
