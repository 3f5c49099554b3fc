package cellblock.userland.jail.conf;

import java.util.List;

/**
 * A token of jail.conf.
 *
 * @param kind a character of {@code {};,=}, or one of the constants
 * @param text as written, for messages
 * @param line where it ends, from 1
 */
record Token(int kind, List<Piece> pieces, String text, int line) {
  static final int END = -1;
  static final int WORD = 'w';
  static final int APPEND = '+';
  static final int STRANGE = '?';
}
