package cellblock.inet.socket;

/**
 * The bytes of one direction of a stream (ancestor: struct sockbuf, kern/uipc_sockbuf.c; a ring of
 * a power of two in place of an mbuf chain, made when the first byte comes and doubled as needed up
 * to the limit).
 *
 * <p>Threading: one producer ({@link #put}, {@link #limit(int)} from anywhere), one consumer
 * ({@link #take}, {@link #copy}, {@link #drop}). The producer alone replaces the array: bytes that
 * a consumer still reads from the old one are never overwritten there.
 */
public final class StreamRing {
  private static final int FIRST = 1024;

  private final int smallest;
  private volatile byte[] array = {};
  private volatile int limit;
  private volatile long head;
  private volatile long tail;

  StreamRing() {
    this(FIRST);
  }

  /**
   * @param smallest how large it is made when the first byte comes: a power of two
   */
  StreamRing(int smallest) {
    this.smallest = smallest;
  }

  /** sb_hiwat: bytes it takes. */
  public int limit() {
    return limit;
  }

  /** Sets how much it takes; bytes beyond a lower limit stay. */
  public void limit(int bytes) {
    limit = bytes;
  }

  /** Number of the next byte to be taken, counted from the first one ever. Consumer. */
  public long position() {
    return head;
  }

  /** Number of the next byte to be appended. Producer. */
  public long end() {
    return tail;
  }

  /** Bytes in it. */
  public int size() {
    long h = head;
    return (int) (tail - h);
  }

  /** Bytes of memory that hold what is in it. */
  public int storage() {
    return size() == 0 ? 0 : array.length;
  }

  /** Bytes it would take now. */
  public int space() {
    return Math.max(0, limit - size());
  }

  /** Appends what fits below the limit; returns how much that was. Producer. */
  public int put(byte[] from, int off, int len) {
    return append(from, off, Math.min(len, space()));
  }

  /** Appends all of it, whatever the limit. Producer. */
  public int append(byte[] from, int off, int n) {
    if (n <= 0) {
      return 0;
    }
    long t = tail;
    byte[] a = room((int) (t - head) + n);
    int at = (int) t & a.length - 1;
    int first = Math.min(n, a.length - at);
    System.arraycopy(from, off, a, at, first);
    System.arraycopy(from, off + first, a, 0, n - first);
    tail = t + n;
    return n;
  }

  /**
   * Puts bytes {@code ahead} behind the end, where they wait for those before them: out-of-order
   * data lies where it belongs from the start. Producer.
   */
  public void place(int ahead, byte[] from, int off, int n) {
    if (n <= 0) {
      return;
    }
    long t = tail;
    byte[] a = room((int) (t - head) + ahead + n);
    int at = (int) (t + ahead) & a.length - 1;
    int first = Math.min(n, a.length - at);
    System.arraycopy(from, off, a, at, first);
    System.arraycopy(from, off + first, a, 0, n - first);
  }

  /** Bytes that were placed right behind the end become part of it. Producer. */
  public void commit(int n) {
    tail = tail + n;
  }

  private byte[] room(int need) {
    byte[] old = array;
    if (need <= old.length) {
      return old;
    }
    int size = Math.max(smallest, Integer.highestOneBit(need - 1) << 1);
    byte[] a = new byte[size];
    long h = head;
    for (int done = 0; done < old.length; ) { // all of it: bytes may lie ahead of the tail
      int from = (int) (h + done) & old.length - 1;
      int to = (int) (h + done) & size - 1;
      int n = Math.min(old.length - done, Math.min(old.length - from, size - to));
      System.arraycopy(old, from, a, to, n);
      done += n;
    }
    array = a;
    return a;
  }

  /** Takes up to {@code len} bytes out. Consumer. */
  public int take(byte[] to, int off, int len) {
    int n = Math.min(len, size());
    if (n > 0) {
      copy(0, to, off, n);
      head += n;
    }
    return n;
  }

  /** Copies {@code n} bytes from {@code skip} behind the first one; they stay. Consumer. */
  public void copy(int skip, byte[] to, int off, int n) {
    if (n <= 0) {
      return;
    }
    byte[] a = array;
    int at = (int) (head + skip) & a.length - 1;
    int first = Math.min(n, a.length - at);
    System.arraycopy(a, at, to, off, first);
    System.arraycopy(a, 0, to, off + first, n - first);
  }

  /** Forgets the first {@code n} bytes. Consumer. */
  public void drop(int n) {
    head += Math.min(n, size());
  }
}
