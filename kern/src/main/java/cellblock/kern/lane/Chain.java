package cellblock.kern.lane;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The FIFO of lanes that one thread has made ready and owes a turn, and the threads that it owes a
 * wake-up. A turn hands its output to the chain before it releases its lane, so that another thread may
 * take the lane and fill it anew. Not shared.
 */
final class Chain {
  private @Nullable Lane head;
  private @Nullable Lane tail;
  private @Nullable Thread[] waiters = NONE;
  private int waiting;

  private static final @Nullable Thread[] NONE = {};

  void append(Lane first, Lane last) {
    if (tail == null) {
      head = first;
    } else {
      tail.nextReady = first;
    }
    tail = last;
  }

  @Nullable Lane poll() {
    Lane lane = head;
    if (lane != null) {
      head = lane.nextReady;
      if (head == null) {
        tail = null;
      }
      lane.nextReady = null;
    }
    return lane;
  }

  boolean isEmpty() {
    return head == null;
  }

  void owe(Thread[] threads, int n) {
    if (waiting + n > waiters.length) {
      waiters = java.util.Arrays.copyOf(waiters, Math.max(8, (waiting + n) * 2));
    }
    System.arraycopy(threads, 0, waiters, waiting, n);
    waiting += n;
  }

  /** Wake-ups may only unpark: no foreign code runs here. */
  void wake() {
    for (int i = 0; i < waiting; i++) {
      LockSupport.unpark(waiters[i]);
      waiters[i] = null;
    }
    waiting = 0;
  }
}
