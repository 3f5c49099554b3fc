package cellblock.net.bridge;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;

/**
 * The parameters of the spanning tree protocol with their bounds (ancestor: the bstp_set_*
 * functions of net/bridgestp.c). They are kept and shown; nothing is sent. Threading: the lane.
 */
final class SpanningTree {
  private static final int PRIORITY_STEP = 4096;
  private static final int PORT_STEP = 16;

  int priority = 32768;
  int rootPriority;
  int helloTime = 2;
  int forwardDelay = 15;
  int maxAge = 20;
  int holdCount = 6;
  boolean rapid = true;

  /** bstp_init: a bridge that hears of no other is its own root. */
  void init() {
    rootPriority = priority;
  }

  void priority(int value) throws ErrnoException {
    priority = within(value, 0, 61440) / PRIORITY_STEP * PRIORITY_STEP;
    rootPriority = priority;
  }

  void helloTime(int value) throws ErrnoException {
    if (rapid) {
      throw new ErrnoException(Errno.EPERM); // only that of the old protocol can be changed
    }
    helloTime = within(value, 1, 2);
  }

  void forwardDelay(int value) throws ErrnoException {
    forwardDelay = within(value, 4, 30);
  }

  void maxAge(int value) throws ErrnoException {
    maxAge = within(value, 6, 40);
  }

  void holdCount(int value) throws ErrnoException {
    holdCount = within(value, 1, 10);
  }

  void protocol(String name) throws ErrnoException {
    switch (name) {
      case "stp" -> rapid = false;
      case "rstp" -> rapid = true;
      default -> throw new ErrnoException(Errno.EINVAL);
    }
  }

  static int portPriority(int value) throws ErrnoException {
    return within(value, 0, 240) / PORT_STEP * PORT_STEP;
  }

  int pathCost(int value) throws ErrnoException {
    return within(value, 0, rapid ? 200_000_000 : 65535);
  }

  private static int within(int value, int least, int most) throws ErrnoException {
    if (value < least || value > most) {
      throw new ErrnoException(Errno.EINVAL);
    }
    return value;
  }
}
