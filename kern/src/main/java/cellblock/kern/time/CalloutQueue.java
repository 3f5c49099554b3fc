package cellblock.kern.time;

import cellblock.kern.lane.Event;
import cellblock.kern.lane.Lane;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The callouts of one lane: a binary heap by deadline, owned by the lane (ancestor: sys/kern/
 * kern_timeout.c, with a heap in place of the wheel: a lane has few callouts and pays nothing while
 * idle). Equal deadlines fire in the order in which they were set.
 *
 * <p>A timer of a connection is set anew with every packet and hardly ever fires. So one that is
 * put off keeps its place in the heap until that comes up, and one that is stopped leaves its place
 * when it comes up, or when too many have none to fire.
 *
 * <p>Threading: turns of the lane, but for {@link #due}.
 */
public final class CalloutQueue {
  private static final Callout[] NONE = {};

  private final Lane lane;
  private final Alarms alarms;
  private final Event tick;
  private Callout[] heap = NONE;
  private int size;

  /** Places of the heap whose callout was stopped. */
  private int stopped;

  private long sequence;
  private long armed = Long.MAX_VALUE;
  private Alarms.@Nullable Alarm alarm;

  public CalloutQueue(Lane lane, Alarms alarms) {
    this.lane = lane;
    this.alarms = alarms;
    this.tick =
        new Event() {
          @Override
          protected void fire(Lane ignored) {
            runDue();
          }

          @Override
          public String toString() {
            return "timers";
          }
        };
  }

  /** How many callouts are pending. */
  public int size() {
    return size - stopped;
  }

  /** The alarm rang; from any thread. */
  void due() {
    lane.post(tick);
  }

  long now() {
    return lane.now();
  }

  /** Its deadline was set. */
  void set(Callout c) {
    c.order = sequence++;
    if (c.index < 0) {
      add(c);
    } else {
      if (!c.pending) {
        stopped--;
      }
      if (c.deadline < c.sortedDeadline) {
        sort(c);
        up(c.index);
      }
    }
    arm(c);
  }

  /** It is not to fire: it is still pending. */
  void stop(Callout c) {
    if (c.index == size - 1) {
      remove(c);
    } else if (++stopped > 8 + size / 2) {
      c.pending = false;
      compact();
    }
  }

  private void add(Callout c) {
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, Math.max(4, size * 2));
    }
    sort(c);
    c.index = size;
    heap[size++] = c;
    up(c.index);
  }

  private static void sort(Callout c) {
    c.sortedDeadline = c.deadline;
    c.sortedOrder = c.order;
  }

  @SuppressWarnings("NullAway") // places at and above size hold null, those below never do
  private void remove(Callout c) {
    int at = c.index;
    c.index = -1;
    size--;
    Callout last = heap[size];
    heap[size] = null;
    if (last != c) {
      heap[at] = last;
      last.index = at;
      down(at);
      up(last.index);
    }
  }

  /** Takes out those that were stopped. */
  @SuppressWarnings("NullAway") // as above
  private void compact() {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      Callout c = heap[i];
      if (c.pending) {
        c.index = kept;
        heap[kept++] = c;
      } else {
        c.index = -1;
      }
    }
    Arrays.fill(heap, kept, size, null);
    size = kept;
    stopped = 0;
    for (int i = size / 2 - 1; i >= 0; i--) {
      down(i);
    }
  }

  /** The one that fires first, or null. */
  private @Nullable Callout first() {
    while (size > 0) {
      Callout c = heap[0];
      if (!c.pending) {
        remove(c);
        stopped--;
      } else if (c.order != c.sortedOrder) {
        sort(c);
        down(0);
      } else {
        return c;
      }
    }
    return null;
  }

  private void runDue() {
    armed = Long.MAX_VALUE;
    long now = lane.now();
    try {
      for (Callout c = first(); c != null && c.deadline <= now; c = first()) {
        remove(c);
        c.fire();
      }
    } finally {
      Callout next = first(); // also when a callout threw: the others are still due
      if (next != null) {
        arm(next);
      }
    }
  }

  private void arm(Callout c) {
    if (c.deadline < armed) {
      armed = c.deadline;
      alarm = alarms.arm(this, armed, alarm);
    }
  }

  /** The lane's vnet is gone: no alarm keeps it reachable. In a turn of the lane. */
  public void close() {
    if (alarm != null) {
      alarms.disarm(alarm);
      alarm = null;
      armed = Long.MAX_VALUE;
    }
  }

  private static boolean before(Callout a, Callout b) {
    return a.sortedDeadline < b.sortedDeadline
        || (a.sortedDeadline == b.sortedDeadline && a.sortedOrder < b.sortedOrder);
  }

  private void up(int from) {
    int i = from;
    Callout c = heap[i];
    while (i > 0) {
      int parent = (i - 1) >>> 1;
      if (!before(c, heap[parent])) {
        break;
      }
      heap[i] = heap[parent];
      heap[i].index = i;
      i = parent;
    }
    heap[i] = c;
    c.index = i;
  }

  private void down(int from) {
    int i = from;
    Callout c = heap[i];
    while (true) {
      int child = 2 * i + 1;
      if (child >= size) {
        break;
      }
      if (child + 1 < size && before(heap[child + 1], heap[child])) {
        child++;
      }
      if (!before(heap[child], c)) {
        break;
      }
      heap[i] = heap[child];
      heap[i].index = i;
      i = child;
    }
    heap[i] = c;
    c.index = i;
  }
}
