package cellblock.userland.jail.conf;

/** A part of a string of jail.conf: text as it is, or a variable to be put in. */
public sealed interface Piece {
  /** Text, escapes resolved. */
  record Text(String text) implements Piece {}

  /** {@code $name} or <code>${name}</code>. */
  record Variable(String name) implements Piece {}
}
