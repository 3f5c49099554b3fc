package cellblock.tunnel;

import cellblock.kern.errno.ErrnoException;
import cellblock.kern.vnet.Vnet;
import cellblock.net.route.Nexthop;
import cellblock.net.route.RibChange;
import cellblock.net.route.RibSubscription;
import cellblock.net.route.RouteCache;
import cellblock.net.route.RouteTables;
import cellblock.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * The way to a tunnel's far end: the nexthop is looked up once and remembered (ancestor: the route
 * cache of tunnels in the branch that seed 1 speaks of). A subscription to the rib of the tunnel's
 * FIB forgets it when a route around the far end comes, goes or changes; routes elsewhere do not
 * matter. A packet asks only whether the nexthop is still {@linkplain Nexthop#valid valid}.
 *
 * <p>All packets of a tunnel take the same way where a route has several. Opened when the tunnel
 * gets its ends, closed when it loses them: closing ends the subscription and lets go of the
 * nexthop, whatever state the rib is in. Threading: turns of the vnet's lane.
 */
public final class OuterRoute {
  private final RouteTables tables;
  private final RouteStats stats;
  private final String owner;
  private final IpAddress to;
  private final long hi;
  private final long lo;
  private final RouteCache cache;
  private int fib;
  private RibSubscription subscription;
  private boolean open = true;
  private boolean remembers;

  /**
   * Subscribes.
   *
   * @param owner for people: the interface's name
   * @param to the far end, without a zone
   * @throws ErrnoException EBUSY: the vnet is going away
   */
  public OuterRoute(Vnet vnet, RouteStats stats, String owner, int fib, IpAddress to)
      throws ErrnoException {
    this.tables = RouteTables.of(vnet);
    this.stats = stats;
    this.owner = owner;
    this.to = to;
    this.hi = to.hi();
    this.lo = to.lo();
    this.cache = new RouteCache(tables, owner);
    this.fib = fib;
    this.subscription = subscribe(fib);
  }

  private RibSubscription subscribe(int toFib) throws ErrnoException {
    return tables
        .rib(toFib, to.family())
        .subscribe(RibSubscription.When.IMMEDIATE, owner, this::changed);
  }

  private void changed(RibChange change) {
    if ((change.prefix() == null || change.prefix().contains(to)) && remembers) {
      remembers = false;
      stats.flushes++;
      cache.clear(); // where the rib itself has not done so
    }
  }

  /** Another FIB: what is remembered goes, and the other rib is followed. */
  public void fib(int now) throws ErrnoException {
    if (now != fib && open) {
      RibSubscription other = subscribe(now);
      subscription.unsubscribe();
      cache.clear();
      fib = now;
      subscription = other;
    }
  }

  /** The nexthop to the far end; null = no way at present. */
  public @Nullable Nexthop nexthop() {
    Nexthop held = cache.held();
    if (held != null && held.valid()) {
      stats.hits++;
      return held;
    }
    stats.misses++;
    Nexthop found = open ? cache.get(fib, to.family(), hi, lo, 0) : null;
    remembers = found != null;
    return found;
  }

  /** What is remembered now, whether or not it still holds. */
  public @Nullable Nexthop held() {
    return cache.held();
  }

  /** Ends the subscription and lets go of the nexthop; again does nothing. */
  public void close() {
    if (open) {
      open = false;
      subscription.unsubscribe();
      cache.clear();
    }
  }

  @Override
  public String toString() {
    return "way of " + owner + " to " + to + " in fib " + fib;
  }
}
