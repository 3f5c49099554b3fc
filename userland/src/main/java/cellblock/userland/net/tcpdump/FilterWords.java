package cellblock.userland.net.tcpdump;

import java.util.ArrayList;
import java.util.List;

/** The words of a filter with their positions, counted from 1. Ancestor: libpcap's scanner.l. */
final class FilterWords {
  /** One word; the last one is empty. */
  record Word(String text, int position) {}

  private static final List<String> DOUBLES =
      List.of("&&", "||", "!=", "==", "<=", ">=", "<<", ">>");

  private final List<Word> words = new ArrayList<>();
  private int next;

  FilterWords(String text) {
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (Character.isWhitespace(c)) {
        at++;
        continue;
      }
      int end = at + 1;
      if (at + 2 <= text.length() && DOUBLES.contains(text.substring(at, at + 2))) {
        end = at + 2;
      } else if (isWord(c) || text.startsWith("::", at)) {
        while (end < text.length() && (isWord(text.charAt(end)) || isJoint(text, at, end))) {
          end++;
        }
      }
      words.add(new Word(text.substring(at, end), at + 1));
      at = end;
    }
    words.add(new Word("", text.length() + 1));
  }

  private static boolean isWord(char c) {
    return Character.isLetterOrDigit(c) || c == '.' || c == '_' || c == '\\';
  }

  /**
   * A colon joins addresses, a hyphen names and ranges; inside brackets the colon of {@code [0:2]}
   * stands alone.
   */
  private boolean isJoint(String text, int start, int at) {
    char c = text.charAt(at);
    boolean inBrackets = !words.isEmpty() && bracketOpen();
    if (c == ':') {
      return !inBrackets;
    }
    return c == '-'
        && at + 1 < text.length()
        && Character.isLetterOrDigit(text.charAt(at + 1))
        && (Character.isLetter(text.charAt(start)) || !inBrackets);
  }

  private boolean bracketOpen() {
    for (int i = words.size() - 1; i >= 0; i--) {
      String t = words.get(i).text();
      if (t.equals("]")) {
        return false;
      }
      if (t.equals("[")) {
        return true;
      }
    }
    return false;
  }

  Word peek() {
    return words.get(next);
  }

  Word peek(int ahead) {
    return words.get(Math.min(next + ahead, words.size() - 1));
  }

  Word take() {
    Word w = peek();
    if (next < words.size() - 1) {
      next++;
    }
    return w;
  }

  /** Takes the next word if it is one of these. */
  boolean accept(String... texts) {
    for (String t : texts) {
      if (peek().text().equals(t)) {
        take();
        return true;
      }
    }
    return false;
  }

  void expect(String text) {
    if (!accept(text)) {
      throw error("expected '" + text + "'");
    }
  }

  int mark() {
    return next;
  }

  void reset(int mark) {
    next = mark;
  }

  /** An error about the next word. */
  Filter.SyntaxError error(String message) {
    Word w = peek();
    String near = w.text().isEmpty() ? "end of filter" : "'" + w.text() + "'";
    return new Filter.SyntaxError(message + ", found " + near, w.position());
  }
}
