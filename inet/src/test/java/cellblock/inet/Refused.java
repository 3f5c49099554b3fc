package cellblock.inet;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;

/** How something is refused. */
final class Refused {
  private Refused() {}

  /** Something that may be refused. */
  @FunctionalInterface
  interface Work {
    void run() throws ErrnoException;
  }

  /** The errno, or null when it was not refused. */
  static Errno by(Work work) {
    try {
      work.run();
      return null;
    } catch (ErrnoException e) {
      return e.errno();
    }
  }
}
