package cellblock.inet.nd6;

import cellblock.kern.time.Callout;
import cellblock.kern.vnet.Vnet;
import org.jspecify.annotations.Nullable;

/**
 * One callout for many things that each have a moment of their own. It is made when it is first
 * set: most vnets have no such thing. Threading: the vnet's lane.
 */
final class Nd6Timer {
  /** The moment of what lives for ever. */
  static final long NEVER = Long.MAX_VALUE;

  private final Vnet vnet;
  private final String what;
  private final Runnable action;
  private @Nullable Callout callout;

  /**
   * @param what what the ledger calls it
   */
  Nd6Timer(Vnet vnet, String what, Runnable action) {
    this.vnet = vnet;
    this.what = what;
    this.action = action;
  }

  /** Sets it to the earliest of the moments, nanoseconds since boot; {@link #NEVER} stops it. */
  void at(long moment) {
    if (moment == NEVER) {
      stop();
    } else {
      after(Math.max(1, moment - vnet.lane().now()));
    }
  }

  /** Sets it to {@code delay} nanoseconds from now. */
  void after(long delay) {
    Callout known = callout;
    if (known == null) {
      known = vnet.callout(what, action);
      callout = known;
    }
    known.reset(delay);
  }

  void stop() {
    if (callout != null) {
      callout.stop();
    }
  }
}
