package cellblock.userland.net.link;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times, chances and rates as words, both ways. Parsing throws {@link NumberFormatException}. */
final class LinkText {
  private static final Pattern QUANTITY =
      Pattern.compile("(\\d{1,15}|\\d{0,12}\\.\\d{1,12})([^\\d]*)");

  private LinkText() {}

  private static long quantity(String text, String[] units, long[] scales, String meant) {
    Matcher m = QUANTITY.matcher(text);
    if (m.matches()) {
      String unit = m.group(2).toLowerCase(Locale.ROOT);
      for (int i = 0; i < units.length; i++) {
        if (units[i].equals(unit)) {
          return new BigDecimal(m.group(1))
              .multiply(BigDecimal.valueOf(scales[i]))
              .setScale(0, RoundingMode.HALF_UP)
              .longValueExact();
        }
      }
    }
    throw new NumberFormatException("not " + meant);
  }

  /** Nanoseconds; a bare number is milliseconds. */
  static long time(String text) {
    return quantity(
        text,
        new String[] {"", "ns", "us", "ms", "s"},
        new long[] {1_000_000, 1, 1000, 1_000_000, 1_000_000_000},
        "a time such as 20ms");
  }

  /** Millionths; a bare number is a percentage. */
  static int chance(String text) {
    long ppm =
        quantity(text, new String[] {"", "%"}, new long[] {10_000, 10_000}, "a chance such as 1%");
    if (ppm > 1_000_000) {
      throw new NumberFormatException("more than 100%");
    }
    return (int) ppm;
  }

  /** Bits a second; a bare number is bits. */
  static long rate(String text) {
    String plain = text.toLowerCase(Locale.ROOT);
    plain = plain.endsWith("/s") ? plain.substring(0, plain.length() - 2) : plain;
    return quantity(
        plain,
        new String[] {"", "bit", "kbit", "mbit", "gbit"},
        new long[] {1, 1, 1000, 1_000_000, 1_000_000_000},
        "a rate such as 10Mbit");
  }

  /** Frames. */
  static int frames(String text) {
    if (!text.matches("\\d{1,9}")) {
      throw new NumberFormatException("not a number of frames");
    }
    long n = Long.parseLong(text);
    if (n > 65_536) {
      throw new NumberFormatException("more than 65536 frames");
    }
    return (int) n;
  }

  static String ofTime(long nanos) {
    return nanos % 1000 != 0
        ? nanos + "ns"
        : nanos % 1_000_000 != 0 && nanos < 1_000_000
            ? nanos / 1000 + "us"
            : nanos % 1_000_000_000 == 0 ? nanos / 1_000_000_000 + "s" : plain(nanos, 6) + "ms";
  }

  static String ofChance(int ppm) {
    return plain(ppm, 4) + "%";
  }

  static String ofRate(long bits) {
    return bits >= 1_000_000_000
        ? plain(bits, 9) + "Gbit"
        : bits >= 1_000_000
            ? plain(bits, 6) + "Mbit"
            : bits >= 1000 ? plain(bits, 3) + "Kbit" : bits + "bit";
  }

  private static String plain(long value, int digits) {
    BigDecimal number = BigDecimal.valueOf(value, digits).stripTrailingZeros();
    return number.scale() < 0 ? number.setScale(0).toPlainString() : number.toPlainString();
  }
}
