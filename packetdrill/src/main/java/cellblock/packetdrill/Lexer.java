package cellblock.packetdrill;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts a script into tokens: C, C++ and, at the start of a line, shell comments are left out, and
 * so is what stands between {@code #ifdef} of an unknown name and {@code #endif}. Threading: one
 * thread.
 */
final class Lexer {
  private static final Pattern ADDRESS4 = Pattern.compile("\\d+\\.\\d+\\.\\d+\\.\\d+");
  private static final Pattern NUMBER = Pattern.compile("-?\\d*\\.\\d+|0[xX][0-9a-fA-F]+|-?\\d+");
  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_]+");
  private static final Pattern DASHED =
      Pattern.compile(
          "(?:EXP-FO|exp-FO|exp-AccECN[01]|exp-tarr|voice-admit|gen-\\d+|exp-[0-9a-f]+)");
  private static final Pattern OPTION =
      Pattern.compile("--[A-Za-z0-9_]+(?:=(?:[A-Za-z0-9_]+=)?(?:\"[^\"]*\"|`[^`]*`|[^\\s\"`]+))?");
  private static final Pattern ADDRESS6 =
      Pattern.compile("[0-9a-fA-F:]*::[0-9a-fA-F:.]*|(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}");
  private static final Pattern DIRECTIVE =
      Pattern.compile("#ifdef\\s+([A-Za-z][A-Za-z0-9_]*)|#endif");

  private final String text;
  private final Set<String> defined;
  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private int line = 1;
  private int lineStart;
  private int ifdefLine;

  private Lexer(String text, Set<String> defined) {
    this.text = text;
    this.defined = defined;
  }

  /**
   * @param defined names that {@code #ifdef} knows
   */
  static List<Token> tokens(String text, Set<String> defined) throws ScriptException {
    Lexer lexer = new Lexer(text, defined);
    lexer.run();
    return lexer.tokens;
  }

  private void run() throws ScriptException {
    while (true) {
      skip();
      if (at >= text.length()) {
        break;
      }
      token();
    }
    if (ifdefLine != 0) {
      throw new ScriptException(ifdefLine, 1, "unterminated #ifdef");
    }
    add(Token.Kind.END, "", at);
  }

  // ---- what does not count ----

  private void skip() throws ScriptException {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '\n') {
        at++;
        line++;
        lineStart = at;
      } else if (c == ' ' || c == '\t' || c == '\r' || c == '\f') {
        at++;
      } else if (text.startsWith("//", at)) {
        toLineEnd();
      } else if (text.startsWith("/*", at)) {
        over("*/", "comment");
      } else if (c == '#') {
        directive();
      } else {
        return;
      }
    }
  }

  private void directive() throws ScriptException {
    Matcher m = DIRECTIVE.matcher(text).region(at, text.length());
    if (!m.lookingAt()) {
      if (!text.substring(lineStart, at).isBlank()) {
        throw error("stray '#'");
      }
      toLineEnd();
      return;
    }
    String name = m.group(1);
    if (name == null) {
      if (ifdefLine == 0) {
        throw error("#endif without #ifdef");
      }
      ifdefLine = 0;
      at = m.end();
      return;
    }
    if (ifdefLine != 0) {
      throw error("#ifdef within #ifdef");
    }
    ifdefLine = line;
    at = m.end();
    if (!defined.contains(name)) {
      over("#endif", "#ifdef");
      ifdefLine = 0;
    }
  }

  private void toLineEnd() {
    int end = text.indexOf('\n', at);
    at = end < 0 ? text.length() : end;
  }

  /** Moves behind {@code end}, counting lines. */
  private void over(String end, String what) throws ScriptException {
    int to = text.indexOf(end, at + (end.length() == 2 ? 2 : 0));
    if (to < 0) {
      throw error("unterminated " + what);
    }
    count(to + end.length());
  }

  private void count(int to) {
    while (at < to) {
      if (text.charAt(at++) == '\n') {
        line++;
        lineStart = at;
      }
    }
  }

  // ---- what counts ----

  private void token() throws ScriptException {
    char c = text.charAt(at);
    if (c == '"' || c == '`') {
      quoted(c);
    } else if (text.startsWith("%{", at)) {
      code();
    } else if (text.startsWith("...", at)) {
      add(Token.Kind.ELLIPSIS, "...", at);
      at += 3;
    } else if (!(take(Token.Kind.OPTION, OPTION)
        || address6()
        || take(Token.Kind.ADDRESS4, ADDRESS4)
        || take(Token.Kind.WORD, DASHED)
        || number()
        || take(Token.Kind.WORD, WORD))) {
      add(Token.Kind.SYMBOL, String.valueOf(c), at);
      at++;
    }
  }

  private boolean take(Token.Kind kind, Pattern pattern) {
    Matcher m = pattern.matcher(text).region(at, text.length());
    if (!m.lookingAt()) {
      return false;
    }
    add(kind, m.group(), at);
    at = m.end();
    return true;
  }

  /** An address, not a range of sequence numbers: those have one colon. */
  private boolean address6() {
    char c = text.charAt(at);
    return (c == ':' || Character.digit(c, 16) >= 0) && take(Token.Kind.ADDRESS6, ADDRESS6);
  }

  /** A number; but the longest match wins, so 5abc is a word, and 1...2 are two integers. */
  private boolean number() {
    Matcher n = NUMBER.matcher(text).region(at, text.length());
    if (!n.lookingAt()) {
      return false;
    }
    Matcher w = WORD.matcher(text).region(at, text.length());
    if (w.lookingAt() && w.end() > n.end()) {
      return false;
    }
    String found = n.group();
    Token.Kind kind =
        found.contains(".")
            ? Token.Kind.FLOAT
            : found.startsWith("0x") || found.startsWith("0X")
                ? Token.Kind.HEX
                : Token.Kind.INTEGER;
    add(kind, found, at);
    at = n.end();
    return true;
  }

  private void quoted(char quote) throws ScriptException {
    int start = at;
    int startLine = line;
    int startColumn = at - lineStart + 1;
    int end = at + 1;
    while (end < text.length() && text.charAt(end) != quote) {
      end += text.charAt(end) == '\\' ? 2 : 1;
    }
    if (end >= text.length()) {
      throw error(quote == '"' ? "unterminated string" : "unterminated command");
    }
    Token.Kind kind = quote == '"' ? Token.Kind.STRING : Token.Kind.COMMAND;
    tokens.add(new Token(kind, text.substring(start + 1, end), startLine, startColumn));
    count(end + 1);
  }

  private void code() throws ScriptException {
    int start = at;
    int startLine = line;
    int startColumn = at - lineStart + 1;
    over("}%", "code");
    String body = text.substring(start + 2, at - 2);
    tokens.add(new Token(Token.Kind.CODE, body, startLine, startColumn));
  }

  private void add(Token.Kind kind, String what, int from) {
    tokens.add(new Token(kind, what, line, from - lineStart + 1));
  }

  private ScriptException error(String message) {
    return new ScriptException(line, at - lineStart + 1, message);
  }
}
