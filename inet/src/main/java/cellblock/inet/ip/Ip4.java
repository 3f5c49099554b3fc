package cellblock.inet.ip;

import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.netisr.Netisr;
import cellblock.net.route.RouteTables;
import cellblock.wire.Family;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What the IPv4 rooms of one vnet share; one object a vnet. Threading: turns of the vnet's lane.
 */
public final class Ip4 {
  public final Vnet vnet;
  public final RandomGenerator random;
  public final RouteTables routes;
  public final Ip4Stats stats = new Ip4Stats();
  public final Ip4Settings settings = new Ip4Settings();
  public final InAddresses addresses = new InAddresses();
  public final InMulticast multicast;
  public final Ip4Filter filter;
  public final Ip4Output output;
  public final Ip4Reassembly reassembly;
  final IpId ids;
  final Netisr netisr;

  public Ip4(Vnet vnet, RandomGenerator random, RouteTables routes) {
    this.vnet = vnet;
    this.random = random;
    this.routes = routes;
    this.multicast = new InMulticast(vnet, this);
    this.filter = new Ip4Filter(vnet);
    this.ids = new IpId(random, settings);
    this.netisr = Netisr.of(vnet);
    this.output = new Ip4Output(this);
    this.reassembly = new Ip4Reassembly(vnet, stats, settings);
  }

  /** What IPv4 keeps of an interface, or null when it is not attached. */
  public static @Nullable InIfinfo of(Ifnet ifnet) {
    return (InIfinfo) ifnet.afData(Family.INET);
  }

  /** Drops what waits: the shutdown stage. */
  public void drain() {
    reassembly.drain();
    netisr.drain();
  }

  /** An identification for a packet whose header is its sender's own. */
  public int fillId(int offsetField) {
    return ids.next(offsetField);
  }
}
