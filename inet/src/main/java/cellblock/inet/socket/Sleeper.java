package cellblock.inet.socket;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.lane.LaneWait;
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
final class Sleeper extends LaneWait {
  private final Vnet vnet;
  private final String name;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile boolean timedOut;
  private @Nullable Callout timer;
  private boolean stopped;

  Sleeper(Vnet vnet, String name) {
    super(vnet.lane());
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
    timedOut = false;
    if (nanos > 0) {
      vnet.call(() -> arm(nanos));
    }
    until(() -> ready.getAsBoolean() || timedOut);
    if (nanos > 0) {
      vnet.call(() -> timer != null && timer.stop());
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

  /** The socket ends: no timer from now on. */
  void stop() {
    stopped = true;
    if (timer != null) {
      timer.stop();
    }
    wake();
  }
}
