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
  long deadline;
  long order;
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
    if (index >= 0) {
      queue.remove(this);
    } else if (ledger != null) {
      entry = ledger.enter(LedgerKind.CALLOUT, this, null);
    }
    long now = queue.now();
    queue.add(this, delay > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + delay);
  }

  /** Cancels; true if it was pending: callout_stop. It never runs after this. */
  public boolean stop() {
    if (index < 0) {
      return false;
    }
    queue.remove(this);
    leave();
    return true;
  }

  public boolean pending() {
    return index >= 0;
  }

  /** When it will fire, nanoseconds since boot; meaningful while pending. */
  public long deadline() {
    return deadline;
  }

  void fire() {
    leave();
    action.run();
  }

  private void leave() {
    if (entry != null) {
      entry.leave();
      entry = null;
    }
  }

  @Override
  public String toString() {
    return what.toString();
  }
}
