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
 * <p>Threading: turns of the lane, but for {@link #due}.
 */
public final class CalloutQueue {
  private static final Callout[] NONE = {};

  private final Lane lane;
  private final Alarms alarms;
  private final Event tick;
  private Callout[] heap = NONE;
  private int size;
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
    return size;
  }

  /** The alarm rang; from any thread. */
  void due() {
    lane.post(tick);
  }

  long now() {
    return lane.now();
  }

  void add(Callout c, long deadline) {
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, Math.max(4, size * 2));
    }
    c.deadline = deadline;
    c.order = sequence++;
    c.index = size;
    heap[size++] = c;
    up(c.index);
    armFirst();
  }

  @SuppressWarnings("NullAway") // places at and above size hold null, those below never do
  void remove(Callout c) {
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

  private void runDue() {
    armed = Long.MAX_VALUE;
    long now = lane.now();
    try {
      while (size > 0 && heap[0].deadline <= now) {
        Callout c = heap[0];
        remove(c);
        c.fire();
      }
    } finally {
      armFirst(); // also when a callout threw: the others are still due
    }
  }

  private void armFirst() {
    if (size > 0 && heap[0].deadline < armed) {
      armed = heap[0].deadline;
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
    return a.deadline < b.deadline || (a.deadline == b.deadline && a.order < b.order);
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
