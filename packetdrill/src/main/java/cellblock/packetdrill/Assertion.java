package cellblock.packetdrill;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The one statement of Python that scripts put into code: {@code assert name == expression}, over
 * fields of TCP_INFO, numbers, and FreeBSD's names for them. Immutable.
 */
final class Assertion {
  private static final Map<String, Long> STATES =
      Map.ofEntries(
          Map.entry("TCPI_CLOSED", 0L),
          Map.entry("TCPI_LISTEN", 1L),
          Map.entry("TCPI_SYN_SENT", 2L),
          Map.entry("TCPI_SYN_RECEIVED", 3L),
          Map.entry("TCPI_ESTABLISHED", 4L),
          Map.entry("TCPI_CLOSE_WAIT", 5L),
          Map.entry("TCPI_FIN_WAIT_1", 6L),
          Map.entry("TCPI_CLOSING", 7L),
          Map.entry("TCPI_LAST_ACK", 8L),
          Map.entry("TCPI_FIN_WAIT_2", 9L),
          Map.entry("TCPI_TIME_WAIT", 10L));
  private static final Set<String> SIGNS = Set.of("=", "!", "<", ">");

  private final String text;
  private final Cursor in;
  private final Map<String, Long> facts;

  private Assertion(String text, List<Token> tokens, Map<String, Long> facts) {
    this.text = text;
    this.in = new Cursor(tokens, Map.of());
    this.facts = facts;
  }

  /** Code that is no assertion of this form. */
  static final class Foreign extends Exception {
    private static final long serialVersionUID = 1L;

    Foreign(String message) {
      super(message);
    }
  }

  /**
   * What is wrong, or "".
   *
   * @param facts fields by name
   */
  static String check(String code, Map<String, Long> facts) throws Foreign {
    String text = code.strip();
    try {
      return new Assertion(text, Lexer.tokens(text, Set.of()), facts).check();
    } catch (ScriptException e) {
      throw new Foreign("code is not run: " + e.getMessage());
    }
  }

  private String check() throws ScriptException, Foreign {
    if (!in.takeWord("assert")) {
      throw new Foreign("code is not run");
    }
    long left = or();
    StringBuilder sign = new StringBuilder();
    while (in.peek().kind() == Token.Kind.SYMBOL && SIGNS.contains(in.peek().text())) {
      sign.append(in.next().text());
    }
    long right = or();
    in.take(",");
    boolean holds =
        switch (sign.toString()) {
          case "==" -> left == right;
          case "!=" -> left != right;
          case "<" -> left < right;
          case "<=" -> left <= right;
          case ">" -> left > right;
          case ">=" -> left >= right;
          default -> throw new Foreign("code is not run");
        };
    return holds ? "" : text + ": expected " + right + ", actual " + left;
  }

  private long or() throws ScriptException, Foreign {
    long value = one();
    while (in.take("|")) {
      value |= one();
    }
    return value;
  }

  private long one() throws ScriptException, Foreign {
    if (in.take("(")) {
      long value = or();
      in.expect(")");
      return value;
    }
    if (in.atInteger()) {
      return Cursor.value(in.next());
    }
    String name = in.word("a name");
    Long value = facts.get(name);
    value = value == null ? STATES.get(name) : value;
    value = value == null ? Symbols.value(name) : value;
    if (value == null) {
      throw new Foreign("code is not run: " + name + " is not known");
    }
    return value;
  }
}
