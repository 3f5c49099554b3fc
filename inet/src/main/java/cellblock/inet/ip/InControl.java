package cellblock.inet.ip;

import cellblock.inet.mcast.SourceFilter;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.net.ifnet.IfEvent;
import cellblock.net.ifnet.IfFlags;
import cellblock.net.ifnet.IfListener;
import cellblock.net.ifnet.Ifnet;
import cellblock.wire.Family;
import cellblock.wire.Ip4Address;
import cellblock.wire.IpPrefix;
import org.jspecify.annotations.Nullable;

/**
 * Adds and deletes the IPv4 addresses of interfaces, with the routes that come with them (ancestor:
 * in_control, in_aifaddr_ioctl, in_difaddr_ioctl, in_addprefix, in_scrubprefix of netinet/in.c).
 *
 * <p>Threading: turns of the vnet's lane.
 */
public final class InControl implements IfListener {
  private final Ip4 ip;

  public InControl(Ip4 ip) {
    this.ip = ip;
  }

  /**
   * SIOCAIFADDR, or with {@code alias} false SIOCSIFADDR: the new one in place of the primary one.
   * The same address again is replaced.
   *
   * @param prefixLength 0 to 32, or -1 for that of the address's class
   * @param broadcast null for the usual one
   * @param destination the peer, needed on a point-to-point interface
   * @throws ErrnoException EINVAL, EDESTADDRREQ, ENXIO, EBUSY, EEXIST; nothing has changed then
   */
  public InAddress add(
      Ifnet ifp,
      Ip4Address address,
      int prefixLength,
      @Nullable Ip4Address broadcast,
      @Nullable Ip4Address destination,
      boolean alias)
      throws ErrnoException {
    ip.vnet.gate();
    InIfinfo in = Ip4.of(ifp);
    if (in == null || !ifp.usableIn(ip.vnet)) {
      throw new ErrnoException(Errno.ENXIO);
    }
    int length = prefixLength < 0 ? Ip4Address.classLength(address.bits()) : prefixLength;
    check(in, address, length, destination);
    InAddress replaced = ip.addresses.find(address.bits(), in);
    if (replaced == null && !alias) {
      replaced = in.primary();
    }
    if (replaced != null) {
      remove(replaced);
    }
    InAddress added = make(in, address, length, broadcast, destination);
    try {
      attach(in, added);
    } catch (ErrnoException e) {
      restore(in, replaced);
      throw e;
    }
    return added;
  }

  private static void check(
      InIfinfo in, Ip4Address address, int length, @Nullable Ip4Address destination)
      throws ErrnoException {
    if (length > 32 || address.isMulticast() || address.isBroadcast()) {
      throw new ErrnoException(Errno.EINVAL);
    }
    if (in.has(IfFlags.POINTOPOINT) && (destination == null || destination.isUnspecified())) {
      throw new ErrnoException(Errno.EDESTADDRREQ);
    }
  }

  private static InAddress make(
      InIfinfo in,
      Ip4Address address,
      int length,
      @Nullable Ip4Address broadcast,
      @Nullable Ip4Address destination) {
    Ip4Address everybody = null;
    if (in.has(IfFlags.BROADCAST)) {
      everybody =
          broadcast != null
              ? broadcast
              : length >= 31
                  ? Ip4Address.BROADCAST
                  : new Ip4Address(address.bits() | ~Ip4Address.mask(length));
    }
    Ip4Address peer = in.has(IfFlags.POINTOPOINT) ? destination : null;
    return new InAddress(in, address.bits(), length, everybody, peer);
  }

  private void attach(InIfinfo in, InAddress a) throws ErrnoException {
    boolean first = in.primary() == null;
    in.add(a, false);
    ip.addresses.add(a);
    try {
      in.ifnet().addAddress(a);
      addRoutes(a);
    } catch (ErrnoException e) {
      removeRoutes(a);
      in.ifnet().removeAddress(a);
      ip.addresses.remove(a);
      in.remove(a);
      throw e;
    }
    if (first && in.has(IfFlags.MULTICAST) && in.allHosts() == null) {
      in.allHosts(ip.multicast.join(in, Ip4Address.ALL_HOSTS.hi(), 0));
    }
  }

  /** Puts back what was taken away for an address that could not be had. */
  private void restore(InIfinfo in, @Nullable InAddress replaced) {
    if (replaced == null) {
      return;
    }
    Ip4Address broadcast = replaced.hasBroadcast() ? new Ip4Address(replaced.broadcast()) : null;
    Ip4Address peer = replaced.hasDestination() ? new Ip4Address(replaced.destination()) : null;
    InAddress again =
        make(in, new Ip4Address(replaced.address()), replaced.prefixLength(), broadcast, peer);
    try {
      attach(in, again);
    } catch (ErrnoException e) {
      ip.vnet
          .machine()
          .messages()
          .log(in + ": " + again + " could not be put back: " + e.errno().text());
    }
  }

  /**
   * SIOCDIFADDR; {@code address} null means the primary one.
   *
   * @throws ErrnoException EADDRNOTAVAIL when the interface does not have it
   */
  public void delete(Ifnet ifp, @Nullable Ip4Address address) throws ErrnoException {
    InIfinfo in = Ip4.of(ifp);
    InAddress a =
        in == null ? null : address == null ? in.primary() : ip.addresses.find(address.bits(), in);
    if (a == null) {
      throw new ErrnoException(Errno.EADDRNOTAVAIL);
    }
    remove(a);
  }

  private void remove(InAddress a) {
    InIfinfo in = a.in();
    removeRoutes(a);
    for (int fib = 0; a.nexthops() > 0 && fib < ip.routes.fibs(); fib++) {
      ip.routes.rib(fib, Family.INET).purge(nh -> nh.address() == a);
    }
    in.remove(a);
    ip.addresses.remove(a);
    in.ifnet().removeAddress(a);
    handOver(a);
    SourceFilter all = in.allHosts();
    if (in.primary() == null && all != null) {
      in.allHosts(null);
      ip.multicast.leave(all);
    }
  }

  /** Deletes all addresses of an interface that leaves: in_purgeaddr for each. */
  public void purge(InIfinfo in) {
    for (InAddress a = in.primary(); a != null; a = in.primary()) {
      remove(a);
    }
  }

  /** Deletes all addresses of the vnet: the shutdown stage. */
  public void purge() {
    for (InAddress a = ip.addresses.first(); a != null; a = ip.addresses.first()) {
      remove(a);
    }
  }

  // ---- the routes of an address ----

  /** What the prefix route leads to, or null when the address has none. */
  private static @Nullable IpPrefix prefix(InAddress a) {
    if (a.address() == 0) {
      return null;
    }
    if (a.hostOnly()) {
      return IpPrefix.host(new Ip4Address(a.net()));
    }
    return a.prefixLength() == 32 ? null : new IpPrefix(new Ip4Address(a.net()), a.prefixLength());
  }

  private void addRoutes(InAddress a) throws ErrnoException {
    IpPrefix net = prefix(a);
    if (net != null && !a.prefixRoute && holder(a, net) == null) {
      ip.routes.ifAddressRoute(true, a, net);
      a.prefixRoute = true;
    }
    addLoopback(a);
  }

  /** Another address whose route of the same prefix is in place, where this one's would be. */
  private @Nullable InAddress holder(InAddress a, IpPrefix net) {
    for (InAddress b = ip.addresses.inNet(a.net()); b != null; b = b.nextInNet()) {
      if (b != a
          && b.prefixRoute
          && net.equals(prefix(b))
          && ip.routes.shareFib(a.ifnet(), b.ifnet())) {
        return b;
      }
    }
    return null;
  }

  private void addLoopback(InAddress a) {
    boolean needed =
        !a.in().isLoopback()
            && a.address() != 0
            && !(a.hasDestination() && a.destination() == a.address());
    if (!needed || a.loopbackRoute) {
      return;
    }
    try {
      ip.routes.loopbackRoute(true, a);
      a.loopbackRoute = true;
    } catch (ErrnoException e) {
      // Another interface has the address, too, and so the route.
    }
  }

  private void removeRoutes(InAddress a) {
    IpPrefix net = prefix(a);
    if (a.prefixRoute && net != null) {
      a.prefixRoute = false;
      try {
        ip.routes.ifAddressRoute(false, a, net);
      } catch (ErrnoException e) {
        // A flush was faster.
      }
    }
    if (a.loopbackRoute) {
      a.loopbackRoute = false;
      try {
        ip.routes.loopbackRoute(false, a);
      } catch (ErrnoException e) {
        // As above.
      }
    }
  }

  /** Lets another address of the same prefix or value take over the route that went. */
  private void handOver(InAddress gone) {
    IpPrefix net = prefix(gone);
    InAddress same = ip.addresses.find(gone.address());
    if (same != null && same.in().has(IfFlags.UP)) {
      restoreRoutes(same);
    }
    for (InAddress b = ip.addresses.inNet(gone.net());
        b != null && net != null;
        b = b.nextInNet()) {
      if (net.equals(prefix(b)) && b.in().has(IfFlags.UP)) {
        restoreRoutes(b);
      }
    }
  }

  private void restoreRoutes(InAddress a) {
    try {
      addRoutes(a);
    } catch (ErrnoException e) {
      // A route that somebody set by hand stays.
    }
  }

  /** An interface that goes down takes the routes of its addresses along; up, they come back. */
  @Override
  public void event(Ifnet ifp, IfEvent event) {
    InIfinfo in = Ip4.of(ifp);
    if (in == null) {
      return;
    }
    if (event == IfEvent.DOWN) {
      for (InAddress a : in.addresses()) {
        removeRoutes(a);
        handOver(a);
      }
    } else if (event == IfEvent.UP) {
      for (InAddress a : in.addresses()) {
        restoreRoutes(a);
      }
    }
  }
}
