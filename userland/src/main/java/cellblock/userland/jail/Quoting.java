package cellblock.userland.jail;

/** Values as jail(8) prints them: in quotes when a reader would else cut them. */
final class Quoting {
  private Quoting() {}

  /** The value, quoted where it is empty or has blanks or quotes. */
  static String quoted(String value) {
    char quote = 0;
    if (value.isEmpty() || value.indexOf('\'') >= 0) {
      quote = '"';
    } else if (value.indexOf('"') >= 0) {
      quote = '\'';
    } else if (value.indexOf(' ') >= 0 || value.indexOf('\t') >= 0) {
      quote = '"';
    }
    StringBuilder text = new StringBuilder();
    if (quote != 0) {
      text.append(quote);
    }
    for (char c : value.toCharArray()) {
      if (c == '\\' || quote != 0 && c == quote) {
        text.append('\\');
      }
      text.append(c);
    }
    if (quote != 0) {
      text.append(quote);
    }
    return text.toString();
  }
}
