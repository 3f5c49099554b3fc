package cellblock.sim;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A thread that takes part in a simulated run: it runs only while it holds the run's baton, and
 * gives it away where it waits. Whoever drives the run from outside is one, too.
 *
 * <p>Threading: {@link #await} on its own thread; everything else by whoever holds the baton.
 */
public final class Program {
  private final String name;
  private @Nullable Thread thread;
  private @Nullable Wait wait;

  /** An interrupt that came while it was parked: the thread's own mark would keep it awake. */
  private volatile boolean interrupted;

  private volatile boolean holds;

  /** What a program waits for. */
  record Wait(BooleanSupplier condition, boolean interruptible) {}

  Program(String name) {
    this.name = name;
  }

  /** What it was called when it was started. */
  public String name() {
    return name;
  }

  boolean is(Thread other) {
    return thread == other;
  }

  void thread(Thread now) {
    thread = now;
  }

  /**
   * From now on it waits for that; null: for nothing but its turn. Returns what it waited for till
   * now: a step that it takes while it waits may wait, too.
   */
  @Nullable Wait waitFor(@Nullable Wait now) {
    Wait before = wait;
    wait = now;
    return before;
  }

  /** Whether it could go on. */
  boolean ready() {
    Wait w = wait;
    return w == null || w.condition.getAsBoolean() || (w.interruptible && isInterrupted());
  }

  private boolean isInterrupted() {
    Thread t = thread;
    return interrupted || (t != null && t.isInterrupted());
  }

  /** Hands the baton to it; the caller had it. */
  void give() {
    holds = true;
    LockSupport.unpark(thread);
  }

  /** Parks until it is given the baton, and takes it. */
  void await() {
    while (!holds) {
      LockSupport.park(this);
      // In this order: whoever looks sees one mark or the other at any time.
      if (Thread.currentThread().isInterrupted()) {
        interrupted = true;
        Thread.interrupted();
      }
    }
    holds = false;
  }

  /** Gives its thread the mark of an interrupt back that came while it was parked. */
  void remember() {
    if (interrupted) {
      interrupted = false;
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
