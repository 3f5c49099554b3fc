package cellblock.userland.net;

/**
 * Ends a run from anywhere inside a tool, as exit(3) does; caught once, in {@link Stdio#run}. It has no
 * stack trace: it is not a fault.
 */
public final class ToolExit extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final int status;

  /** An exit with {@code status}, of which eight bits reach the caller. */
  public ToolExit(int status) {
    super("exit " + status, null, false, false);
    this.status = status;
  }

  /** The exit status, 0..255. */
  public int status() {
    return status & 0xff;
  }
}
