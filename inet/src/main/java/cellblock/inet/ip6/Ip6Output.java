package cellblock.inet.ip6;

import cellblock.kern.drop.DropReason;
import cellblock.kern.errno.Errno;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.IfFacts;
import cellblock.net.ifnet.IfFlags;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.OffloadOutput;
import cellblock.net.route.Nexthop;
import cellblock.net.route.NexthopFlags;
import cellblock.wire.Family;
import cellblock.wire.Ip6Address;
import cellblock.wire.Ip6Header;
import org.jspecify.annotations.Nullable;

/**
 * Sends packets of this host (ancestor: ip6_output of netinet6/ip6_output.c): the way, zones, the
 * filter, path MTU, fragments. The header is complete but for its length; link-local destinations
 * are reached by their zone alone, without a route. Differs from FreeBSD in that.
 *
 * <p>Threading: turns of the vnet's lane. Takes every mbuf over.
 */
public final class Ip6Output {
  /** IPV6_DONTFRAG: EMSGSIZE in place of fragments. */
  public static final int DONTFRAG = 0x1;

  /** Every fragment fits the minimum MTU: IPV6_USE_MIN_MTU. */
  public static final int MINMTU = 0x2;

  private final Vnet vnet;
  private final Ip6 ip;
  private final Ip6Stats stats;

  Ip6Output(Ip6 ip) {
    this.vnet = ip.vnet;
    this.ip = ip;
    this.stats = ip.stats;
  }

  // The next hop of the packet in hand.
  private long hopHi;
  private long hopLo;
  private int mtu;
  private boolean takesLarge;

  /** Whether the link that the last packet left by takes large TCP segments whole. */
  public boolean takesLarge() {
    return takesLarge;
  }

  /**
   * Sends {@code m}.
   *
   * @param scope the zone of its destination: an interface's index; 0 for none
   * @param imo how a multicast leaves; null for the defaults
   * @return null, or why it was not sent
   */
  public @Nullable Errno output(Mbuf m, int scope, int flags, @Nullable In6Moptions imo) {
    return output(m, scope, flags, imo, null);
  }

  /**
   * Sends {@code m} by a nexthop that its sender has kept: ip6_output with a struct route_in6.
   *
   * @param known a nexthop that is valid now and leads to the destination; null = look it up
   */
  public @Nullable Errno output(
      Mbuf m, int scope, int flags, @Nullable In6Moptions imo, @Nullable Nexthop known) {
    vnet.room(m, "Ip6Output");
    if (m.len - Ip6Header.LENGTH > 0xffff) {
      vnet.drop(m, DropReason.OVERSIZE);
      return Errno.EMSGSIZE;
    }
    Ip6Header.putPayloadLength(m.buf, m.off, m.len - Ip6Header.LENGTH);
    stats.localout++;
    long hi = Ip6Header.destinationHi(m.buf, m.off);
    long lo = Ip6Header.destinationLo(m.buf, m.off);
    if (Ip6Address.isMulticast(hi)) {
      return multicast(m, hi, lo, scope, flags, imo);
    }
    m.flags &= ~(Mbuf.M_BCAST | Mbuf.M_MCAST);
    if (Ip6Address.isLinkLocal(hi)) {
      return neighbor(m, hi, lo, scope, flags);
    }
    Nexthop nh = known != null ? known : ip.routes.lookup(m.fib, Family.INET6, hi, lo, flow(m));
    if (nh == null) {
      stats.noroute++;
      ip.routes.miss(m.fib, new Ip6Address(hi, lo, 0));
      vnet.drop(m, DropReason.IP_NO_ROUTE);
      return Errno.EHOSTUNREACH;
    }
    if (nh.discards()) {
      boolean hole = (nh.flags() & NexthopFlags.BLACKHOLE) != 0;
      vnet.drop(m, hole ? DropReason.IP_BLACKHOLE : DropReason.IP_REJECT);
      return hole ? null : Errno.EHOSTUNREACH;
    }
    In6Ifinfo out = Ip6.of(nh.ifnet());
    if (out == null || violates(m, nh.addressIfnet())) {
      return misfit(m);
    }
    hopHi = nh.viaGateway() ? nh.gatewayHi() : hi;
    hopLo = nh.viaGateway() ? nh.gatewayLo() : lo;
    mtu = Math.min(nh.mtu(), out.mtu());
    Errno error = filtered(m, out, hi, lo, scope, flags);
    if (error == null) {
      nh.count();
    }
    return error;
  }

  /**
   * Sends {@code m}, no multicast, to a neighbour that its sender names: IPV6_NEXTHOP.
   *
   * @param scope the zone of its destination
   * @param hop a neighbour, with its zone where it needs one
   */
  public @Nullable Errno via(Mbuf m, int scope, int flags, Ip6Address hop) {
    vnet.room(m, "Ip6Output");
    Ip6Header.putPayloadLength(m.buf, m.off, m.len - Ip6Header.LENGTH);
    stats.localout++;
    m.flags &= ~(Mbuf.M_BCAST | Mbuf.M_MCAST);
    In6Ifinfo out;
    int size = Integer.MAX_VALUE;
    if (hop.isLinkLocal()) {
      out = ip.zone(hop.scopeId());
    } else {
      Nexthop nh = ip.routes.lookup(m.fib, Family.INET6, hop.hi(), hop.lo(), 0);
      if (nh == null || nh.viaGateway() || nh.discards()) {
        return refuse(m);
      }
      out = Ip6.of(nh.ifnet());
      size = nh.mtu();
    }
    if (out == null || out.disabled()) {
      return refuse(m);
    }
    if (violates(m, out.ifnet())) {
      return misfit(m);
    }
    hopHi = hop.hi();
    hopLo = hop.lo();
    mtu = Math.min(size, out.mtu());
    long hi = Ip6Header.destinationHi(m.buf, m.off);
    return filtered(m, out, hi, Ip6Header.destinationLo(m.buf, m.off), scope, flags);
  }

  /** There is no way as its sender wants it. */
  public Errno refuse(Mbuf m) {
    stats.noroute++;
    vnet.drop(m, DropReason.IP_NO_ROUTE);
    return Errno.EHOSTUNREACH;
  }

  private Errno misfit(Mbuf m) {
    stats.badscope++;
    vnet.drop(m, DropReason.IP6_SCOPE);
    return Errno.EHOSTUNREACH;
  }

  /** Whether a link-local source would leave its zone. */
  private boolean violates(Mbuf m, Ifnet out) {
    long hi = Ip6Header.sourceHi(m.buf, m.off);
    return Ip6Address.isLinkLocal(hi)
        && ip.addresses.find(hi, Ip6Header.sourceLo(m.buf, m.off), out.index()) == null;
  }

  private @Nullable Errno neighbor(Mbuf m, long hi, long lo, int scope, int flags) {
    In6Ifinfo out = ip.zone(scope);
    if (out == null || out.disabled()) {
      return misfit(m);
    }
    In6Address own = ip.addresses.find(hi, lo, scope);
    if (own != null) {
      return toOurselves(m, out);
    }
    hopHi = hi;
    hopLo = lo;
    mtu = out.mtu();
    return filtered(m, out, hi, lo, scope, flags);
  }

  private @Nullable Errno toOurselves(Mbuf m, In6Ifinfo out) {
    if (!ip.filter.passes(m, out.ifnet(), true)) {
      return Errno.EACCES;
    }
    m.flags |= Mbuf.M_LOOP;
    m.csumFlags |= Mbuf.CSUM_DATA_VALID;
    ip.netisr.queue(out.ifnet(), m);
    return null;
  }

  /** Sends to a neighbour or group on one link, whatever the routes say: discovery's way. */
  public @Nullable Errno onLink(Mbuf m, In6Ifinfo out) {
    vnet.room(m, "Ip6Output");
    stats.localout++;
    if (!out.ifnet().usableIn(vnet) || out.disabled()) {
      vnet.drop(m, DropReason.INTERFACE_DOWN);
      return Errno.ENETDOWN;
    }
    long hi = Ip6Header.destinationHi(m.buf, m.off);
    long lo = Ip6Header.destinationLo(m.buf, m.off);
    if (Ip6Address.isMulticast(hi)) {
      m.flags |= Mbuf.M_MCAST;
    }
    if (!ip.filter.passes(m, out.ifnet(), true)) {
      return Errno.EACCES;
    }
    return out.ifnet().output(vnet, m, Family.INET6, hi, lo);
  }

  // ---- groups ----

  private @Nullable Errno multicast(
      Mbuf m, long hi, long lo, int scope, int flags, @Nullable In6Moptions imo) {
    In6Ifinfo out = imo != null && imo.out != null ? imo.out : null;
    if (out == null) {
      out = ip.sources.way(hi, lo, scope, m.fib, imo);
    }
    if (out == null) {
      stats.noroute++;
      vnet.drop(m, DropReason.IP_NO_ROUTE);
      return Errno.EHOSTUNREACH;
    }
    if (!out.ifnet().usableIn(vnet)
        || (out.ifnet().flags() & IfFlags.MULTICAST) == 0
        || out.disabled()) {
      vnet.drop(m, DropReason.INTERFACE_DOWN);
      return Errno.ENETDOWN;
    }
    if (violates(m, out.ifnet())) {
      return misfit(m);
    }
    m.flags |= Mbuf.M_MCAST;
    boolean member = out.group(hi, lo) != null;
    boolean wanted = imo == null || imo.loop;
    boolean stays =
        out.isLoopback() || Ip6Header.hopLimit(m.buf, m.off) == 0 || (hi >>> 48 & 0xf) == 1;
    if (member && wanted) {
      loopCopy(m, out);
    }
    if (stays) {
      vnet.mbufs().free(m);
      return null;
    }
    hopHi = hi;
    hopLo = lo;
    mtu = out.mtu();
    return filtered(m, out, hi, lo, out.ifnet().index(), flags);
  }

  private void loopCopy(Mbuf m, In6Ifinfo out) {
    Mbuf copy = vnet.mbufs().copy(m);
    copy.flags = Mbuf.M_MCAST | Mbuf.M_LOOP;
    copy.csumFlags |= Mbuf.CSUM_DATA_VALID;
    copy.fib = m.fib;
    ip.netisr.queue(out.ifnet(), copy);
  }

  // ---- out ----

  private @Nullable Errno filtered(Mbuf m, In6Ifinfo out, long hi, long lo, int scope, int flags) {
    long keptHi = hopHi; // a hook may send packets of its own meanwhile
    long keptLo = hopLo;
    int keptMtu = mtu;
    if (!ip.filter.passes(m, out.ifnet(), true)) {
      return Errno.EACCES;
    }
    if (!out.isLoopback()) {
      keptMtu = Math.min(keptMtu, ip.pathMtu.of(hi, lo, scope));
    }
    if ((flags & MINMTU) != 0) {
      keptMtu = Math.min(keptMtu, Ip6Header.MINIMUM_MTU);
    }
    takesLarge = (out.ifnet().hwassist() & IfFacts.ASSIST_TSO6) != 0;
    Errno error =
        OffloadOutput.fits(m, keptMtu)
            ? out.ifnet().output(vnet, m, Family.INET6, keptHi, keptLo)
            : fragments(m, out, keptMtu, keptHi, keptLo, flags);
    if (error != null) {
      stats.odropped++;
    }
    return error;
  }

  private @Nullable Errno fragments(Mbuf m, In6Ifinfo out, int size, long hi, long lo, int flags) {
    OffloadOutput.fillChecksum(m);
    m.segmentSize = 0;
    Mbuf part =
        (flags & DONTFRAG) != 0
            ? null
            : Ip6Fragment.cut(m, size, ip.random.nextInt(), vnet.mbufs(), stats);
    if (part == null) {
      stats.cantfrag++;
      vnet.drop(m, DropReason.IP_NEEDS_FRAGMENT);
      return Errno.EMSGSIZE;
    }
    Errno error = null;
    while (part != null) {
      Mbuf next = part.nextPacket;
      part.nextPacket = null;
      if (error == null) {
        error = out.ifnet().output(vnet, part, Family.INET6, hi, lo);
      } else {
        vnet.drop(part, DropReason.NO_BUFFER);
      }
      part = next;
    }
    return error;
  }

  private int flow(Mbuf m) {
    return ip.routes.flow(m.flowId, Family.INET6, m.buf, m.off, m.len);
  }
}
