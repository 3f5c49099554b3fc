package cellblock.userland.net;

import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * IPv4 address text, host byte order inside. Ancestors: lib/libc/inet/inet_addr.c (inet_aton),
 * inet_network.c.
 */
public final class Inet4 {
  private Inet4() {}

  /**
   * inet_aton(3): one to four parts in decimal, octal or hexadecimal, the last filling what is left.
   * Empty for anything else.
   */
  public static OptionalInt aton(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length > 4) {
      return OptionalInt.empty();
    }
    long value = 0;
    for (int i = 0; i < parts.length; i++) {
      long part = number(parts[i]);
      boolean last = i == parts.length - 1;
      int bits = last ? 8 * (5 - parts.length) : 8;
      if (part < 0 || part >= 1L << bits) {
        return OptionalInt.empty();
      }
      value = last ? value << bits | part : value << 8 | part;
    }
    return OptionalInt.of((int) value);
  }

  /** inet_pton(3): four decimal parts. */
  public static OptionalInt pton(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != 4) {
      return OptionalInt.empty();
    }
    for (String part : parts) {
      if (part.isEmpty() || part.length() > 3 || !part.chars().allMatch(c -> c >= '0' && c <= '9')) {
        return OptionalInt.empty();
      }
    }
    int value = 0;
    for (String part : parts) {
      int octet = Integer.parseInt(part);
      if (octet > 255) {
        return OptionalInt.empty();
      }
      value = value << 8 | octet;
    }
    return OptionalInt.of(value);
  }

  /** A part in C's notation; -1 for none. */
  private static long number(String text) {
    int radix = 10;
    String digits = text;
    if (text.startsWith("0x") || text.startsWith("0X")) {
      radix = 16;
      digits = text.substring(2);
    } else if (text.length() > 1 && text.startsWith("0")) {
      radix = 8;
      digits = text.substring(1);
    }
    if (digits.isEmpty() || digits.length() > 11) {
      return -1;
    }
    for (int i = 0; i < digits.length(); i++) {
      if (digits.charAt(i) > 'f' || Character.digit(digits.charAt(i), radix) < 0) {
        return -1;
      }
    }
    return Long.parseLong(digits, radix);
  }

  /** An address by number, or one of the few names that are known without a resolver; null else. */
  public static @Nullable String resolve(String text) {
    OptionalInt value = aton(text);
    if (value.isPresent()) {
      return format(value.getAsInt());
    }
    return text.equalsIgnoreCase("localhost") ? "127.0.0.1" : null;
  }

  /** Dotted quad. */
  public static String format(int value) {
    return (value >>> 24) + "." + (value >>> 16 & 255) + "." + (value >>> 8 & 255) + "." + (value & 255);
  }

  /** The mask of a prefix length, 0..32. */
  public static int mask(int length) {
    return length == 0 ? 0 : -1 << (32 - length);
  }

  /** Whether an address is in 224.0.0.0/4. */
  public static boolean isMulticast(int value) {
    return value >>> 28 == 14;
  }
}
