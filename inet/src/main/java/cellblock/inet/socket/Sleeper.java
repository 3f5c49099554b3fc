package cellblock.inet.socket;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.time.Callout;
import cellblock.kern.vnet.Vnet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where the threads of one direction of a stream wait, one at a time (ancestor: sbwait, and the
 * sb_sel wakeups of kern/uipc_sockbuf.c). Threading: {@link #await} outside turns under {@link
 * #lock}; {@link #wake} and {@link #stop} in turns.
 */
final class Sleeper {
  private final Vnet vnet;
  private final String name;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile @Nullable Thread waiter;
  private volatile @Nullable Thread watcher;
  private volatile boolean timedOut;
  private @Nullable Callout timer;
  private boolean stopped;

  Sleeper(Vnet vnet, String name) {
    this.vnet = vnet;
    this.name = name;
  }

  void lock() {
    vnet.lane().lanes().waiting().lock(lock);
  }

  void unlock() {
    lock.unlock();
  }

  /**
   * Waits until {@code ready}; false when the time passed first.
   *
   * @param nanos {@link Socket#FOREVER}, or how long; 0 does not wait
   */
  boolean await(BooleanSupplier ready, long nanos) throws ErrnoException {
    if (nanos == 0 || ready.getAsBoolean()) {
      return ready.getAsBoolean();
    }
    waiter = Thread.currentThread();
    try {
      timedOut = false;
      if (nanos > 0) {
        vnet.call(() -> arm(nanos));
      }
      vnet.lane().lanes().waiting().interruptibly(() -> ready.getAsBoolean() || timedOut);
      if (nanos > 0) {
        vnet.call(() -> timer != null && timer.stop());
      }
    } finally {
      waiter = null;
    }
    if (ready.getAsBoolean()) {
      return true;
    }
    if (Thread.currentThread().isInterrupted()) {
      throw new ErrnoException(Errno.EINTR);
    }
    return false;
  }

  private boolean arm(long nanos) {
    if (stopped) {
      timedOut = true;
      return false;
    }
    if (timer == null) {
      timer = vnet.callout(name, this::timeout);
    }
    timer.reset(nanos);
    return true;
  }

  private void timeout() {
    timedOut = true;
    wake();
  }

  /** Who polls this direction, beside those who wait in {@link #await}; null = nobody. */
  void watch(@Nullable Thread thread) {
    watcher = thread;
  }

  void wake() {
    Thread t = waiter;
    if (t != null) {
      vnet.lane().wake(t);
    }
    Thread w = watcher;
    if (w != null) {
      vnet.lane().wake(w);
    }
  }

  /** The socket ends: no timer from now on. */
  void stop() {
    stopped = true;
    if (timer != null) {
      timer.stop();
    }
    wake();
  }
}
