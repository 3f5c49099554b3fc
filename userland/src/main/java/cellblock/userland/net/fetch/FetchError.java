package cellblock.userland.net.fetch;

import java.io.IOException;

/** Why a transfer failed: fetchLastErrString. */
final class FetchError extends IOException {
  private static final long serialVersionUID = 1L;

  /** Whether -a tries again after this (fetch.c, main: not what will not change). */
  private final boolean mayPass;

  private final boolean notModified;

  FetchError(String message, boolean mayPass) {
    this(message, mayPass, false);
  }

  private FetchError(String message, boolean mayPass, boolean notModified) {
    super(message);
    this.mayPass = mayPass;
    this.notModified = notModified;
  }

  static FetchError unchanged() {
    return new FetchError("Not Modified", false, true);
  }

  boolean mayPass() {
    return mayPass;
  }

  boolean notModified() {
    return notModified;
  }

  String text() {
    return String.valueOf(getMessage());
  }
}
