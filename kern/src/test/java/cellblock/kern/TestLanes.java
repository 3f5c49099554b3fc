package cellblock.kern;

import cellblock.kern.lane.FaultHandler;
import cellblock.kern.lane.Lane;
import cellblock.kern.lane.Lanes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/** Lanes without a machine: run by hand (stepped) or by whoever finds them free (inline). */
public final class TestLanes {
  /** Nanoseconds since boot, moved by the test. */
  public final AtomicLong clock = new AtomicLong();

  /** Lanes owed a turn, in stepped mode. */
  public final Deque<Lane> owed = new ArrayDeque<>();

  /** What turns let escape. */
  public final Queue<Throwable> faults = new ConcurrentLinkedQueue<>();

  public final Queue<Long> overruns = new ConcurrentLinkedQueue<>();
  public final Queue<StackTraceElement[]> stacks = new ConcurrentLinkedQueue<>();

  private final FaultHandler handler =
      new FaultHandler() {
        @Override
        public void fault(Lane lane, Throwable cause) {
          faults.add(cause);
        }

        @Override
        public void overrun(Lane lane, long nanos, StackTraceElement[] stack) {
          overruns.add(nanos);
          stacks.add(stack);
        }
      };

  /** Lanes whose turns the test takes one by one; waiting takes turns, too. */
  public Lanes stepped() {
    return new Lanes(
        owed::add,
        clock::get,
        Runnable::run,
        condition -> {
          while (!condition.getAsBoolean()) {
            if (!step()) {
              throw new IllegalStateException("nothing is owed a turn");
            }
          }
        },
        handler);
  }

  /** Lanes that run on the thread that makes them ready; waiting spins. */
  public Lanes inline(Executor workers) {
    return new Lanes(
        null,
        clock::get,
        workers,
        condition -> {
          while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
          }
        },
        handler);
  }

  /** Takes the turn owed longest. */
  public boolean step() {
    Lane next = owed.poll();
    if (next == null) {
      return false;
    }
    next.step();
    return true;
  }

  public void settle() {
    while (step()) {
      // until nothing is owed
    }
  }

  public static Lane lane(String name, Lanes lanes) {
    return new Lane(name, lanes, null, Lane.LIMIT);
  }

  /** Runs each piece of work on a platform thread of its own, all at once, and waits for all. */
  public static void together(List<? extends Runnable> work) {
    Queue<Throwable> failed = new ConcurrentLinkedQueue<>();
    List<Thread> threads =
        work.stream()
            .map(w ->
                Thread.ofPlatform()
                    .unstarted(() -> {
                      try {
                        w.run();
                      } catch (Throwable t) {
                        failed.add(t);
                      }
                    }))
            .toList();
    threads.forEach(Thread::start);
    for (Thread t : threads) {
      boolean over = false;
      while (!over) {
        try {
          t.join();
          over = true;
        } catch (InterruptedException e) {
          threads.forEach(Thread::interrupt);
        }
      }
    }
    if (!failed.isEmpty()) {
      throw new AssertionError("a thread failed", failed.peek());
    }
  }
}
