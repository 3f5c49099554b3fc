package cellblock.inet.ip6;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.time.Callout;
import cellblock.net.ifnet.IfEvent;
import cellblock.net.ifnet.IfFlags;
import cellblock.net.ifnet.IfListener;
import cellblock.net.ifnet.IfType;
import cellblock.net.ifnet.Ifnet;
import cellblock.wire.Family;
import cellblock.wire.Ip6Address;
import cellblock.wire.IpPrefix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Adds and deletes the IPv6 addresses of interfaces with their routes and groups, keeps their
 * lifetimes, makes link-local ones (ancestors: in6_control, in6_update_ifa, in6_purgeaddr of
 * netinet6/in6.c; in6_ifattach.c; nd6_timer). Threading: turns of the vnet's lane.
 */
public final class In6Control implements IfListener {
  /** Who looks for duplicates: DAD. */
  public interface Duplicates {
    /** A tentative address can be looked for now. */
    void start(In6Address a);

    /** It goes. */
    void stop(In6Address a);
  }

  /**
   * What is asked of a new address.
   *
   * @param preferred seconds, {@link In6Address#FOREVER} for ever
   * @param valid likewise
   * @param flags of {@link In6Address}
   */
  public record Wish(
      Ip6Address address,
      int prefixLength,
      @Nullable Ip6Address destination,
      long preferred,
      long valid,
      int flags) {}

  private static final long SECOND = 1_000_000_000L;
  private final Ip6 ip;
  private @Nullable Callout lifetimes; // once an address has one that ends
  private @Nullable Duplicates duplicates;

  public In6Control(Ip6 ip) {
    this.ip = ip;
  }

  /** Who looks for duplicates; once, when the protocols are wired. */
  public void duplicates(Duplicates to) {
    duplicates = to;
  }

  // ---- interfaces ----

  /** What a new interface starts with: in6_ifattach, nd6_ifattach. */
  public In6Ifinfo attach(Ifnet ifp) {
    boolean loop = (ifp.flags() & IfFlags.LOOPBACK) != 0;
    int options = In6Ifinfo.PERFORMNUD;
    boolean bridge = ifp.type() == IfType.BRIDGE; // it begins without addresses of its own
    if (loop || ip.settings.autoLinklocal != 0 && !bridge) {
      options |= In6Ifinfo.AUTO_LINKLOCAL;
    }
    if (!loop) {
      options |= In6Ifinfo.IFDISABLED;
      if (!bridge && ip.settings.acceptRtadv != 0 && ip.settings.forwarding == 0) {
        options |= In6Ifinfo.ACCEPT_RTADV;
      }
      if (ip.settings.noRadr != 0) {
        options |= In6Ifinfo.NO_RADR;
      }
    }
    return new In6Ifinfo(ifp, options);
  }

  /** ND options of an interface on or off: SIOCSIFINFO_FLAGS. */
  public void options(In6Ifinfo in, int set, int clear) {
    int before = in.options();
    in.options(before & ~clear | set);
    if ((before & In6Ifinfo.IFDISABLED) == 0 && in.disabled()) {
      for (In6Address a : in.addresses()) {
        if (duplicates != null) {
          duplicates.stop(a);
        }
        a.flags(In6Address.TENTATIVE, 0);
      }
    } else if (in.up()) {
      begin(in);
    }
  }

  /** The interface can talk now: a link-local address, and what is tentative is looked for. */
  private void begin(In6Ifinfo in) {
    if (in.disabled() || !in.ifnet().usableIn(ip.vnet)) {
      return;
    }
    if (in.option(In6Ifinfo.AUTO_LINKLOCAL) && in.linkLocal(true) == null) {
      autoLinkLocal(in);
    }
    for (In6Address a : in.addresses()) {
      if (a.is(In6Address.TENTATIVE)) {
        look(a);
      }
    }
  }

  private void autoLinkLocal(In6Ifinfo in) {
    long id = in.isLoopback() ? 1 : interfaceId(in.ifnet());
    if (id == 0) {
      return;
    }
    try {
      if (in.isLoopback() && in.address(0, 1) == null) {
        make(
            in,
            new Wish(Ip6Address.LOOPBACK, 128, null, In6Address.FOREVER, In6Address.FOREVER, 0),
            true);
      }
      make(
          in,
          new Wish(
              new Ip6Address(0xfe80L << 48, id, 0),
              64,
              null,
              In6Address.FOREVER,
              In6Address.FOREVER,
              0),
          true);
    } catch (ErrnoException e) {
      // The vnet is going away, or somebody was faster.
    }
  }

  /** The modified EUI-64 of an interface, 0 where it has no link address: in6_get_hw_ifid. */
  public static long interfaceId(Ifnet ifp) {
    if (!ifp.isEther()) {
      return 0;
    }
    long mac = ifp.lladdr();
    return (mac >>> 24 ^ 0x020000L) << 40 | 0xfffeL << 24 | mac & 0xffffff;
  }

  @Override
  public void event(Ifnet ifp, IfEvent event) {
    In6Ifinfo in = Ip6.of(ifp);
    if (in == null) {
      return;
    }
    if (event == IfEvent.UP) {
      for (In6Address a : in.addresses()) {
        a.tentativeFrom = Long.MAX_VALUE;
        restoreRoutes(a);
      }
      begin(in);
    } else if (event == IfEvent.DOWN) {
      for (In6Address a : in.addresses()) {
        if (duplicates != null) {
          duplicates.stop(a);
        }
        if (wantsDad(a)) {
          a.tentativeFrom = ip.vnet.lane().now() + SECOND;
        }
        removeRoutes(a);
        handOver(a);
      }
      age();
    }
  }

  // ---- add ----

  /**
   * SIOCAIFADDR_IN6. The same address again gets the new lifetimes and flags. The address that
   * enables IPv6 on an interface is ready at once, as in FreeBSD: in6_update_ifa sees the interface
   * still disabled, so in6if_do_dad has it not looked for; the link-local one that follows is.
   *
   * @throws ErrnoException EINVAL, ENXIO, EBUSY; nothing has changed then
   */
  public In6Address add(Ifnet ifp, Wish wish) throws ErrnoException {
    ip.vnet.gate();
    In6Ifinfo in = Ip6.of(ifp);
    if (in == null || !ifp.usableIn(ip.vnet)) {
      throw new ErrnoException(Errno.ENXIO);
    }
    check(in, wish);
    boolean first = in.disabled();
    if (first) {
      in.options(in.options() & ~In6Ifinfo.IFDISABLED);
    }
    In6Address a = make(in, wish, !first);
    if (in.up()) {
      begin(in);
    } else if (wantsDad(a)) {
      a.tentativeFrom = ip.vnet.lane().now() + SECOND;
      age();
    }
    return a;
  }

  private static void check(In6Ifinfo in, Wish w) throws ErrnoException {
    Ip6Address a = w.address();
    boolean bad =
        a.isMulticast()
            || a.isUnspecified()
            || a.isV4Mapped()
            || (a.isLoopback() && !in.isLoopback())
            || w.prefixLength() < 0
            || w.prefixLength() > 128
            || (a.isLinkLocal() && a.scopeId() != 0 && a.scopeId() != in.ifnet().index())
            || w.valid() == 0
            || (w.valid() >= 0 && (w.preferred() < 0 || w.preferred() > w.valid()))
            || (w.destination() != null && w.prefixLength() != 128);
    if (bad) {
      throw new ErrnoException(Errno.EINVAL);
    }
  }

  private In6Address make(In6Ifinfo in, Wish w, boolean look) throws ErrnoException {
    long hi = w.address().hi();
    long lo = w.address().lo();
    In6Address known = in.address(hi, lo);
    if (known != null && known.prefixLength() != w.prefixLength()) {
      throw new ErrnoException(Errno.EINVAL); // in6_update_ifa: delete it first
    }
    if (known != null && java.util.Objects.equals(known.destination(), w.destination())) {
      int asked = In6Address.ANYCAST | In6Address.DEPRECATED | In6Address.PREFER_SOURCE;
      known.flags(w.flags() & asked, asked & ~w.flags());
      lifetimes(known, w.preferred(), w.valid());
      return known;
    }
    if (known != null) {
      remove(known);
    }
    In6Address a = new In6Address(in, hi, lo, w.prefixLength(), w.destination(), w.flags());
    a.created = ip.vnet.lane().now();
    if (look && wantsDad(a)) {
      a.flags(In6Address.TENTATIVE, 0);
    }
    attach(in, a);
    lifetimes(a, w.preferred(), w.valid());
    return a;
  }

  private void attach(In6Ifinfo in, In6Address a) throws ErrnoException {
    in.add(a);
    ip.addresses.add(a);
    try {
      in.ifnet().addAddress(a);
      addRoutes(a);
      groups(in, a);
    } catch (ErrnoException e) {
      detach(a);
      throw e;
    }
  }

  private void groups(In6Ifinfo in, In6Address a) throws ErrnoException {
    if ((in.ifnet().flags() & IfFlags.MULTICAST) == 0) {
      return;
    }
    if (in.allNodes == null) {
      in.allNodes = ip.multicast.join(in, Ip6Address.ALL_NODES.hi(), 1);
    }
    Ip6Address s = a.address().solicitedNode();
    a.solicited = ip.multicast.join(in, s.hi(), s.lo());
  }

  private void look(In6Address a) {
    if (duplicates != null && !a.is(In6Address.DUPLICATED) && a.in().up()) {
      duplicates.start(a);
    }
  }

  // ---- delete ----

  /**
   * SIOCDIFADDR_IN6; {@code address} null means the first one.
   *
   * @throws ErrnoException EADDRNOTAVAIL when the interface does not have it
   */
  public void delete(Ifnet ifp, @Nullable Ip6Address address) throws ErrnoException {
    In6Ifinfo in = Ip6.of(ifp);
    In6Address a = null;
    if (in != null && address != null) {
      a = in.address(address.hi(), address.lo());
    } else if (in != null && in.addresses().length > 0) {
      a = in.addresses()[0];
    }
    if (a == null) {
      throw new ErrnoException(Errno.EADDRNOTAVAIL);
    }
    remove(a);
  }

  /** Takes an address away. */
  public void remove(In6Address a) {
    detach(a);
    handOver(a);
  }

  /** No router that advertises its prefix answers, or one does again: IN6_IFF_DETACHED. */
  public void detached(In6Address a, boolean now) {
    if (now) {
      a.flags(In6Address.DETACHED, 0);
    } else {
      a.flags(wantsDad(a) ? In6Address.TENTATIVE : 0, In6Address.DETACHED);
      if (a.is(In6Address.TENTATIVE)) {
        look(a);
      }
    }
  }

  private boolean wantsDad(In6Address a) {
    return !a.in().isLoopback()
        && !a.is(In6Address.NODAD | In6Address.ANYCAST)
        && !a.in().option(In6Ifinfo.NO_DAD)
        && (a.in().ifnet().flags() & IfFlags.MULTICAST) != 0
        && ip.settings.dadCount > 0;
  }

  private void detach(In6Address a) {
    In6Ifinfo in = a.in();
    if (duplicates != null) {
      duplicates.stop(a);
    }
    removeRoutes(a);
    for (int fib = 0; fib < ip.routes.fibs(); fib++) {
      ip.routes.rib(fib, Family.INET6).purge(nh -> nh.address() == a);
    }
    if (a.solicited != null) {
      ip.multicast.leave(a.solicited);
      a.solicited = null;
    }
    in.remove(a);
    ip.addresses.remove(a);
    in.ifnet().removeAddress(a);
    if (in.addresses().length == 0 && in.allNodes != null) {
      ip.multicast.leave(in.allNodes);
      in.allNodes = null;
    }
  }

  /** All addresses of an interface that leaves: in6_ifdetach. */
  public void purge(In6Ifinfo in) {
    for (In6Address a : in.addresses()) {
      remove(a);
    }
  }

  /** Everything: the shutdown stage. */
  public void purge() {
    ip.addresses.list().forEach(this::detach);
    if (lifetimes != null) {
      lifetimes.stop();
    }
  }

  // ---- routes ----

  /** The network that the address puts on the link, or null. */
  public static @Nullable IpPrefix prefix(In6Address a) {
    if (Ip6.isLoopback(a.hi(), a.lo())) {
      return null;
    }
    if (a.destination() != null) {
      return IpPrefix.host(a.destination());
    }
    return a.prefixLength() == 128 ? null : new IpPrefix(a.address(), a.prefixLength()).canonical();
  }

  private void addRoutes(In6Address a) throws ErrnoException {
    IpPrefix net = prefix(a);
    if (net != null && !a.prefixRoute && holder(a, net) == null && !a.is(In6Address.AUTOCONF)) {
      ip.routes.ifAddressRoute(true, a, net);
      a.prefixRoute = true;
    }
    if (!a.loopbackRoute) {
      try {
        ip.routes.loopbackRoute(true, a);
        a.loopbackRoute = true;
      } catch (ErrnoException e) {
        // Another interface has the address, too, and so the route.
      }
    }
  }

  /** Another address whose route of the same prefix is in place, where this one's would be. */
  private @Nullable In6Address holder(In6Address a, IpPrefix net) {
    for (In6Address other : ip.addresses.list()) {
      if (other != a
          && other.prefixRoute
          && net.equals(prefix(other))
          && ip.routes.shareFib(a.ifnet(), other.ifnet())) {
        return other;
      }
    }
    return null;
  }

  private void removeRoutes(In6Address a) {
    IpPrefix net = prefix(a);
    try {
      if (a.prefixRoute && net != null) {
        a.prefixRoute = false;
        ip.routes.ifAddressRoute(false, a, net);
      }
    } catch (ErrnoException e) {
      // A flush was faster.
    }
    try {
      if (a.loopbackRoute) {
        a.loopbackRoute = false;
        ip.routes.loopbackRoute(false, a);
      }
    } catch (ErrnoException e) {
      // As above.
    }
  }

  /** Lets another address of the same prefix or value take over the route that went. */
  private void handOver(In6Address gone) {
    IpPrefix net = prefix(gone);
    for (In6Address other : ip.addresses.list()) {
      boolean same = other.hi() == gone.hi() && other.lo() == gone.lo();
      if (other != gone
          && (same || (net != null && net.equals(prefix(other))))
          && other.in().up()) {
        restoreRoutes(other);
      }
    }
  }

  private void restoreRoutes(In6Address a) {
    try {
      addRoutes(a);
    } catch (ErrnoException e) {
      // A route that somebody set by hand stays.
    }
  }

  // ---- lifetimes ----

  /** Sets both lifetimes, in seconds from now; {@link In6Address#FOREVER} for none. */
  public void lifetimes(In6Address a, long preferred, long valid) {
    a.validSeconds = (int) Math.min(valid, Integer.MAX_VALUE);
    a.preferredSeconds = (int) Math.min(preferred, Integer.MAX_VALUE);
    a.validUntil = until(valid);
    a.preferredUntil = until(preferred);
    if (preferred != 0 && a.is(In6Address.AUTOCONF)) {
      a.flags(0, In6Address.DEPRECATED);
    }
    age();
  }

  private long until(long seconds) {
    return seconds < 0 ? Long.MAX_VALUE : ip.vnet.lane().now() + seconds * SECOND;
  }

  /** Lets addresses grow old, and waits for the next one that will. */
  private void age() {
    long now = ip.vnet.lane().now();
    long next = Long.MAX_VALUE;
    List<In6Address> all = ip.addresses.list();
    for (In6Address a : all) {
      if (a.validUntil <= now) {
        remove(a);
        continue;
      }
      if (a.tentativeFrom <= now) {
        a.tentativeFrom = Long.MAX_VALUE;
        a.flags(In6Address.TENTATIVE, 0); // its interface stayed down: nd6_timer
      }
      next = Math.min(next, a.tentativeFrom);
      if (a.preferredUntil <= now) {
        a.flags(In6Address.DEPRECATED, 0);
      } else {
        next = Math.min(next, a.preferredUntil);
      }
      next = Math.min(next, a.validUntil);
    }
    if (lifetimes == null && next != Long.MAX_VALUE) {
      lifetimes = ip.vnet.callout("nd6 lifetimes", this::age);
    }
    if (lifetimes == null) {
      return;
    }
    if (next == Long.MAX_VALUE) {
      lifetimes.stop();
    } else {
      lifetimes.reset(Math.max(1, next - now));
    }
  }
}
