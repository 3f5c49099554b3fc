package cellblock.net.route;

import cellblock.kern.lane.Event;
import cellblock.kern.lane.Lane;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The subscribers of a rib, told in the order in which they came (ancestor: rib_notify of
 * net/route/route_subscription.c). It differs in that the delayed ones, too, see changes in order.
 * Threading: the lane.
 */
final class RibSubscribers {
  private final Lane lane;
  private List<RibSubscription> all = List.of();

  /** Changes that a callback made while another was being told. */
  private @Nullable ArrayDeque<RibChange> untold; // most ribs never have a subscriber

  private @Nullable ArrayDeque<RibChange> delayed;
  private @Nullable Event deliver;
  private boolean telling;

  RibSubscribers(Lane lane) {
    this.lane = lane;
  }

  void add(RibSubscription s) {
    List<RibSubscription> now = new ArrayList<>(all);
    now.add(s);
    all = now;
  }

  void remove(RibSubscription s) {
    List<RibSubscription> now = new ArrayList<>(all);
    now.remove(s);
    all = now;
  }

  /** Tells the immediate ones now and the delayed ones in a later turn. */
  void tell(RibChange change) {
    if (all.isEmpty()) {
      return;
    }
    if (untold == null) {
      untold = new ArrayDeque<>(1);
    }
    untold.add(change);
    if (telling) {
      return; // whoever is telling goes on with it
    }
    telling = true;
    try {
      for (RibChange next; (next = poll(untold)) != null; ) {
        tellNow(next);
      }
    } finally {
      telling = false;
    }
  }

  private static @Nullable RibChange poll(@Nullable ArrayDeque<RibChange> queue) {
    return queue == null ? null : queue.poll();
  }

  private void tellNow(RibChange change) {
    boolean later = false;
    for (RibSubscription s : all) {
      if (s.when() == RibSubscription.When.IMMEDIATE) {
        s.tell(change);
      } else {
        later = true;
      }
    }
    if (later) {
      if (delayed == null) {
        delayed = new ArrayDeque<>(1);
      }
      if (deliver == null) {
        deliver = Event.of(this::deliver);
      }
      delayed.add(change);
      lane.post(deliver);
    }
  }

  private void deliver() {
    for (RibChange next; (next = poll(delayed)) != null; ) {
      for (RibSubscription s : all) {
        if (s.when() == RibSubscription.When.DELAYED) {
          s.tell(next);
        }
      }
    }
  }

  /** Tells all what is outstanding, then the last change, and lets go of them. */
  void close(RibChange closing, boolean tells) {
    for (RibChange next; (next = poll(untold)) != null; ) {
      tellNow(next);
    }
    deliver();
    if (tells) {
      for (RibSubscription s : all) {
        s.tell(closing);
      }
      all = List.of();
    }
  }

  /** The rib is freed, and with it the subscriptions that nobody has ended. */
  void freed() {
    for (RibSubscription s : all) {
      s.freed();
    }
    all = List.of();
  }
}
