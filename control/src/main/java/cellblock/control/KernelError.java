package cellblock.control;

import java.io.IOException;

/**
 * A request that the kernel refused. {@link #errno()} is FreeBSD's symbolic name ("ENXIO"), {@link
 * #text()} strerror(3)'s words ("Device not configured"). A message of the kernel's own (jail(2)'s
 * errmsg, for example) is {@link #getMessage()}; where there is none it equals {@link #text()}.
 */
public final class KernelError extends IOException {
  private static final long serialVersionUID = 1L;
  private final String errno;
  private final String text;

  /** An error with the kernel's own words. */
  public KernelError(String errno, String text, String message) {
    super(message);
    this.errno = errno;
    this.text = text;
  }

  /** The symbolic name, for example {@code ENOENT}. */
  public String errno() {
    return errno;
  }

  /** strerror(3)'s words for {@link #errno()}. */
  public String text() {
    return text;
  }
}
