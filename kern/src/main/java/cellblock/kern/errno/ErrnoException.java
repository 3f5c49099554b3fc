package cellblock.kern.errno;

/**
 * A request refused: the one checked way by which the control plane says no. Never thrown for a
 * packet. It carries no stack trace: it is an answer, not a fault.
 */
public final class ErrnoException extends Exception {
  private static final long serialVersionUID = 1L;
  private final Errno errno;

  /** Refuses with strerror(3)'s words. */
  public ErrnoException(Errno errno) {
    this(errno, errno.text());
  }

  /** Refuses with words of the kernel's own, such as jail(2)'s errmsg. */
  public ErrnoException(Errno errno, String message) {
    super(message, null, false, false);
    this.errno = errno;
  }

  public Errno errno() {
    return errno;
  }
}
