package cellblock.net.route;

import cellblock.kern.memguard.Grave;
import cellblock.wire.Family;
import org.jspecify.annotations.Nullable;

/**
 * One remembered nexthop, for a pcb or a tunnel that sends to the same destination again and again
 * (ancestor: struct route with its {@code ro_nh} and {@code rt_cookie}, net/route.h; the tunnels'
 * route cache of the branch that seed 1 speaks of). It needs no subscription and no order of
 * teardown: the answer is used again only while the rib has not changed and the nexthop is
 * {@linkplain Nexthop#valid valid}, and a nexthop that loses its last route clears whoever
 * remembers it.
 *
 * <p>Threading: turns of the vnet's lane.
 */
public final class RouteCache {
  private final RouteTables tables;
  private final String owner;
  private @Nullable Nexthop nexthop;
  private long generation;
  private long hi;
  private long lo;
  private int fib;
  private int flow;

  /** Neighbours in the nexthop's list of caches. */
  @Nullable RouteCache next;

  private @Nullable RouteCache previous;

  /**
   * @param owner for people: whose it is
   */
  public RouteCache(RouteTables tables, String owner) {
    this.tables = tables;
    this.owner = owner;
  }

  /**
   * The nexthop for a destination: the remembered one if it still holds, else by a lookup,
   * remembered then. Arguments and answer as in {@link Fib#lookup}.
   */
  public @Nullable Nexthop get(int toFib, Family family, long toHi, long toLo, int ofFlow) {
    Nexthop held = nexthop;
    if (held != null
        && toHi == hi
        && toLo == lo
        && toFib == fib
        && ofFlow == flow
        && held.rib().family() == family
        && held.rib().generation() == generation
        && held.valid()) {
      return held;
    }
    return look(toFib, family, toHi, toLo, ofFlow);
  }

  private @Nullable Nexthop look(int toFib, Family family, long toHi, long toLo, int ofFlow) {
    clear();
    Fib table = tables.rib(toFib, family).fib();
    Nexthop found = table.lookup(toHi, toLo, ofFlow);
    if (found != null) {
      fib = toFib;
      hi = toHi;
      lo = toLo;
      flow = ofFlow;
      generation = table.generation();
      hold(found);
    }
    return found;
  }

  private void hold(Nexthop nh) {
    nexthop = nh;
    next = nh.caches;
    if (next != null) {
      next.previous = this;
    }
    nh.caches = this;
  }

  /** Lets go of what it remembers; nothing happens if that is nothing. */
  public void clear() {
    Nexthop held = nexthop;
    if (held == null) {
      return;
    }
    Grave dead = held.rib().grave();
    if (dead != null) {
      throw tables
          .vnet()
          .machine()
          .memguard()
          .touched(new Grave(held + " of " + dead.object(), dead.freed()), toString());
    }
    nexthop = null;
    if (previous == null) {
      held.caches = next;
    } else {
      previous.next = next;
    }
    if (next != null) {
      next.previous = previous;
    }
    next = null;
    previous = null;
  }

  /** What is remembered, whether or not it still holds. */
  public @Nullable Nexthop held() {
    return nexthop;
  }

  @Override
  public String toString() {
    return "route cache of " + owner;
  }
}
