package cellblock.userland.jail.conf;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts jail.conf into tokens. Descends from usr.sbin/jail/jaillex.l; adjoining strings and
 * variables come out as one word of several pieces, so that the parser need not put them together.
 */
final class Lexer {
  private static final String SINGLE = "!%&()-.:<>?@[]^`|~_";
  private static final String SPECIAL = "$*+/\\";

  private final String text;
  private final Complaints complaints;
  private final String file;
  private int at;
  private int line = 1;

  Lexer(String text, String file, Complaints complaints) {
    this.text = text;
    this.file = file;
    this.complaints = complaints;
  }

  /** The next token. */
  Token next() {
    Token token = null;
    while (token == null) {
      token = scan();
    }
    return token;
  }

  /** A token, or null when there was only something to complain of. */
  private @Nullable Token scan() {
    skipBlanks();
    if (at >= text.length()) {
      return new Token(Token.END, List.of(), "", line);
    }
    char c = text.charAt(at);
    if (c == '+' && startsWith("+=")) {
      at += 2;
      return new Token(Token.APPEND, List.of(), "+=", line);
    }
    if (",;={}".indexOf(c) >= 0) {
      at++;
      return new Token(c, List.of(), String.valueOf(c), line);
    }
    return word();
  }

  private void skipBlanks() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '\n') {
        line++;
        at++;
      } else if (c == ' ' || c == '\t' || c == '\r') {
        at++;
      } else if (c == '#' || startsWith("//")) {
        at = endOfLine(at);
      } else if (startsWith("/*")) {
        comment();
      } else {
        return;
      }
    }
  }

  private void comment() {
    int end = text.indexOf("*/", at + 2);
    if (end < 0) {
      complain("unterminated comment");
      advance(text.length());
    } else {
      advance(end + 2);
    }
  }

  private @Nullable Token word() {
    int start = at;
    List<Piece> pieces = new ArrayList<>();
    while (at < text.length() && piece(pieces)) {
      // One piece after another, until something ends the word.
    }
    if (at == start) {
      at++;
      return new Token(Token.STRANGE, List.of(), text.substring(start, at), line);
    }
    if (pieces.isEmpty()) {
      return null;
    }
    return new Token(Token.WORD, List.copyOf(pieces), text.substring(start, at), line);
  }

  /** Takes one piece, if there is one. */
  private boolean piece(List<Piece> pieces) {
    char c = text.charAt(at);
    if (c == '\'') {
      return singleQuoted(pieces);
    }
    if (c == '"') {
      return doubleQuoted(pieces);
    }
    if (c == '$' && variable(pieces, text.length(), "\n{}")) {
      return true;
    }
    if (startsWith("//") || startsWith("/*") || startsWith("+=")) {
      return false;
    }
    if (SPECIAL.indexOf(c) >= 0) {
      int end = c == '\\' ? Escapes.end(text, at) : at + 1;
      pieces.add(new Piece.Text(Escapes.resolve(text.substring(at, end))));
      advance(end);
      return true;
    }
    int end = at;
    while (end < text.length() && isPlain(text.charAt(end))) {
      end++;
    }
    if (end == at) {
      return false;
    }
    pieces.add(new Piece.Text(text.substring(at, end)));
    at = end;
    return true;
  }

  private boolean singleQuoted(List<Piece> pieces) {
    int end = closing(at + 1, '\'');
    if (end < 0) {
      return unterminated();
    }
    pieces.add(new Piece.Text(Escapes.resolve(text.substring(at + 1, end))));
    advance(end + 1);
    return true;
  }

  private boolean doubleQuoted(List<Piece> pieces) {
    int end = closing(at + 1, '"');
    if (end < 0) {
      return unterminated();
    }
    advance(at + 1);
    int begun = pieces.size();
    while (at < end) {
      int stop = at;
      while (stop < end && text.charAt(stop) != '$') {
        stop += text.charAt(stop) == '\\' ? 2 : 1;
      }
      stop = Math.min(stop, end);
      if (stop > at) {
        pieces.add(new Piece.Text(Escapes.resolve(text.substring(at, stop))));
        advance(stop);
      } else if (!variable(pieces, end, "\n\"{}")) {
        pieces.add(new Piece.Text("$"));
        at++;
      }
    }
    if (pieces.size() == begun) {
      pieces.add(new Piece.Text(""));
    }
    at = end + 1;
    return true;
  }

  /** Takes {@code $name} or the braced form; false when the dollar is only a dollar. */
  private boolean variable(List<Piece> pieces, int limit, String forbidden) {
    int from = at + 1;
    if (from < limit && text.charAt(from) == '{') {
      int end = from + 1;
      while (end < limit && forbidden.indexOf(text.charAt(end)) < 0) {
        end += text.charAt(end) == '\\' ? 2 : 1;
      }
      if (end < limit && text.charAt(end) == '}') {
        pieces.add(new Piece.Variable(Escapes.resolve(text.substring(from + 1, end))));
        advance(end + 1);
      } else {
        complain("unterminated variable");
        advance(Math.min(end, limit));
      }
      return true;
    }
    int end = from;
    while (end < limit && isNamePart(text.charAt(end), end == from)) {
      end++;
    }
    if (end == from) {
      return false;
    }
    pieces.add(new Piece.Variable(text.substring(from, end)));
    at = end;
    return true;
  }

  private boolean unterminated() {
    complain("unterminated string");
    at = endOfLine(at);
    return at < text.length();
  }

  private int closing(int from, char quote) {
    int i = from;
    while (i < text.length() && text.charAt(i) != quote) {
      i += text.charAt(i) == '\\' ? 2 : 1;
    }
    return i < text.length() ? i : -1;
  }

  private int endOfLine(int from) {
    int end = text.indexOf('\n', from);
    return end < 0 ? text.length() : end;
  }

  private boolean startsWith(String prefix) {
    return text.startsWith(prefix, at);
  }

  /** Moves on, counting the lines passed. */
  private void advance(int to) {
    while (at < to) {
      if (text.charAt(at++) == '\n') {
        line++;
      }
    }
  }

  private void complain(String words) {
    complaints.add(file, line, words);
  }

  private static boolean isPlain(char c) {
    return isNamePart(c, false) || SINGLE.indexOf(c) >= 0;
  }

  private static boolean isNamePart(char c, boolean first) {
    boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_';
    return letter || !first && c >= '0' && c <= '9';
  }
}
