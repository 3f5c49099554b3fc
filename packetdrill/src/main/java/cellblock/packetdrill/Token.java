package cellblock.packetdrill;

/**
 * A word of the language.
 *
 * @param kind what it is
 * @param text as it stands in the script; of strings and commands what is between the quotes
 * @param line counts from 1
 * @param column counts from 1
 */
record Token(Kind kind, String text, int line, int column) {
  enum Kind {
    INTEGER,
    HEX,
    FLOAT,
    WORD,
    STRING,
    COMMAND,
    CODE,
    OPTION,
    ELLIPSIS,
    ADDRESS4,
    ADDRESS6,
    SYMBOL,
    END
  }

  boolean is(String symbol) {
    return kind == Kind.SYMBOL && text.equals(symbol);
  }

  boolean isWord(String word) {
    return kind == Kind.WORD && text.equals(word);
  }

  /** As a message names it. */
  String name() {
    return kind == Kind.END ? "end of script" : "'" + text + "'";
  }
}
