package cellblock.packetdrill;

/** A script that is not in the language. Lines and columns count from 1. */
public final class ScriptException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int line;
  private final int column;

  public ScriptException(int line, int column, String message) {
    super(message);
    this.line = line;
    this.column = column;
  }

  public int line() {
    return line;
  }

  public int column() {
    return column;
  }
}
