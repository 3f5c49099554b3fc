package cellblock.packetdrill;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/** A place in a list of tokens, and how one reads on from there. Threading: one thread. */
final class Cursor {
  private final List<Token> tokens;
  private final Map<String, Token> definitions;
  private int at;

  /**
   * @param definitions what {@code --define} puts in the place of a word
   */
  Cursor(List<Token> tokens, Map<String, Token> definitions) {
    this.tokens = tokens;
    this.definitions = definitions;
  }

  Token peek() {
    return peek(0);
  }

  /** The token {@code ahead} of the next one. */
  Token peek(int ahead) {
    Token t = tokens.get(Math.min(at + ahead, tokens.size() - 1));
    Token d = t.kind() == Token.Kind.WORD ? definitions.get(t.text()) : null;
    return d == null ? t : new Token(d.kind(), d.text(), t.line(), t.column());
  }

  Token next() {
    Token t = peek();
    if (at < tokens.size() - 1) {
      at++;
    }
    return t;
  }

  boolean atEnd() {
    return peek().kind() == Token.Kind.END;
  }

  /** Takes the symbol if it is next. */
  boolean take(String symbol) {
    if (!peek().is(symbol)) {
      return false;
    }
    next();
    return true;
  }

  /** Takes the word if it is next. */
  boolean takeWord(String word) {
    if (!peek().isWord(word)) {
      return false;
    }
    next();
    return true;
  }

  boolean takeEllipsis() {
    if (peek().kind() != Token.Kind.ELLIPSIS) {
      return false;
    }
    next();
    return true;
  }

  void expect(String symbol) throws ScriptException {
    if (!take(symbol)) {
      throw unexpected("'" + symbol + "'");
    }
  }

  String word(String what) throws ScriptException {
    if (peek().kind() != Token.Kind.WORD) {
      throw unexpected(what);
    }
    return next().text();
  }

  boolean atInteger() {
    return peek().kind() == Token.Kind.INTEGER || peek().kind() == Token.Kind.HEX;
  }

  /** An integer from {@code low} to {@code high}. */
  long integer(String what, long low, long high) throws ScriptException {
    Token t = peek();
    if (!atInteger()) {
      throw unexpected(what);
    }
    long value = value(t);
    if (value < low || value > high) {
      throw error(t, what + " out of range: " + t.text());
    }
    next();
    return value;
  }

  long unsigned(String what, int bits) throws ScriptException {
    return integer(what, 0, (1L << bits) - 1);
  }

  static long value(Token t) throws ScriptException {
    try {
      return t.kind() == Token.Kind.HEX
          ? Long.parseUnsignedLong(t.text().substring(2), 16)
          : Long.parseLong(t.text());
    } catch (NumberFormatException e) {
      throw error(t, "number too large: " + t.text());
    }
  }

  /** Seconds, as microseconds. */
  long time() throws ScriptException {
    Token t = peek();
    if (t.kind() != Token.Kind.FLOAT && t.kind() != Token.Kind.INTEGER) {
      throw unexpected("a time");
    }
    if (t.text().startsWith("-")) {
      throw error(t, "negative time");
    }
    next();
    try {
      return new BigDecimal(t.text()).movePointRight(6).longValue();
    } catch (NumberFormatException e) {
      throw error(t, "not a time: " + t.text());
    }
  }

  ScriptException unexpected(String wanted) {
    return error(peek(), "expected " + wanted + ", found " + peek().name());
  }

  static ScriptException error(Token at, String message) {
    return new ScriptException(at.line(), at.column(), message);
  }
}
