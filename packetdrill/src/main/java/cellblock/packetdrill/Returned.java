package cellblock.packetdrill;

import cellblock.kern.errno.Errno;
import org.jspecify.annotations.Nullable;

/**
 * What a system call came to.
 *
 * @param value -1 where {@code errno} is set
 * @param mismatch what is wrong with a value that it gave out, or null
 */
record Returned(long value, @Nullable Errno errno, @Nullable String mismatch) {
  static Returned of(long value) {
    return new Returned(value, null, null);
  }

  static Returned failed(Errno errno) {
    return new Returned(-1, errno, null);
  }

  @Override
  public String toString() {
    return errno == null ? Long.toString(value) : "-1 " + errno;
  }
}
