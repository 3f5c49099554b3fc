package cellblock.tunnel;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;

/** Values of ifconfig(8)'s words. */
public final class Words {
  private Words() {}

  /** A number as strtoul(3) with base 0 reads it, 0 to 2^32-1 as its 32 bits; EINVAL. */
  public static int number(String text) throws ErrnoException {
    try {
      long value = Long.decode(text);
      if (value >= 0 && value <= 0xffff_ffffL) {
        return (int) value;
      }
    } catch (NumberFormatException e) {
      // falls through: it is none
    }
    throw new ErrnoException(Errno.EINVAL);
  }

  /** A number from {@code low} to {@code high}, both small; EINVAL. */
  public static int number(String text, int low, int high) throws ErrnoException {
    int value = number(text);
    if (value < low || value > high) {
      throw new ErrnoException(Errno.EINVAL);
    }
    return value;
  }
}
