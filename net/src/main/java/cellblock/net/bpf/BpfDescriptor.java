package cellblock.net.bpf;

import cellblock.kern.errno.ErrnoException;
import cellblock.kern.lane.Lane;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.CurVnet;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.IfTap;
import cellblock.net.ifnet.Ifnet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * An open capture (ancestor: struct bpf_d of net/bpfdesc.h). A bounded queue of copies, cut to a
 * length; what does not fit is counted and lost. It belongs to the interface where it is: when that
 * leaves its vnet, the capture ends (F24).
 *
 * <p>Threading: attached and closed in turns of the interface's lane; read by one thread outside.
 */
public final class BpfDescriptor implements IfTap {
  /**
   * A copy of a frame.
   *
   * @param nanos time of the turn, nanoseconds since boot
   * @param length bytes of the frame before it was cut
   * @param out whether it left
   * @param bytes the frame from its link header on, cut to the snap length
   */
  public record Captured(long nanos, int length, boolean out, byte[] bytes) {}

  private final Ifnet ifp;
  private final Vnet vnet;
  private final boolean checked;
  private final int snapLength;
  private final int limit;
  private final ConcurrentLinkedQueue<Captured> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger queued = new AtomicInteger();
  private volatile long received;
  private volatile long dropped;
  private volatile boolean open = true;
  private boolean promiscuous;
  private volatile @Nullable Thread reader;

  private BpfDescriptor(Ifnet ifp, int snapLength, int limit) {
    this.ifp = ifp;
    this.vnet = ifp.vnet();
    this.checked = vnet.machine().invariants();
    this.snapLength = snapLength;
    this.limit = limit;
  }

  /**
   * Starts a capture (BIOCSETIF); in a turn of the interface's lane.
   *
   * @param snapLength bytes kept of each frame
   * @param limit frames that wait for the reader at most
   * @param promiscuous BIOCPROMISC
   */
  public static BpfDescriptor open(Ifnet ifp, int snapLength, int limit, boolean promiscuous)
      throws ErrnoException {
    BpfDescriptor d = new BpfDescriptor(ifp, snapLength, limit);
    ifp.addTap(d);
    if (promiscuous) {
      ifp.promisc(true);
      d.promiscuous = true;
    }
    return d;
  }

  /** Ends the capture; in a turn of the interface's lane. What is queued may still be read. */
  public void close() {
    if (open) {
      ifp.removeTap(this);
      if (promiscuous) {
        ifp.promisc(false);
      }
      end();
    }
  }

  private void end() {
    open = false;
    wake();
  }

  /** Who is unparked when a frame has come or the capture has ended. */
  public void reader(Thread thread) {
    reader = thread;
  }

  /** The oldest frame that waits, or null. */
  public @Nullable Captured poll() {
    Captured c = queue.poll();
    if (c != null) {
      queued.decrementAndGet();
    }
    return c;
  }

  /** Whether no frame waits. */
  public boolean isEmpty() {
    return queue.isEmpty();
  }

  /** Whether more may come. */
  public boolean isOpen() {
    return open;
  }

  /** Frames seen (bs_recv). */
  public long received() {
    return received;
  }

  /** Frames lost, since the reader was slow (bs_drop). */
  public long dropped() {
    return dropped;
  }

  @Override
  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer: the lane
  public void tap(Ifnet of, Mbuf m, boolean out) {
    if (checked && CurVnet.get() != vnet) {
      throw vnet.machine()
          .memguard()
          .strayed(of + " of " + of.vnet(), this + ", opened in " + vnet);
    }
    received++;
    if (queued.get() >= limit) {
      dropped++;
      return;
    }
    byte[] bytes = new byte[Math.min(m.len, snapLength)];
    System.arraycopy(m.buf, m.off, bytes, 0, bytes.length);
    queued.incrementAndGet();
    queue.add(new Captured(Lane.CURRENT.get().now(), m.len, out, bytes));
    wake();
  }

  private void wake() {
    Thread t = reader;
    if (t != null) {
      Lane.CURRENT.get().wake(t);
    }
  }

  @Override
  public void departed(Ifnet from) {
    end();
  }

  @Override
  public String toString() {
    return "bpf on " + ifp;
  }
}
