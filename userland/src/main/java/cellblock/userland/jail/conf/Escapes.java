package cellblock.userland.jail.conf;

/** Backslash sequences: those of C, with a backslash before a newline standing for nothing. */
final class Escapes {
  private Escapes() {}

  /** Where the sequence that begins at {@code at} ends. */
  static int end(String text, int at) {
    int i = at + 1;
    if (i >= text.length()) {
      return i;
    }
    if (text.charAt(i) == 'x') {
      return digits(text, i + 1, 2, 16);
    }
    return Character.digit(text.charAt(i), 8) >= 0 ? digits(text, i, 3, 8) : i + 1;
  }

  /** The text that a string with sequences stands for. */
  static String resolve(String text) {
    if (text.indexOf('\\') < 0) {
      return text;
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); ) {
      if (text.charAt(i) != '\\') {
        out.append(text.charAt(i++));
        continue;
      }
      int end = end(text, i);
      one(text.substring(i + 1, end), out);
      i = end;
    }
    return out.toString();
  }

  private static void one(String code, StringBuilder out) {
    if (code.isEmpty() || code.equals("\n")) {
      return;
    }
    char c = code.charAt(0);
    switch (c) {
      case 'a' -> out.append('\u0007');
      case 'b' -> out.append('\b');
      case 'f' -> out.append('\f');
      case 'n' -> out.append('\n');
      case 'r' -> out.append('\r');
      case 't' -> out.append('\t');
      case 'v' -> out.append('\u000b');
      case 'x' -> out.append(number(code.substring(1), 16));
      default -> out.append(Character.digit(c, 8) >= 0 ? number(code, 8) : c);
    }
  }

  private static char number(String digits, int radix) {
    return digits.isEmpty() ? '\0' : (char) (Integer.parseInt(digits, radix) & 0xff);
  }

  private static int digits(String text, int from, int most, int radix) {
    int i = from;
    while (i < text.length()
        && i < from + most
        && text.charAt(i) < 0x80
        && Character.digit(text.charAt(i), radix) >= 0) {
      i++;
    }
    return i;
  }
}
