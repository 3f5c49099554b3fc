package cellblock.kern.mbuf;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The mbufs of one lane. Three sizes: a tiny one for what is mostly header, a cluster that holds an
 * Ethernet frame of 1,500 bytes with room for headers, and a jumbo one for a whole 64 KiB packet.
 * Free ones are kept LIFO, so that the one used last is used next, while it is still in the cache.
 * Nothing is allocated once warm.
 *
 * <p>Threading: {@link #alloc} and {@link #free} in turns of the pool's lane. An mbuf of another
 * lane's pool that is freed here goes home at the end of the turn, in one CAS for a chain of them.
 * Ancestor: sys/kern/kern_mbuf.c.
 */
public final class MbufPool {
  /** Capacity of a tiny mbuf, bytes: an ARP packet, a ping, an acknowledgement. */
  public static final int TINY = 256;

  /** Capacity of a small mbuf, bytes. */
  public static final int CLUSTER = 2048;

  /** Capacity of a large mbuf, bytes. */
  public static final int JUMBO = 65536 + 512;

  /** Room left before the data of a fresh mbuf, for every header that output may put there. */
  public static final int HEADROOM = 128;

  /** Free mbufs of one size; more than a few are left to the garbage collector. */
  private static final class Shelf {
    private final int capacity;
    private final int limit;
    private @Nullable Mbuf top;
    private int kept;

    private Shelf(int capacity, int limit) {
      this.capacity = capacity;
      this.limit = limit;
    }

    private @Nullable Mbuf take() {
      Mbuf m = top;
      if (m != null) {
        top = m.nextFree;
        m.nextFree = null;
        kept--;
      }
      return m;
    }

    private void put(Mbuf m) {
      if (kept < limit) {
        m.nextFree = top;
        top = m;
        kept++;
      }
    }
  }

  private final Shelf tiny = new Shelf(TINY, 1024);
  private final Shelf small = new Shelf(CLUSTER, 1024);
  private final Shelf large = new Shelf(JUMBO, 64);

  private static final VarHandle RETURNED;

  static {
    try {
      RETURNED = MethodHandles.lookup().findVarHandle(MbufPool.class, "returned", Mbuf.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final int first;
  private long allocated;
  private long freed;

  /** Stack of mbufs that other lanes gave back. */
  @SuppressWarnings("UnusedVariable")
  private volatile @Nullable Mbuf returned;

  // What this lane owes to one other pool, until the end of the turn.
  private @Nullable MbufPool owedTo;
  private @Nullable Mbuf owedFirst;
  private @Nullable Mbuf owedLast;

  /** Keeps whatever is freed. */
  public MbufPool() {
    this(0);
  }

  /**
   * Leaves the first mbufs that are freed to the garbage collector: who hardly talks keeps none.
   */
  public MbufPool(int first) {
    this.first = first;
  }

  /**
   * A packet of {@code len} bytes, {@link #HEADROOM} from the start of its buffer. Its bytes are
   * whatever the buffer held before.
   */
  public Mbuf alloc(int len) {
    Shelf shelf = shelf(len + HEADROOM);
    Mbuf m = shelf.take();
    if (m == null) {
      reclaim();
      m = shelf.take();
      if (m == null) {
        m = new Mbuf(this, shelf.capacity);
      }
    }
    m.free = false;
    m.off = HEADROOM;
    m.len = len;
    allocated++;
    return m;
  }

  private Shelf shelf(int bytes) {
    return bytes <= TINY ? tiny : bytes <= CLUSTER ? small : large;
  }

  /** A copy of {@code m} with its packet header, from this pool. */
  public Mbuf copy(Mbuf m) {
    Mbuf c = alloc(m.len);
    System.arraycopy(m.buf, m.off, c.buf, c.off, m.len);
    c.flags = m.flags;
    c.csumFlags = m.csumFlags;
    c.segmentSize = m.segmentSize;
    c.flowId = m.flowId;
    c.fib = m.fib;
    c.priority = m.priority;
    c.hops = m.hops;
    return c;
  }

  /** Gives an mbuf back to where it came from. */
  public void free(Mbuf m) {
    if (m.free) {
      throw new IllegalStateException("mbuf freed twice");
    }
    m.free = true;
    m.flags = 0;
    m.csumFlags = 0;
    m.segmentSize = 0;
    m.flowId = 0;
    m.fib = 0;
    m.priority = 0;
    m.hops = 0;
    m.nextPacket = null;
    m.undirect();
    if (m.home == this) {
      keep(m);
    } else {
      owe(m);
    }
  }

  private void keep(Mbuf m) {
    freed++;
    if (freed > first) {
      shelf(m.buf.length).put(m);
    }
  }

  private void owe(Mbuf m) {
    if (owedTo != m.home) {
      flush();
      owedTo = m.home;
      owedLast = m;
    }
    m.nextFree = owedFirst;
    owedFirst = m;
  }

  /** Sends what is owed home: the end of a turn. */
  public void flush() {
    MbufPool to = owedTo;
    if (to == null) {
      return;
    }
    Mbuf first = owedFirst;
    Mbuf last = owedLast;
    owedTo = null;
    owedFirst = null;
    owedLast = null;
    if (last == null) {
      return;
    }
    Mbuf top;
    do {
      top = to.returned;
      last.nextFree = top;
    } while (!RETURNED.compareAndSet(to, top, first));
  }

  /** Takes in what other lanes gave back. */
  private void reclaim() {
    Mbuf m = (Mbuf) RETURNED.getAndSet(this, null);
    while (m != null) {
      Mbuf next = m.nextFree;
      keep(m);
      m = next;
    }
  }

  /** Mbufs of this pool that somebody holds. In a turn of the lane. */
  public long outstanding() {
    reclaim();
    return allocated - freed;
  }

  /** Mbufs handed out so far. */
  public long allocated() {
    return allocated;
  }
}
