package cellblock.userland.net.setkey;

import java.util.ArrayList;
import java.util.List;

/**
 * The words of setkey's language: blanks part them, {@code #} begins a comment, {@code ;} stands
 * alone.
 */
final class Words {
  /**
   * A word.
   *
   * @param quoted whether it stood in quotation marks, which are not part of it
   */
  record Word(String text, boolean quoted, int line) {
    boolean ends() {
      return !quoted && text.equals(";");
    }
  }

  private final String text;
  private final List<Word> found = new ArrayList<>();
  private int at;
  private int line = 1;

  private Words(String text) {
    this.text = text;
  }

  static List<Word> of(String text) {
    Words words = new Words(text);
    words.all();
    return words.found;
  }

  private void all() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '\n') {
        line++;
        at++;
      } else if (Character.isWhitespace(c)) {
        at++;
      } else if (c == '#') {
        at = end("\n");
      } else if (c == ';') {
        found.add(new Word(";", false, line));
        at++;
      } else if (c == '"') {
        int close = text.indexOf('"', at + 1);
        int stop = close < 0 ? text.length() : close;
        found.add(new Word(text.substring(at + 1, stop), true, line));
        at = Math.min(stop + 1, text.length());
      } else {
        int stop = end(" \t\r\n;#\"");
        found.add(new Word(text.substring(at, stop), false, line));
        at = stop;
      }
    }
  }

  /** Where the first of some characters is, or the end. */
  private int end(String stops) {
    int i = at;
    while (i < text.length() && stops.indexOf(text.charAt(i)) < 0) {
      i++;
    }
    return i;
  }
}
