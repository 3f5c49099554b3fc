package cellblock.net.route;

import cellblock.kern.ledger.Ledger;
import cellblock.kern.ledger.LedgerKind;
import cellblock.net.ifnet.IfAddress;
import cellblock.net.ifnet.IfCap;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.LinkState;
import cellblock.wire.Family;
import cellblock.wire.IpAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How to reach the next router or the destination itself: interface, neighbour, source address, MTU
 * (ancestor: struct nhop_object, net/route/nhop.h and nhop_ctl.c). Shared by equality among the
 * routes of a rib.
 *
 * <p>It differs in what {@link #valid} says: a nexthop that no route leads to any more, of a rib
 * that is closed, or of an interface that was detached or moved, is invalid from then on, however
 * long somebody keeps it. Holders are the rib's routes and {@link RouteCache}s; when the last route
 * goes, the caches are cleared, so that nothing can hold a nexthop longer than its rib does.
 *
 * <p>Threading: facts and {@link #valid} from anywhere; counts are the lane's.
 */
public final class Nexthop implements RouteTarget {
  /**
   * What makes two nexthops the same.
   *
   * @param gateway the neighbour, or null for the destination itself; without a zone
   * @param generation the interface's generation when the nexthop was made
   * @param addressIfnet whose address a route to an own address is about; else the interface itself
   * @param address source address to use; null where the interface has none
   * @param mtu 0 = the interface's
   * @param flags NHF_*
   * @param routeFlags RTF_*
   */
  record Key(
      @Nullable IpAddress gateway,
      Ifnet ifnet,
      int generation,
      Ifnet addressIfnet,
      @Nullable IfAddress address,
      int mtu,
      int flags,
      int routeFlags) {}

  private final Rib rib;
  private final int index;
  private final Key key;
  private final Family gatewayFamily;
  private final long gatewayHi;
  private final long gatewayLo;
  private final Ledger.Entry entry;
  private volatile boolean linked = true;
  private long used;

  /** How many routes and groups lead here; the lane's. */
  int routes;

  /** Caches that hold this nexthop, newest first; the lane's. */
  @Nullable RouteCache caches;

  Nexthop(Rib rib, int index, Key key) {
    this.rib = rib;
    this.index = index;
    this.key = key;
    IpAddress gateway = key.gateway;
    this.gatewayFamily = gateway == null ? rib.family() : gateway.family();
    this.gatewayHi = gateway == null ? 0 : gateway.hi();
    this.gatewayLo = gateway == null ? 0 : gateway.lo();
    this.entry = rib.vnet().ledger().enter(LedgerKind.NEXTHOP, this, null);
    count(1);
  }

  /** Interfaces and addresses know how many nexthops name them. */
  private void count(int more) {
    key.ifnet.countNexthop(more);
    if (key.addressIfnet != key.ifnet) {
      key.addressIfnet.countNexthop(more);
    }
    if (key.address != null) {
      key.address.countNexthop(more);
    }
  }

  Key key() {
    return key;
  }

  /** Whose nexthop this is. */
  public Rib rib() {
    return rib;
  }

  @Override
  public int index() {
    return index;
  }

  /** The interface to send by (nh_ifp). */
  public Ifnet ifnet() {
    return key.ifnet;
  }

  /** The interface that the source address belongs to (nh_aifp). */
  public Ifnet addressIfnet() {
    return key.addressIfnet;
  }

  /** The source address to use (nh_ifa), or null where the interface has none of the family. */
  public @Nullable IfAddress address() {
    return key.address;
  }

  /** Whether the neighbour is a gateway; else it is the packet's destination. */
  public boolean viaGateway() {
    return (key.flags & NexthopFlags.GATEWAY) != 0;
  }

  /** The gateway, or null. */
  public @Nullable IpAddress gateway() {
    return key.gateway;
  }

  /** The neighbour's family: not the rib's where IPv4 goes by an IPv6 gateway (RFC 8950). */
  public Family gatewayFamily() {
    return gatewayFamily;
  }

  /** Upper half of the gateway's left-aligned key. */
  public long gatewayHi() {
    return gatewayHi;
  }

  /** Lower half of the gateway's left-aligned key. */
  public long gatewayLo() {
    return gatewayLo;
  }

  /** The largest packet, bytes: the route's limit or the interface's, whichever is smaller. */
  public int mtu() {
    int link = key.ifnet.mtu();
    return key.mtu == 0 ? link : Math.min(key.mtu, link);
  }

  /** The route's own limit in bytes, 0 = none (rmx_mtu). */
  public int routeMtu() {
    return key.mtu;
  }

  /** {@link NexthopFlags}. */
  public int flags() {
    return key.flags;
  }

  /** {@link RouteFlags}. */
  public int routeFlags() {
    return key.routeFlags;
  }

  /** Whether packets are to be dropped here: a reject or blackhole route. */
  public boolean discards() {
    return (key.flags & (NexthopFlags.REJECT | NexthopFlags.BLACKHOLE)) != 0;
  }

  /**
   * Whether a packet may go this way now, asked without a lookup: a route of an open rib leads
   * here, the interface is attached to the rib's vnet and has not been away since, and its link is
   * up, which does not matter where packets are dropped anyway (ancestor: NH_IS_VALID, which asks
   * for the link alone).
   */
  public boolean valid() {
    Ifnet ifp = key.ifnet;
    return linked
        && ifp.generation() == key.generation
        && ifp.usableIn(rib.vnet())
        && (linkUp(ifp) || discards());
  }

  /** RT_LINK_IS_UP: an interface that cannot tell counts as up. */
  private static boolean linkUp(Ifnet ifp) {
    return (ifp.capabilities() & IfCap.LINKSTATE) == 0 || ifp.linkState() == LinkState.UP;
  }

  /** Counts one packet sent this way (nh_pksent). */
  public void count() {
    used++;
  }

  /** Packets sent this way. */
  public long used() {
    return used;
  }

  /** Routes, groups and caches that hold it. */
  public int references() {
    int held = routes;
    for (RouteCache c = caches; c != null; c = c.next) {
      held++;
    }
    return held;
  }

  /** No route leads here any more: for good, and the caches are told by being cleared. */
  void unlink() {
    linked = false;
    while (caches != null && rib.clearsCaches()) {
      caches.clear();
    }
    entry.leave();
    count(-1);
  }

  @Override
  public Nexthop select(int flow) {
    return this;
  }

  @Override
  public List<Path> paths() {
    return List.of(new Path(this, 1));
  }

  @Override
  public String toString() {
    String to = key.gateway == null ? "link" : key.gateway.toString();
    return "nhop " + index + " " + to + " " + key.ifnet.name();
  }
}
