package cellblock.net.route;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.vnet.Vnet;
import cellblock.kern.vnet.VnetVariable;
import cellblock.net.ifnet.IfAddress;
import cellblock.net.ifnet.IfEvent;
import cellblock.net.ifnet.IfListener;
import cellblock.net.ifnet.IfRegistration;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.wire.Family;
import cellblock.wire.IpAddress;
import cellblock.wire.IpPrefix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A vnet's routing tables: one {@link Rib} for each FIB and family (ancestor: V_rt_tables,
 * net/route/route_tables.c). Whoever routes packets holds this object in a final field.
 *
 * <p>Threading: the lane; {@link #fibs}, {@link #rib} and the lookups from anywhere.
 */
public final class RouteTables {
  /** RT_MAXFIBS. */
  public static final int MAX_FIBS = 65535;

  /** The tables of each vnet. */
  public static final VnetVariable<Slot> V_RT_TABLES =
      VnetVariable.define("rt_tables", v -> new Slot());

  /** Holds the tables from constructor to destructor. */
  public static final class Slot {
    @Nullable RouteTables tables;
  }

  private final Vnet vnet;
  private final RouteOptions options = new RouteOptions();
  private final RouteMessages messages;
  private @Nullable Redirects redirects; // most vnets are never redirected
  private final List<IfRegistration> listening = new ArrayList<>(2);
  private volatile Rib[] ribs4 = {};
  private volatile Rib[] ribs6 = {};

  /** One FIB; the constructor at PROTO_DOMAIN. */
  RouteTables(Vnet vnet) {
    this.vnet = vnet;
    this.messages = new RouteMessages(vnet);
    grow(1);
    Interfaces interfaces = Interfaces.of(vnet);
    listening.add(interfaces.listen(PURGE_ORDER, new Departures()));
    listening.add(interfaces.listen(WATCH_ORDER, messages));
  }

  /** After the families, which take their addresses' routes out themselves. */
  private static final int PURGE_ORDER = 150;

  private static final int WATCH_ORDER = 1000;

  /** Whatever routes the families have left go with the interface. */
  private final class Departures implements IfListener {
    @Override
    public void event(Ifnet ifp, IfEvent e) {
      if (e == IfEvent.DEPARTURE) {
        purge(ifp);
      }
    }
  }

  /** The tables of a vnet; an error before the constructor and after the destructor. */
  public static RouteTables of(Vnet vnet) {
    RouteTables tables = V_RT_TABLES.of(vnet).tables;
    if (tables == null) {
      throw new IllegalStateException("no route tables in " + vnet);
    }
    return tables;
  }

  public Vnet vnet() {
    return vnet;
  }

  /** The knobs. */
  public RouteOptions options() {
    return options;
  }

  /** Who is told of routes, addresses and interfaces. */
  public RouteMessages messages() {
    return messages;
  }

  /** net.fibs: how many FIBs. */
  public int fibs() {
    return ribs4.length;
  }

  /** The rib of a FIB and family; that of FIB 0 where there is no such FIB. */
  public Rib rib(int fib, Family family) {
    Rib[] ribs = family == Family.INET ? ribs4 : ribs6;
    return fib > 0 && fib < ribs.length ? ribs[fib] : ribs[0];
  }

  /** {@link Fib#lookup4} in a FIB. */
  public @Nullable Nexthop lookup4(int fib, int destination, int flow) {
    Rib[] ribs = ribs4;
    Rib rib = fib > 0 && fib < ribs.length ? ribs[fib] : ribs[0];
    return rib.fib().lookup4(destination, flow);
  }

  /** {@link Fib#lookup} in a FIB. */
  public @Nullable Nexthop lookup(int fib, Family family, long hi, long lo, int flow) {
    return rib(fib, family).fib().lookup(hi, lo, flow);
  }

  /**
   * The flow of a packet that is sent or forwarded: what its sender said, else, once some route has
   * several paths, by its headers. What is forwarded counts, too: no network card did it.
   */
  public int flow(int said, Family family, byte[] buf, int off, int len) {
    boolean asked = said == 0 && options.hashOutbound().get() != 0;
    return asked ? FlowHash.of(family, buf, off, len) : said;
  }

  private void each(Consumer<Rib> what) {
    for (Rib rib : ribs4) {
      what.accept(rib);
    }
    for (Rib rib : ribs6) {
      what.accept(rib);
    }
  }

  /**
   * Sets net.fibs. With net.add_addr_allfibs a new FIB begins with the interface routes of FIB 0.
   *
   * @throws ErrnoException EINVAL: not 1..65535; ENOTCAPABLE: fewer than there are
   */
  public void setFibs(int count) throws ErrnoException {
    if (count < 1 || count > MAX_FIBS) {
      throw new ErrnoException(Errno.EINVAL);
    }
    if (count < fibs()) {
      throw new ErrnoException(Errno.ENOTCAPABLE);
    }
    vnet.gate();
    int before = fibs();
    vnet.ledger().constructing("route tables"); // the destructor frees these, too
    try {
      grow(count);
    } finally {
      vnet.ledger().constructing(null);
    }
    if (options.addAddrAllFibs().get() != 0) {
      for (int fib = before; fib < count; fib++) {
        copyKernelRoutes(ribs4[0], ribs4[fib]);
        copyKernelRoutes(ribs6[0], ribs6[fib]);
      }
    }
  }

  private void grow(int count) {
    ribs6 = grown(ribs6, Family.INET6, count);
    ribs4 = grown(ribs4, Family.INET, count); // its length is what fibs() says
  }

  private Rib[] grown(Rib[] ribs, Family family, int count) {
    Rib[] more = Arrays.copyOf(ribs, count);
    for (int i = ribs.length; i < count; i++) {
      more[i] = new Rib(vnet, family, i, options);
    }
    return more;
  }

  private static void copyKernelRoutes(Rib from, Rib to) throws ErrnoException {
    List<RouteSpec> pinned = new ArrayList<>();
    from.fib()
        .forEach(e -> {
          Nexthop nh = e.target().paths().getFirst().nexthop();
          if ((nh.routeFlags() & RouteFlags.PINNED) != 0) {
            pinned.add(
                new RouteSpec(e.prefix(), null, nh.ifnet(), nh.address(), nh.routeFlags(), 0, 0));
          }
        });
    for (RouteSpec spec : pinned) {
      to.add(spec);
    }
  }

  // ---- changes that are told as messages ----

  private Rib checked(int fib, RouteSpec spec) throws ErrnoException {
    if (fib < 0 || fib >= fibs()) {
      throw new ErrnoException(Errno.EINVAL);
    }
    return rib(fib, spec.destination().family());
  }

  /** {@link Rib#add}, told as RTM_ADD; a refusal is told, too. */
  public RibChange add(int fib, RouteSpec spec, RouteMessage.Sender sender) throws ErrnoException {
    return told(RouteMessage.Type.ADD, fib, spec, sender, () -> checked(fib, spec).add(spec));
  }

  /** {@link Rib#delete}, told as RTM_DELETE. */
  public RibChange delete(int fib, RouteSpec spec, RouteMessage.Sender sender)
      throws ErrnoException {
    return told(RouteMessage.Type.DELETE, fib, spec, sender, () -> checked(fib, spec).delete(spec));
  }

  /** {@link Rib#change}, told as RTM_CHANGE. */
  public RibChange change(int fib, RouteSpec spec, RouteMessage.Sender sender)
      throws ErrnoException {
    return told(RouteMessage.Type.CHANGE, fib, spec, sender, () -> checked(fib, spec).change(spec));
  }

  @FunctionalInterface
  private interface Action {
    RibChange run() throws ErrnoException;
  }

  private RibChange told(
      RouteMessage.Type type, int fib, RouteSpec spec, RouteMessage.Sender sender, Action action)
      throws ErrnoException {
    try {
      RibChange change = action.run();
      messages.send(change, type, sender);
      return change;
    } catch (ErrnoException e) {
      if (messages.heard()) {
        int errno = e.errno().number();
        messages.send(
            new RouteMessage.Route(
                type, fib, spec.destination(), null, spec.flags(), 0, errno, sender));
      }
      throw e;
    }
  }

  /**
   * A router says that a host is better reached otherwise: a host route for {@code lifetime}
   * nanoseconds, told as RTM_REDIRECT (ancestor: rib_add_redirect).
   *
   * @param gateway the better router, or the destination itself where it is on the link
   * @param author who says so: only the router in use is believed
   * @param ifp where it was heard
   * @throws ErrnoException EINVAL: another than the router in use; ENETUNREACH: the gateway is not
   *     on the link; EHOSTUNREACH: it is this host; EEXIST: there is a host route that no redirect
   *     made
   */
  public void redirect(
      int fib, IpAddress destination, IpAddress gateway, IpAddress author, Ifnet ifp, long lifetime)
      throws ErrnoException {
    if (redirects == null) {
      redirects = new Redirects(this);
    }
    redirects.add(fib, destination, gateway, author, ifp, lifetime);
  }

  /** Tells that a packet found no route (RTM_MISS). */
  public void miss(int fib, IpAddress destination) {
    if (messages.heard()) {
      messages.send(
          new RouteMessage.Notice(RouteMessage.Type.MISS, fib, destination, null, null, 0, 0));
    }
  }

  // ---- routes that interfaces and their addresses make ----

  /**
   * Adds or deletes the pinned route of an address's network (ancestor: rib_handle_ifaddr_info): in
   * the interface's FIB, or in all with net.add_addr_allfibs.
   *
   * @throws ErrnoException as {@link Rib#add} and {@link Rib#delete}, of the interface's own FIB
   */
  public void ifAddressRoute(boolean add, IfAddress address, IpPrefix net) throws ErrnoException {
    RouteSpec spec =
        RouteSpec.to(net).out(address.ifnet()).source(address).flags(RouteFlags.PINNED);
    inFibs(add, address.ifnet().fib(), spec);
  }

  /** Whether the routes of both interfaces' addresses go to the same FIB. */
  public boolean shareFib(Ifnet one, Ifnet other) {
    return one.fib() == other.fib() || options.addAddrAllFibs().get() != 0;
  }

  /**
   * Adds or deletes the route of an own address by way of lo0 (ancestor: ifa_add_loopback_route);
   * nothing where the vnet has no loopback interface.
   */
  public void loopbackRoute(boolean add, IfAddress address) throws ErrnoException {
    Ifnet lo = Interfaces.of(vnet).loopback();
    if (lo == null) {
      return;
    }
    RouteSpec spec =
        RouteSpec.to(IpPrefix.host(GatewayLookup.addressOf(address)))
            .out(lo)
            .source(address)
            .flags(RouteFlags.PINNED | RouteFlags.STATIC);
    inFibs(add, address.ifnet().fib(), spec);
  }

  private void inFibs(boolean add, int home, RouteSpec spec) throws ErrnoException {
    boolean all = options.addAddrAllFibs().get() != 0;
    int own = home < fibs() ? home : 0;
    for (int fib = 0; all && fib < fibs(); fib++) {
      if (fib != own) {
        try {
          once(add, fib, spec);
        } catch (ErrnoException e) {
          // another FIB may lack it or have its own; the interface's FIB decides
        }
      }
    }
    once(add, own, spec);
  }

  private void once(boolean add, int fib, RouteSpec spec) throws ErrnoException {
    if (add) {
      add(fib, spec, RouteMessage.Sender.KERNEL);
    } else {
      delete(fib, spec, RouteMessage.Sender.KERNEL);
    }
  }

  /**
   * Takes out every route by an interface or from an address of it, pinned ones included, in all
   * FIBs (ancestor: rt_flushifroutes). Again is nothing.
   */
  public void purge(Ifnet ifp) {
    if (ifp.nexthops() == 0) {
      return;
    }
    each(rib -> rib.purge(nh -> nh.ifnet() == ifp || nh.addressIfnet() == ifp));
  }

  // ---- the end ----

  /**
   * The shutdown stage: routes out, caches cleared, CLOSING to all subscribers, listeners let go.
   */
  void close() {
    if (redirects != null) {
      redirects.close();
    }
    each(Rib::close);
    messages.close();
  }

  /** The destructor. */
  void destroy() {
    close();
    listening.forEach(IfRegistration::close);
    listening.clear();
    each(Rib::destroy);
  }
}
