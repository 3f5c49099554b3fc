package cellblock.net.route;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.ledger.Ledger;
import cellblock.kern.ledger.LedgerKind;
import cellblock.kern.memguard.Grave;
import cellblock.kern.plan.Guard;
import cellblock.kern.vnet.Vnet;
import cellblock.wire.Family;
import cellblock.wire.IpPrefix;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The routing table of one FIB and family: changed here, read through {@link #fib} (ancestor:
 * struct rib_head and {@code net/route/route_ctl.c}).
 *
 * <p>A closed rib stays usable by whoever still names it: it holds nothing, answers nothing,
 * refuses additions, and ends subscriptions that are ended already. So it does not matter in which
 * order a vnet's subsystems are destroyed.
 *
 * <p>Threading: the lane of the vnet; {@link #fib}, {@link #generation} and {@link #open} from
 * anywhere.
 */
public final class Rib {
  private final Vnet vnet;
  private final Family family;
  private final int number;
  private final RouteOptions options;
  private final GatewayLookup gateways;
  private final Nexthops nexthops = new Nexthops(this);
  private final Ledger.Entry entry;
  private Ledger.@Nullable Entry routesEntry;
  private boolean destroyed;
  private volatile @Nullable Grave grave;

  private volatile Fib fib;
  private volatile boolean open = true;

  private final RibSubscribers subscribers;

  /** An empty rib, registered in the vnet's ledger. */
  Rib(Vnet vnet, Family family, int number, RouteOptions options) {
    this.vnet = vnet;
    this.family = family;
    this.number = number;
    this.options = options;
    this.gateways = new GatewayLookup(this);
    this.subscribers = new RibSubscribers(vnet.lane());
    this.fib = Fib.empty(family, 0);
    this.entry = vnet.ledger().enter(LedgerKind.RIB, this, null);
  }

  public Vnet vnet() {
    return vnet;
  }

  public Family family() {
    return family;
  }

  /** The FIB's number. */
  public int number() {
    return number;
  }

  /** The table as it stands. */
  public Fib fib() {
    return fib;
  }

  /** Grows with each change and never repeats (rnh_gen). */
  public long generation() {
    return fib.generation();
  }

  /** Whether routes can still be added. */
  public boolean open() {
    return open;
  }

  /** Nexthops in use, oldest first; the lane's. */
  public Collection<Nexthop> nexthops() {
    return nexthops.all();
  }

  /** Groups in use, oldest first; the lane's. */
  public Collection<NexthopGroup> groups() {
    return nexthops.groups();
  }

  RouteOptions options() {
    return options;
  }

  // ---- changes ----

  /**
   * Adds a route, or a way to one where multipath allows it. A pinned route takes the place of one
   * that is not (ancestor: rib_add_route).
   *
   * @throws ErrnoException EEXIST: there is such a route; ENETUNREACH: no interface reaches the
   *     gateway; EINVAL: flags, prefix and gateway do not agree; EAFNOSUPPORT; EBUSY: the vnet is
   *     going away
   */
  public RibChange add(RouteSpec spec) throws ErrnoException {
    gate(spec);
    IpPrefix prefix = spec.destination();
    Nexthop nh = nexthops.one(gateways.keyFor(spec));
    RouteTarget.Path path = new RouteTarget.Path(nh, Math.max(1, spec.weight()));
    try {
      RouteTarget old = find(prefix);
      if (old == null) {
        return put(RibChange.Command.ADD, prefix, null, List.of(path));
      }
      if (spec.has(RouteFlags.PINNED) && !pinned(old)) {
        return put(RibChange.Command.CHANGE, prefix, old, List.of(path));
      }
      return put(RibChange.Command.CHANGE, prefix, old, joined(old, path));
    } finally {
      nexthops.sweep(nh);
    }
  }

  /** The ways of a route and one more. */
  private List<RouteTarget.Path> joined(RouteTarget old, RouteTarget.Path path)
      throws ErrnoException {
    List<RouteTarget.Path> paths = new ArrayList<>(old.paths());
    boolean can = options.multipath().get() != 0 && multipath(path.nexthop());
    for (RouteTarget.Path p : paths) {
      can &= multipath(p.nexthop()) && p.nexthop() != path.nexthop();
    }
    if (!can || paths.size() >= NexthopGroup.WIDTH) {
      throw new ErrnoException(Errno.EEXIST);
    }
    paths.add(path);
    options.hashOutbound().set(1);
    return paths;
  }

  private static boolean multipath(Nexthop nh) {
    return nh.viaGateway() && (nh.flags() & NexthopFlags.REDIRECT) == 0;
  }

  private static boolean pinned(RouteTarget target) {
    return (target.paths().getFirst().nexthop().routeFlags() & RouteFlags.PINNED) != 0;
  }

  /**
   * Deletes a route, or the one way of it that the request's gateway, interface or address name. A
   * multipath route goes one named way at a time (ancestor: rib_del_route).
   *
   * @throws ErrnoException ESRCH: no such route or way; EADDRINUSE: it is pinned and the request is
   *     not
   */
  public RibChange delete(RouteSpec spec) throws ErrnoException {
    checkFamily(spec);
    IpPrefix prefix = spec.destination();
    RouteTarget old = find(prefix);
    if (old == null) {
      throw new ErrnoException(Errno.ESRCH);
    }
    List<RouteTarget.Path> kept = new ArrayList<>(old.paths());
    boolean any = kept.removeIf(p -> GatewayLookup.names(spec, p.nexthop()));
    if (!any || kept.isEmpty() && old.paths().size() > 1) {
      throw new ErrnoException(Errno.ESRCH);
    }
    if (pinned(old) && !spec.has(RouteFlags.PINNED)) {
      throw new ErrnoException(Errno.EADDRINUSE);
    }
    return kept.isEmpty() ? remove(prefix, old) : put(RibChange.Command.CHANGE, prefix, old, kept);
  }

  /**
   * Changes a route: what the request does not say stays. Of a multipath route it changes the way
   * whose gateway the request names (ancestor: rib_change_route).
   *
   * @throws ErrnoException as {@link #add}; ESRCH: no such route or way
   */
  public RibChange change(RouteSpec spec) throws ErrnoException {
    gate(spec);
    IpPrefix prefix = spec.destination();
    RouteTarget old = find(prefix);
    if (old == null) {
      throw new ErrnoException(Errno.ESRCH);
    }
    List<RouteTarget.Path> paths = new ArrayList<>(old.paths());
    int at = 0;
    if (paths.size() > 1) {
      while (at < paths.size() && !GatewayLookup.names(spec, paths.get(at).nexthop())) {
        at++;
      }
      if (at == paths.size()) {
        throw new ErrnoException(Errno.ESRCH);
      }
    }
    RouteTarget.Path was = paths.get(at);
    Nexthop nh = nexthops.one(gateways.keyAfter(was.nexthop(), spec));
    paths.set(at, new RouteTarget.Path(nh, spec.weight() == 0 ? was.weight() : spec.weight()));
    try {
      return put(RibChange.Command.CHANGE, prefix, old, paths);
    } finally {
      nexthops.sweep(nh);
    }
  }

  private void gate(RouteSpec spec) throws ErrnoException {
    vnet.gate();
    checkFamily(spec);
    if (!open) {
      throw new ErrnoException(Errno.EBUSY);
    }
  }

  private void checkFamily(RouteSpec spec) throws ErrnoException {
    if (spec.destination().family() != family) {
      throw new ErrnoException(Errno.EAFNOSUPPORT);
    }
  }

  private @Nullable RouteTarget find(IpPrefix p) {
    return fib.tree().exact(p.address().hi(), p.address().lo(), p.length());
  }

  private RibChange put(
      RibChange.Command command,
      IpPrefix p,
      @Nullable RouteTarget old,
      List<RouteTarget.Path> paths) {
    RouteTarget target = nexthops.group(List.copyOf(paths));
    nexthops.retain(target);
    publish(fib.tree().with(p.address().hi(), p.address().lo(), p.length(), target));
    RibChange change = new RibChange(this, command, generation(), p, old, target);
    if (old != null) {
      nexthops.release(old);
    }
    subscribers.tell(change);
    return change;
  }

  private RibChange remove(IpPrefix p, RouteTarget old) {
    publish(fib.tree().without(p.address().hi(), p.address().lo(), p.length()));
    RibChange change = new RibChange(this, RibChange.Command.DELETE, generation(), p, old, null);
    nexthops.release(old);
    subscribers.tell(change);
    return change;
  }

  /** Publishes a table; the ledger has one line for all routes together. */
  private void publish(PrefixTree<RouteTarget> tree) {
    fib = new Fib(family, tree, generation() + 1);
    if (tree.isEmpty() == (routesEntry == null)) {
      return;
    }
    if (routesEntry == null) {
      routesEntry = vnet.ledger().enter(LedgerKind.ROUTE, new Routes(this), null);
    } else {
      routesEntry.leave();
      routesEntry = null;
    }
  }

  /** The routes of a rib as the ledger shows them. */
  private record Routes(Rib of) {
    @Override
    public String toString() {
      return of.fib.size() + " routes of " + of;
    }
  }

  /**
   * Takes out every way whose nexthop {@code which} names, pinned ones included, and the routes
   * that are left without any. Published at once, then told in order of address (ancestor:
   * rib_walk_del, which leaves pinned routes).
   *
   * @return how many routes were deleted or changed
   */
  public int purge(Predicate<Nexthop> which) {
    Set<Nexthop> gone = Set.of();
    for (Nexthop nh : nexthops.all()) {
      if (which.test(nh)) {
        gone = gone.isEmpty() ? new LinkedHashSet<>() : gone;
        gone.add(nh);
      }
    }
    return gone.isEmpty() ? 0 : purge(gone);
  }

  private int purge(Set<Nexthop> gone) {
    List<RibChange> changes = new ArrayList<>();
    PrefixTree.Builder<RouteTarget> edit = fib.tree().edit();
    long next = generation() + 1;
    fib.forEach(e -> {
      List<RouteTarget.Path> kept = kept(e.target(), gone);
      if (kept.size() == e.target().paths().size()) {
        return;
      }
      changes.add(purged(edit, e, kept, next));
    });
    publish(edit.build());
    for (RibChange c : changes) {
      if (c.before() != null) {
        nexthops.release(c.before());
      }
    }
    changes.forEach(subscribers::tell);
    return changes.size();
  }

  private static List<RouteTarget.Path> kept(RouteTarget target, Set<Nexthop> gone) {
    if (target instanceof Nexthop nh && !gone.contains(nh)) {
      return target.paths();
    }
    return target.paths().stream().filter(p -> !gone.contains(p.nexthop())).toList();
  }

  private RibChange purged(
      PrefixTree.Builder<RouteTarget> edit,
      RouteEntry e,
      List<RouteTarget.Path> kept,
      long generation) {
    IpPrefix p = e.prefix();
    if (kept.isEmpty()) {
      edit.remove(p.address().hi(), p.address().lo(), p.length());
      return new RibChange(this, RibChange.Command.DELETE, generation, p, e.target(), null);
    }
    RouteTarget target = nexthops.group(kept);
    nexthops.retain(target);
    edit.put(p.address().hi(), p.address().lo(), p.length(), target);
    return new RibChange(this, RibChange.Command.CHANGE, generation, p, e.target(), target);
  }

  // ---- subscribers ----

  /**
   * Tells {@code callback} of each change from now on, and of the end. A change made inside a
   * callback is told after the present one, to all in the same order. A closed rib gives a
   * subscription that is closed.
   *
   * @param who for people, in the ledger
   */
  public RibSubscription subscribe(
      RibSubscription.When when, String who, Consumer<RibChange> callback) throws ErrnoException {
    vnet.gate();
    if (!open) {
      throw new ErrnoException(Errno.EBUSY);
    }
    RibSubscription s = new RibSubscription(this, subscribers, when, who, callback);
    subscribers.add(s);
    return s;
  }

  // ---- the end ----

  /**
   * Takes all routes out, lets go of every nexthop, clears the caches that hold one, and tells
   * every subscriber what is outstanding and then CLOSING. Twice is once. The shutdown stage does
   * this.
   */
  void close() {
    if (!open) {
      return;
    }
    open = false;
    publish(PrefixTree.empty(family.width()));
    nexthops.close();
    subscribers.close(
        new RibChange(this, RibChange.Command.CLOSING, generation(), null, null, null),
        vnet.machine().plan().has(Guard.RIB_CLOSING));
  }

  /** What is left of a rib that was destroyed, else null. */
  @Nullable Grave grave() {
    return grave;
  }

  /** Whether a nexthop that loses its last route clears those that remember it. */
  boolean clearsCaches() {
    return vnet.machine().plan().has(Guard.CACHES);
  }

  /** Frees the rib; closes it first where no shutdown stage did. */
  void destroy() {
    close();
    if (!destroyed) {
      destroyed = true;
      grave = vnet.machine().memguard().free(this + " of " + vnet);
      subscribers.freed();
      entry.leave();
    }
  }

  @Override
  public String toString() {
    return "rib " + family + " fib " + number;
  }
}
