package cellblock.inet.socket;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;

/**
 * Where the urgent byte of a stream stands (ancestor: so_oobmark, t_iobc and t_oobflags, and
 * tcp_usr_rcvoob of netinet/tcp_usrreq.c). Reads stop in front of it; unless it belongs into the
 * line, it is left out of what is read. Differs from FreeBSD in that the byte stays in the ring
 * until the reader passes it.
 *
 * <p>Threading: {@link #set} in turns, the rest by the reader under its lock.
 */
final class UrgentMark {
  private static final int TAKEN = 256;
  private static final int NONE = -1;

  private final StreamRing ring;

  /** The byte's number in the ring, or -1. */
  private volatile long at = -1;

  private volatile boolean inline;

  /** The byte once the reader has passed it, {@link #TAKEN} or {@link #NONE}. */
  private int passed = NONE;

  UrgentMark(StreamRing ring) {
    this.ring = ring;
  }

  void set(long position) {
    at = position;
  }

  void inline(boolean on) {
    inline = on;
  }

  /** How much of {@code len} bytes a read may take now. */
  int cut(int len) {
    long mark = at;
    if (mark < 0) {
      return len;
    }
    long ahead = mark - ring.position();
    if (ahead > 0) {
      return (int) Math.min(len, ahead);
    }
    if (!inline && ring.size() == 0) {
      return len; // the byte is still under way
    }
    pass(mark);
    return len;
  }

  private void pass(long mark) {
    if (!inline) {
      int old = passed;
      byte[] one = new byte[1];
      ring.take(one, 0, 1);
      passed = old == TAKEN ? TAKEN : one[0] & 0xff;
    }
    if (at == mark) {
      at = -1;
    }
  }

  /** SIOCATMARK: whether the next read begins at the mark. */
  boolean reached() {
    return at >= 0 && at == ring.position();
  }

  /** Whether the byte can be read by MSG_OOB now: POLLPRI. */
  boolean ready() {
    long mark = at;
    return !inline
        && (mark >= 0 ? passed != TAKEN && arrived(mark) : passed >= 0 && passed < TAKEN);
  }

  private boolean arrived(long mark) {
    return mark - ring.position() < ring.size();
  }

  /**
   * MSG_OOB.
   *
   * @throws ErrnoException EINVAL without an urgent byte, EAGAIN while it is under way
   */
  int take(boolean peek) throws ErrnoException {
    long mark = at;
    if (inline || mark < 0 && passed == NONE || passed == TAKEN) {
      throw new ErrnoException(Errno.EINVAL);
    }
    if (mark < 0) {
      int value = passed;
      passed = peek ? value : TAKEN;
      return value;
    }
    if (!arrived(mark)) {
      throw new ErrnoException(Errno.EAGAIN);
    }
    byte[] one = new byte[1];
    ring.copy((int) (mark - ring.position()), one, 0, 1);
    if (!peek) {
      passed = TAKEN;
    }
    return one[0] & 0xff;
  }

  /** A new urgent byte is announced: what was known of the one before is forgotten. */
  void renew() {
    passed = NONE;
  }
}
