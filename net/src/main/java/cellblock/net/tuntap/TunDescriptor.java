package cellblock.net.tuntap;

import cellblock.kern.lane.Lane;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The open side of a device: what the interface has sent and the program has not read yet, bounded;
 * more is refused with ENOBUFS. It ends when it is closed or its interface is destroyed. Threading:
 * filled in turns of the interface's lane, read by one thread outside.
 */
public final class TunDescriptor {
  /** Packets that wait at most (ifqmaxlen). */
  static final int LIMIT = 128;

  private final int pid;
  private final ConcurrentLinkedQueue<byte[]> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger queued = new AtomicInteger();
  private volatile boolean open = true;
  private volatile @Nullable Thread reader;

  TunDescriptor(int pid) {
    this.pid = pid;
  }

  int pid() {
    return pid;
  }

  /** False: it is full. */
  boolean offer(byte[] packet) {
    if (queued.get() >= LIMIT) {
      return false;
    }
    queued.incrementAndGet();
    queue.add(packet);
    wake();
    return true;
  }

  void drain() {
    while (poll() != null) {
      // Nobody is to have it.
    }
  }

  void end() {
    open = false;
    drain();
    wake();
  }

  private void wake() {
    Thread t = reader;
    if (t != null) {
      Lane.CURRENT.get().wake(t);
    }
  }

  /** Who is unparked when a packet has come or the device has ended; null = nobody. */
  public void reader(@Nullable Thread thread) {
    reader = thread;
  }

  /** The oldest packet that waits, or null. */
  public byte @Nullable [] poll() {
    byte[] packet = queue.poll();
    if (packet != null) {
      queued.decrementAndGet();
    }
    return packet;
  }

  /** Whether a read would not wait. */
  public boolean ready() {
    return !queue.isEmpty() || !open;
  }

  /** Whether more may come. */
  public boolean isOpen() {
    return open;
  }

  @Override
  public String toString() {
    return "device opened by PID " + pid;
  }
}
