package cellblock.userland.misc;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** strtol(3) with base 0: decimal, 0x for hexadecimal, a leading 0 for octal. */
final class Numbers {
  private static final int MOST_DIGITS = 40;

  private Numbers() {}

  /** The number, or null when the text is none. */
  static @Nullable BigInteger parse(String text) {
    if (text.length() > MOST_DIGITS) {
      return null;
    }
    boolean negative = text.startsWith("-");
    String digits = negative || text.startsWith("+") ? text.substring(1) : text;
    int radix = 10;
    if (digits.matches("0[xX][0-9a-fA-F]+")) {
      radix = 16;
      digits = digits.substring(2);
    } else if (digits.matches("0[0-7]+")) {
      radix = 8;
    } else if (!digits.matches("[0-9]+") || digits.matches("0[0-9]+")) {
      return null;
    }
    BigInteger number = new BigInteger(digits, radix);
    return negative ? number.negate() : number;
  }
}
