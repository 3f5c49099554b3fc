package cellblock.inet.ip6;

import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.net.netisr.Netisr;
import cellblock.net.route.RouteTables;
import cellblock.wire.Family;
import cellblock.wire.Ip6Address;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What the IPv6 rooms of one vnet share; one object a vnet. Threading: turns of its lane. */
public final class Ip6 {
  public final Vnet vnet;
  public final RandomGenerator random;
  public final RouteTables routes;
  public final Interfaces interfaces;
  public final Ip6Stats stats = new Ip6Stats();
  public final Ip6Settings settings = new Ip6Settings();
  public final In6Addresses addresses = new In6Addresses();
  public final In6Multicast multicast;
  public final In6Source sources;
  public final PathMtu pathMtu;
  public final Ip6Output output;
  public final Ip6Reassembly reassembly;
  final Ip6Filter filter;
  final Netisr netisr;

  public Ip6(Vnet vnet, RandomGenerator random) {
    this.vnet = vnet;
    this.random = random;
    this.routes = RouteTables.of(vnet);
    this.interfaces = Interfaces.of(vnet);
    this.multicast = new In6Multicast(vnet, this);
    this.filter = new Ip6Filter(vnet);
    this.pathMtu = new PathMtu(vnet);
    this.netisr = Netisr.of(vnet);
    this.sources = new In6Source(this);
    this.reassembly = new Ip6Reassembly(vnet, stats, settings);
    this.output = new Ip6Output(this);
  }

  /** What IPv6 keeps of an interface, or null when it is not attached. */
  public static @Nullable In6Ifinfo of(Ifnet ifnet) {
    return (In6Ifinfo) ifnet.afData(Family.INET6);
  }

  /** The interface of a zone, or null when there is none. */
  public @Nullable In6Ifinfo zone(int index) {
    Ifnet ifp = index == 0 ? null : interfaces.attachedByIndex(index);
    return ifp == null ? null : of(ifp);
  }

  /** Whether an address means something only together with a zone. */
  public static boolean needsZone(long hi) {
    return Ip6Address.isLinkLocal(hi) || isLinkScoped(hi);
  }

  /** Whether it is a group of interface-local or link-local scope. */
  public static boolean isLinkScoped(long hi) {
    int scope = (int) (hi >>> 48) & 0xf;
    return Ip6Address.isMulticast(hi) && (scope == 1 || scope == 2);
  }

  /** Whether it is ::1. */
  public static boolean isLoopback(long hi, long lo) {
    return hi == 0 && lo == 1;
  }

  /** Whether it is ::ffff:a.b.c.d, which is never on a wire. */
  public static boolean isMapped(long hi, long lo) {
    return hi == 0 && lo >>> 32 == 0xffff;
  }

  /** Drops what waits: the shutdown stage. */
  public void drain() {
    reassembly.drain();
    netisr.drain();
    pathMtu.clear();
  }
}
