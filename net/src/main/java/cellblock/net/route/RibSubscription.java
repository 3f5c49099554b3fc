package cellblock.net.route;

import cellblock.kern.ledger.Ledger;
import cellblock.kern.ledger.LedgerKind;
import cellblock.kern.memguard.Grave;
import java.util.function.Consumer;

/**
 * Somebody who is told of each change of a rib (ancestor: struct rib_subscription,
 * net/route/route_subscription.c). It differs in its end: a closing rib tells each subscriber so
 * and lets go of it, and unsubscribing is legal in every state, before or after that, any number of
 * times.
 *
 * <p>Threading: turns of the vnet's lane.
 */
public final class RibSubscription {
  /** When a subscriber is told. */
  public enum When {
    /** In the turn of the change, right after the new {@link Fib} was published. */
    IMMEDIATE,
    /** In a later turn of the lane; in order, and before CLOSING. */
    DELAYED
  }

  /** Where a subscription stands. */
  public enum State {
    ACTIVE,
    /** The rib closed; nothing more will come. */
    CLOSED,
    UNSUBSCRIBED,
    /** Its rib was destroyed under it. */
    FREED
  }

  private final Rib rib;
  private final RibSubscribers among;
  private final When when;
  private final String who;
  private final Consumer<RibChange> callback;
  private final long since;
  private final Ledger.Entry entry;
  private State state = State.ACTIVE;
  private int running;

  RibSubscription(
      Rib rib, RibSubscribers among, When when, String who, Consumer<RibChange> callback) {
    this.rib = rib;
    this.among = among;
    this.when = when;
    this.who = who;
    this.callback = callback;
    this.since = rib.generation();
    this.entry = rib.vnet().ledger().enter(LedgerKind.SUBSCRIPTION, this, null);
  }

  When when() {
    return when;
  }

  public State state() {
    return state;
  }

  /** Tells of one change, unless it is older than the subscription. */
  void tell(RibChange change) {
    if (state != State.ACTIVE || change.generation() <= since) {
      return;
    }
    if (change.command() == RibChange.Command.CLOSING) {
      end(State.CLOSED);
    }
    running++;
    try {
      callback.accept(change);
    } finally {
      running--;
    }
  }

  private void end(State now) {
    state = now;
    entry.leave();
  }

  void freed() {
    if (state == State.ACTIVE) {
      end(State.FREED);
    }
  }

  /**
   * Ends it: the callback is not called from now on. Nothing happens when it ended already.
   *
   * @return whether the callback is not running: false = this call comes from inside it, so it is
   *     still to return
   */
  public boolean unsubscribe() {
    Grave dead = rib.grave();
    if (state == State.FREED && dead != null) {
      throw rib.vnet()
          .machine()
          .memguard()
          .touched(new Grave("subscription of " + this, dead.freed()), who);
    }
    if (state == State.ACTIVE) {
      end(State.UNSUBSCRIBED);
      among.remove(this);
    }
    return running == 0;
  }

  @Override
  public String toString() {
    return who + " on " + rib;
  }
}
