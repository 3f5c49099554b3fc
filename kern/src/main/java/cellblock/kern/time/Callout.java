package cellblock.kern.time;

import cellblock.kern.ledger.Ledger;
import cellblock.kern.ledger.LedgerKind;
import org.jspecify.annotations.Nullable;

/**
 * A timer of a lane (ancestor: callout(9)). It stands in the vnet's ledger while it is pending: a
 * vnet with a pending callout is not dead. Threading: turns of the lane.
 */
public final class Callout {
  private final CalloutQueue queue;
  private final @Nullable Ledger ledger;
  private final Object what;
  private final Runnable action;
  private Ledger.@Nullable Entry entry;
  boolean pending;

  /** When it fires, and its place among those of the same moment. */
  long deadline;

  long order;

  /** The same as the queue has sorted it: no later. */
  long sortedDeadline;

  long sortedOrder;

  /** Place in the queue's heap, -1 = in none. One that was stopped may still have a place. */
  int index = -1;

  /**
   * @param ledger where it is registered while pending; null for the kernel lane's own
   * @param what what the ledger calls it, by its toString and only when it is read
   */
  public Callout(CalloutQueue queue, @Nullable Ledger ledger, Object what, Runnable action) {
    this.queue = queue;
    this.ledger = ledger;
    this.what = what;
    this.action = action;
  }

  /** Sets or moves the timer to {@code delay} nanoseconds from this turn's time: callout_reset. */
  public void reset(long delay) {
    if (!pending) {
      enter();
    }
    long now = queue.now();
    deadline = delay > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + delay;
    queue.set(this);
    pending = true;
  }

  /** Cancels; true if it was pending: callout_stop. It never runs after this. */
  public boolean stop() {
    if (!pending) {
      return false;
    }
    queue.stop(this);
    leave();
    return true;
  }

  public boolean pending() {
    return pending;
  }

  /** When it will fire, nanoseconds since boot; meaningful while pending. */
  public long deadline() {
    return deadline;
  }

  void fire() {
    leave();
    action.run();
  }

  private void enter() {
    if (ledger == null) {
      return;
    }
    if (entry == null || entry.madeBy() != null) {
      entry = ledger.enter(LedgerKind.CALLOUT, this, null);
    } else {
      entry.enterAgain();
    }
  }

  private void leave() {
    pending = false;
    if (entry != null) {
      entry.leave();
    }
  }

  @Override
  public String toString() {
    return what.toString();
  }
}
