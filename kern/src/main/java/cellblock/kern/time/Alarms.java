package cellblock.kern.time;

import java.util.Comparator;
import java.util.TreeSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Which lane wants to be woken when. A lane has one alarm, for the earliest of its callouts. In
 * real time one thread serves the alarms ({@link #serve}); in virtual time the stepper asks for
 * {@link #next} and moves the clock there.
 *
 * <p>Threading: any; one short lock outside every packet's path.
 */
public final class Alarms {
  record Alarm(long deadline, long sequence, CalloutQueue queue) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition earlier = lock.newCondition();
  private final TreeSet<Alarm> alarms =
      new TreeSet<>(Comparator.comparingLong(Alarm::deadline).thenComparingLong(Alarm::sequence));
  private long sequence;
  private boolean stopped;

  /** Sets the one alarm of a lane to {@code deadline}; {@code old} is the one it had, or null. */
  Alarm arm(CalloutQueue queue, long deadline, @Nullable Alarm old) {
    lock.lock();
    try {
      if (old != null) {
        alarms.remove(old);
      }
      Alarm alarm = new Alarm(deadline, sequence++, queue);
      alarms.add(alarm);
      if (alarms.first() == alarm) {
        earlier.signal();
      }
      return alarm;
    } finally {
      lock.unlock();
    }
  }

  /** The lane wants to be woken no more. */
  void disarm(Alarm alarm) {
    lock.lock();
    try {
      alarms.remove(alarm);
    } finally {
      lock.unlock();
    }
  }

  /** How many lanes have an alarm set. */
  public int size() {
    lock.lock();
    try {
      return alarms.size();
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Alarm first() {
    return alarms.isEmpty() ? null : alarms.first();
  }

  /** The earliest deadline, nanoseconds since boot; {@code Long.MAX_VALUE} when there is none. */
  public long next() {
    lock.lock();
    try {
      Alarm first = first();
      return first == null ? Long.MAX_VALUE : first.deadline;
    } finally {
      lock.unlock();
    }
  }

  /** Posts to each lane whose alarm is due at {@code now}, in order of deadline. */
  public void ring(long now) {
    while (true) {
      CalloutQueue queue;
      lock.lock();
      try {
        Alarm first = first();
        if (first == null || first.deadline > now) {
          return;
        }
        alarms.remove(first);
        queue = first.queue;
      } finally {
        lock.unlock();
      }
      queue.due();
    }
  }

  /** Serves the alarms by a real clock until {@link #stop} or an interrupt. */
  public void serve(Clock clock) {
    while (awaitDue(clock)) {
      ring(clock.nanos());
    }
  }

  private boolean awaitDue(Clock clock) {
    lock.lock();
    try {
      while (!stopped) {
        Alarm first = first();
        if (first == null) {
          earlier.await();
        } else {
          long wait = first.deadline - clock.nanos();
          if (wait <= 0) {
            return true;
          }
          long left = earlier.awaitNanos(wait);
          if (left <= 0) {
            return true;
          }
        }
      }
      return false;
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
      earlier.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
