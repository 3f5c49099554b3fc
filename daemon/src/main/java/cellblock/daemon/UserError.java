package cellblock.daemon;

/** A mistake of the user's or a fault of the host, told in one line and without a stack trace. */
public final class UserError extends Exception {
  private static final long serialVersionUID = 1L;

  /** An error with its line. */
  public UserError(String message) {
    super(message, null, false, false);
  }
}
