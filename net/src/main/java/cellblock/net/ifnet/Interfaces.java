package cellblock.net.ifnet;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.ledger.Ledger;
import cellblock.kern.ledger.LedgerKind;
import cellblock.kern.plan.Guard;
import cellblock.kern.plan.TeardownPlan;
import cellblock.kern.vnet.Vnet;
import cellblock.kern.vnet.VnetVariable;
import cellblock.wire.Family;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The interfaces of one vnet, and who wants to know of them (ancestor: V_ifnet, V_ifg_head,
 * V_if_cloners and the ifnet event handlers of net/if.c).
 *
 * <p>Threading: changed in turns of the vnet's lane. {@link #list}, {@link #byIndex} and {@link
 * #attachedByIndex} may be asked by anyone in a section.
 */
public final class Interfaces {
  public static final VnetVariable<Interfaces> V_IFNET =
      VnetVariable.define("ifnet", Interfaces::new);

  /** A listener's place among the others, until it is closed. */
  private final class Listening implements IfRegistration {
    final int order;
    final IfListener listener;
    final Ledger.Entry entry;

    Listening(int order, IfListener listener) {
      this.order = order;
      this.listener = listener;
      this.entry = vnet.ledger().enter(LedgerKind.HOOK, listener, null);
    }

    @Override
    public void close() {
      listeners = Snapshots.without(listeners, this);
      entry.leave();
    }
  }

  private static final Listening[] NOBODY = {};

  /** So many interfaces are looked through faster than hashed. */
  private static final int FEW = 8;

  private final Vnet vnet;
  private final IfIndexTable table;
  private final IfCloners cloners;

  /** By order of arrival; anyone may walk it. */
  private final ConcurrentSkipListMap<Long, Ifnet> list = new ConcurrentSkipListMap<>();

  /** By name, once there are more than a few; until then the list is looked through. */
  private @Nullable Map<String, Ifnet> names;

  /** Names promised to interfaces under way. */
  private Set<String> reserved = Set.of();

  private Listening[] listeners = NOBODY;
  private final List<IfDomain> domains = new ArrayList<>(2);
  private @Nullable Ifnet loopback;
  private final TeardownPlan plan;

  /** Those whose driver has let go and that have not arrived anywhere since. */
  private Set<Ifnet> stopping = Set.of();

  /**
   * Interfaces that are in this vnet, the unlinked ones included, until they are dropped or moved.
   */
  private final IfSet present = new IfSet();

  /** Interfaces whose home is here, wherever they are. */
  private final IfSet born = new IfSet();

  private long nextArrival;
  private int listed;

  /** Moves under way that have reserved a name here. */
  private volatile int arriving;

  Interfaces(Vnet vnet) {
    this.vnet = vnet;
    this.plan = vnet.machine().plan();
    this.table = IfIndexTable.IFINDEX.of(vnet.machine());
    this.cloners = new IfCloners(vnet);
  }

  public static Interfaces of(Vnet vnet) {
    return V_IFNET.of(vnet);
  }

  /** Those of a vnet that may be gone by now: then there is nothing to be found in it, ENXIO. */
  static Interfaces ofLiving(Vnet vnet) throws ErrnoException {
    if (vnet.state() == Vnet.State.DEAD) {
      throw new ErrnoException(Errno.ENXIO);
    }
    return of(vnet);
  }

  public Vnet vnet() {
    return vnet;
  }

  // ---- lookups ----

  /** The interfaces in order of arrival; those on their way out until they are unlinked. A copy. */
  public List<Ifnet> list() {
    return List.copyOf(list.values());
  }

  /** The same without a copy: what is walked changes with the list. Any thread, in a section. */
  public Iterable<Ifnet> walk() {
    return Collections.unmodifiableCollection(list.values());
  }

  /** By name, for management: it may be leaving (ifunit). In a turn. */
  public @Nullable Ifnet unit(String name) {
    if (names != null) {
      return names.get(name);
    }
    for (Ifnet ifp : list.values()) {
      if (ifp.name().equals(name)) {
        return ifp;
      }
    }
    return null;
  }

  /** By name, for management; ENXIO when there is none. In a turn. */
  public Ifnet named(String name) throws ErrnoException {
    Ifnet ifp = unit(name);
    if (ifp == null) {
      throw new ErrnoException(Errno.ENXIO);
    }
    return ifp;
  }

  /** By name, for output: ATTACHED only. In a turn. */
  public @Nullable Ifnet attachedByName(String name) {
    Ifnet ifp = unit(name);
    return ifp != null && ifp.usableIn(vnet) ? ifp : null;
  }

  /** By index, for management: in this vnet's list, perhaps leaving (ifnet_byindex). */
  public @Nullable Ifnet byIndex(int index) {
    Ifnet ifp = table.get(index);
    if (ifp == null || ifp.vnet() != vnet) {
      return null;
    }
    IfState s = ifp.state();
    return s == IfState.ATTACHED || s == IfState.DETACHING ? ifp : null;
  }

  /** By index, for output: ATTACHED in this vnet only (seed 3's ifnet_byindex_attached). */
  public @Nullable Ifnet attachedByIndex(int index) {
    Ifnet ifp = table.get(index);
    return ifp != null && ifp.usableIn(vnet) ? ifp : null;
  }

  /** V_loif, or null once it is gone. */
  public @Nullable Ifnet loopback() {
    return loopback;
  }

  public void loopback(@Nullable Ifnet lo) {
    loopback = lo;
  }

  /** Interface groups with their members. In a turn. */
  public Map<String, List<Ifnet>> groups() {
    Map<String, List<Ifnet>> groups = new TreeMap<>();
    for (Ifnet ifp : list.values()) {
      for (String g : ifp.groups()) {
        groups.computeIfAbsent(g, k -> new ArrayList<>()).add(ifp);
      }
    }
    return groups;
  }

  public IfCloners cloners() {
    return cloners;
  }

  // ---- names ----

  private void rememberName(Ifnet ifp) {
    if (names != null) {
      names.put(ifp.name(), ifp);
    } else if (listed > FEW) {
      Map<String, Ifnet> all = new HashMap<>(4 * FEW);
      list.values().forEach(i -> all.put(i.name(), i));
      names = all;
    }
  }

  private void forgetName(Ifnet ifp) {
    if (names != null) {
      names.remove(ifp.name(), ifp);
    }
  }

  /** Whether a name is in use, or promised to an interface under way. */
  boolean taken(String name) {
    return unit(name) != null || reserved.contains(name);
  }

  /** EINVAL for an impossible name, EEXIST for one in use. */
  void checkFree(String name) throws ErrnoException {
    if (name.isEmpty() || name.length() > Ifnet.NAME_MAX || name.indexOf('/') >= 0) {
      throw new ErrnoException(Errno.EINVAL);
    }
    if (taken(name)) {
      throw new ErrnoException(Errno.EEXIST);
    }
  }

  /** SIOCSIFNAME: EINVAL, EEXIST, EBUSY (moving); its own name is fine. In a turn. */
  public void rename(Ifnet ifp, String name) throws ErrnoException {
    vnet.gate();
    if (!ifp.usableIn(vnet)) {
      throw new ErrnoException(Errno.ENXIO);
    }
    if (ifp.claimant() != null) {
      throw new ErrnoException(Errno.EBUSY); // about to move or to die under this name
    }
    if (ifp.name().equals(name)) {
      return;
    }
    checkFree(name);
    forgetName(ifp);
    ifp.name(name);
    rememberName(ifp);
    tell(ifp, IfEvent.RENAME);
  }

  /** Promises a name to an interface that is about to come. */
  void reserve(String name) throws ErrnoException {
    checkFree(name);
    promise(name);
    arriving = arriving + 1;
  }

  /**
   * Promises {@code name}, or where it is taken the same letters with the lowest free number (F28).
   *
   * @return the name promised
   */
  String reserveLike(String name) {
    String chosen = name;
    if (taken(name)) {
      int end = name.length();
      while (end > 0 && Character.isDigit(name.charAt(end - 1))) {
        end--;
      }
      String stem = name.substring(0, Math.min(end, Ifnet.NAME_MAX - 5));
      int unit = 0;
      while (taken(stem + unit)) {
        unit++;
      }
      chosen = stem + unit;
    }
    promise(chosen);
    arriving = arriving + 1;
    return chosen;
  }

  private void promise(String name) {
    if (reserved.isEmpty()) {
      reserved = new HashSet<>(2);
    }
    reserved.add(name);
  }

  /** Whether it was promised. An idle vnet has no set of them. */
  private boolean forgo(String name) {
    boolean was = reserved.contains(name) && reserved.remove(name);
    reserved = reserved.isEmpty() ? Set.of() : reserved;
    return was;
  }

  void unreserve(String name) {
    if (forgo(name)) {
      arriving = arriving - 1;
    }
  }

  // ---- listeners and families ----

  /**
   * Tells {@code l} of what happens from now on; lower {@code order} is told first: 0 drivers, 100
   * families, 200 firewalls, 1000 watchers.
   */
  public IfRegistration listen(int order, IfListener l) {
    Listening mine = new Listening(order, l);
    Listening[] now = Snapshots.with(listeners, mine);
    Arrays.sort(now, Comparator.comparingInt(l2 -> l2.order));
    listeners = now;
    return mine;
  }

  void tell(Ifnet ifp, IfEvent event) {
    for (Listening l : listeners) {
      l.listener.event(ifp, event);
    }
  }

  void tellAddress(Ifnet ifp, IfAddress a, boolean added) {
    for (Listening l : listeners) {
      l.listener.address(ifp, a, added);
    }
  }

  /** A family comes to every interface, present and future (domain_add, if_attachdomain). */
  public IfRegistration domain(IfDomain d) {
    domains.add(d);
    for (Ifnet ifp : list.values()) {
      ifp.afData(d.family(), d.attach(ifp));
    }
    Ledger.Entry entry = vnet.ledger().enter(LedgerKind.PROTOCOL, d, null);
    return () -> {
      domains.remove(d);
      for (Ifnet ifp : list.values()) {
        d.purge(ifp);
        detachDomain(ifp, d);
      }
      entry.leave();
    };
  }

  /** Takes all that a family has off an interface; it begins anew with it (in6_ifdetach). */
  public void purge(Ifnet ifp, Family family) {
    for (IfDomain d : domains) {
      if (d.family() == family && ifp.usableIn(vnet)) {
        d.purge(ifp);
        detachDomain(ifp, d);
        ifp.afData(family, d.attach(ifp));
      }
    }
  }

  private static void detachDomain(Ifnet ifp, IfDomain d) {
    Family f = d.family();
    Object data = ifp.afData(f);
    ifp.afData(f, null);
    d.detach(ifp, data);
  }

  // ---- arrival ----

  /**
   * Attaches a new interface (if_attach): it is found from here on.
   *
   * @throws ErrnoException EEXIST, EINVAL (name), EBUSY (the vnet is going)
   */
  public void attach(Ifnet ifp) throws ErrnoException {
    vnet.gate();
    if (ifp.state() != IfState.ALLOCATED || ifp.home() != vnet) {
      throw new IllegalStateException(ifp + " is " + ifp.state() + " of " + ifp.home());
    }
    checkFree(ifp.name());
    born.add(ifp);
    present.add(ifp);
    enter(ifp, false);
  }

  /** Attaches one that was moved here; its name has been reserved. */
  void arrive(Ifnet ifp) {
    present.add(ifp);
    unreserve(ifp.name());
    enter(ifp, true);
  }

  /** Attaches one again that a failed move has brought back; it is still present. */
  void comeBack(Ifnet ifp) {
    forgo(ifp.name());
    enter(ifp, true);
  }

  private void enter(Ifnet ifp, boolean moves) {
    ifp.mustLive("its arrival in", vnet);
    boolean fresh = ifp.state() != IfState.ATTACHED;
    if (fresh) {
      ifp.state(IfState.ATTACHING);
    }
    stopped(ifp);
    ifp.revoked(null);
    ifp.facts.groupsAtAttach();
    ifp.bindLink();
    ifp.entry = vnet.ledger().enter(LedgerKind.INTERFACE, ifp, null);
    for (IfDomain d : domains) {
      ifp.afData(d.family(), d.attach(ifp));
    }
    ifp.arrival = nextArrival++;
    list.put(ifp.arrival, ifp);
    listed++;
    rememberName(ifp);
    if (!moves || renews(true)) {
      ifp.newGeneration(IfState.ATTACHED);
    } else {
      ifp.state(IfState.ATTACHED);
    }
    ifp.driver().attached(ifp);
    tell(ifp, IfEvent.ARRIVAL);
    tell(ifp, IfEvent.ATTACHED);
  }

  // ---- departure, in the order of the house; each step at most once ----

  /** 1: nothing more is sent; it is down. */
  void bringDown(Ifnet ifp, boolean moves) {
    ifp.mustLive("the list of", vnet);
    if (ifp.state() == IfState.ATTACHED && says(moves)) {
      ifp.state(IfState.DETACHING);
    }
    ifp.down();
  }

  /** Whether one that leaves says so in its state word. */
  private boolean says(boolean moves) {
    return !moves || plan.has(Guard.LEAVING);
  }

  private boolean renews(boolean moves) {
    return plan.has(moves ? Guard.GENERATION_ON_MOVE : Guard.GENERATION_ON_DETACH);
  }

  /**
   * 2: out of every lookup; weak handles resolve to nothing. {@code moves}: it may come back under
   * its name.
   */
  void unlink(Ifnet ifp, boolean moves) {
    ifp.mustLive("the list of", vnet);
    if (!list.remove(ifp.arrival, ifp)) {
      return;
    }
    forgetName(ifp);
    if (moves) {
      promise(ifp.name());
    }
    listed--;
    if (loopback == ifp) {
      loopback = null;
    }
    IfState now = says(moves) ? IfState.DETACHED : ifp.state();
    if (renews(moves)) {
      ifp.newGeneration(now);
    } else {
      ifp.state(now);
    }
  }

  /** 3, after a grace period: everything that names it lets go. */
  void revoke(Ifnet ifp) {
    ifp.mustLive("the list of", vnet);
    Ledger.Entry entry = ifp.entry;
    if (entry == null) {
      return;
    }
    for (IfDomain d : domains.reversed()) {
      d.purge(ifp);
    }
    for (IfAddress a : ifp.addresses()) {
      ifp.removeAddress(a);
    }
    if (plan.has(Guard.MEMBERSHIPS)) {
      ifp.multicasts.purge();
    }
    tell(ifp, IfEvent.DEPARTURE);
    for (IfDomain d : domains.reversed()) {
      detachDomain(ifp, d);
    }
    ifp.revoked(vnet.machine().memguard().free("revoke of " + ifp));
    ifp.unbindLink();
    ifp.facts.forgetCounts();
    stop(ifp);
    ifp.entry = null;
    entry.leave();
  }

  /** The driver lets go; a part of 3 unless a plan has it before. */
  void stop(Ifnet ifp) {
    if (stopping.contains(ifp)) {
      return;
    }
    if (stopping.isEmpty()) {
      stopping = Set.of(ifp);
    } else {
      stopping = new LinkedHashSet<>(stopping);
      stopping.add(ifp);
    }
    ifp.driver().detached(ifp);
  }

  /** It has arrived somewhere, or is no more. An idle vnet has no set of them. */
  private void stopped(Ifnet ifp) {
    if (stopping.size() == 1 && stopping.contains(ifp)) {
      stopping = Set.of();
    } else if (stopping.size() > 1) {
      stopping.remove(ifp);
    }
  }

  /** 4: it is in this vnet no more. */
  void leave(Ifnet ifp) {
    stopped(ifp);
    present.remove(ifp);
  }

  /** 4, after a move: the name that was kept for the way back is free. */
  void leave(Ifnet ifp, String keptName) {
    forgo(keptName);
    stopped(ifp);
    present.remove(ifp);
  }

  /** 5, in its home: it is no more. */
  void forget(Ifnet ifp) {
    born.remove(ifp);
  }

  /** All steps in one turn: for a vnet that failed to be built, in which nobody else can be. */
  public void undoAttach(Ifnet ifp) {
    bringDown(ifp, false);
    unlink(ifp, false);
    revoke(ifp);
    leave(ifp);
    forget(ifp);
    dead(ifp);
  }

  /** It is no more, and says so to whoever touches it. */
  void dead(Ifnet ifp) {
    ifp.state(IfState.DEAD);
    ifp.grave(vnet.machine().memguard().free("ifnet " + ifp));
    ifp.release();
  }

  // ---- for teardown ----

  Iterable<Ifnet> present() {
    return present;
  }

  Iterable<Ifnet> born() {
    return born;
  }

  boolean arrivals() {
    return arriving > 0;
  }

  @Override
  public String toString() {
    return "interfaces of " + vnet;
  }
}
