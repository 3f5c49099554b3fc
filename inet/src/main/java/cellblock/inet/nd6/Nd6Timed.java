package cellblock.inet.nd6;

import cellblock.inet.ip6.Ip6;
import cellblock.kern.time.Callout;
import org.jspecify.annotations.Nullable;

/**
 * A part of neighbour discovery with one callout for the many things that each have a moment of
 * their own. It is made when it is first set: most vnets have no such thing. The ledger calls it by
 * the part's toString. Threading: the vnet's lane.
 */
abstract class Nd6Timed {
  /** The moment of what lives for ever. */
  static final long NEVER = Long.MAX_VALUE;

  final Ip6 ip;
  private @Nullable Callout timer;

  Nd6Timed(Ip6 ip) {
    this.ip = ip;
  }

  /** The time has come: does what is due, and sets the callout again. */
  abstract void due();

  /** Nanoseconds since boot. */
  final long now() {
    return ip.vnet.lane().now();
  }

  /** Sets the callout to the earliest of the moments; {@link #NEVER} stops it. */
  final void dueAt(long moment) {
    if (moment == NEVER) {
      stopTimer();
    } else {
      dueIn(Math.max(1, moment - now()));
    }
  }

  /** Sets the callout to {@code delay} nanoseconds from now. */
  final void dueIn(long delay) {
    Callout known = timer;
    if (known == null) {
      known = ip.vnet.callout(this, this::due);
      timer = known;
    }
    known.reset(delay);
  }

  final void stopTimer() {
    if (timer != null) {
      timer.stop();
    }
  }
}
