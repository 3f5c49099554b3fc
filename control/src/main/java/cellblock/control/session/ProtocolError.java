package cellblock.control.session;

import java.io.IOException;

/** The peer broke a rule of the conversation; only its own connection ends. */
public final class ProtocolError extends IOException {
  private static final long serialVersionUID = 1L;

  /** An error with words for the peer. */
  public ProtocolError(String message) {
    super(message);
  }
}
