package cellblock.kern.lane;

/**
 * A bug met in a turn, told to the one who asked for the turn. The cause keeps the turn's stack.
 */
public final class KernelFault extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public KernelFault(String message, Throwable cause) {
    super(message, cause);
  }
}
