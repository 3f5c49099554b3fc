package cellblock.kern.lane;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Finds turns that take too long, with the stack of the thread that is in them (law 8). It looks
 * from outside now and then, so that a turn pays no clock reading for it: a turn is reported once,
 * at the first look after it has been seen for longer than the limit. Threading: {@link #serve} on
 * a thread of its own in real time, or {@link #look} by one thread.
 */
public final class TurnWatch {
  private record Seen(long turn, long since, boolean told) {}

  private final Lanes lanes;
  private final long limit;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition stop = lock.newCondition();
  private boolean stopped;
  private Map<Integer, Seen> seen = new TreeMap<>();
  private @Nullable Lane[] looked = {};

  /**
   * @param limit nanoseconds
   */
  public TurnWatch(Lanes lanes, long limit) {
    this.lanes = lanes;
    this.limit = limit;
  }

  /** Looks once at every lane that a thread is at. */
  public void look() {
    long now = lanes.clock.nanos();
    @Nullable Lane[] all = lanes.running();
    Map<Integer, Seen> found = new TreeMap<>();
    for (int i = 0; i < all.length; i++) {
      Lane lane = all[i];
      long turn = lane == null ? 0 : lane.turns();
      if (lane != null && (turn & 1) != 0) {
        Seen before = i < looked.length && looked[i] == lane ? seen.get(i) : null;
        if (before == null || before.turn != turn) {
          found.put(i, new Seen(turn, now, false));
        } else {
          found.put(i, report(lane, before, now));
        }
      }
    }
    seen = found;
    looked = all;
  }

  private Seen report(Lane lane, Seen before, long now) {
    if (before.told || now - before.since <= limit) {
      return before;
    }
    Thread runner = lane.runner();
    StackTraceElement[] stack = runner == null ? new StackTraceElement[0] : runner.getStackTrace();
    if (lane.turns() != before.turn) {
      return before; // it has ended: the stack is another turn's
    }
    lanes.faults.overrun(lane, now - before.since, stack);
    return new Seen(before.turn, before.since, true);
  }

  /** Looks every half limit until {@link #stop} or an interrupt. */
  public void serve() {
    while (pause()) {
      look();
    }
  }

  private boolean pause() {
    lock.lock();
    try {
      if (!stopped) {
        stop.awaitNanos(limit / 2);
      }
      return !stopped;
    } catch (InterruptedException e) {
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** Ends {@link #serve}. */
  public void stop() {
    lock.lock();
    try {
      stopped = true;
      stop.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
