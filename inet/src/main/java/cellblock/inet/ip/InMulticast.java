package cellblock.inet.ip;

import cellblock.inet.mcast.GroupIfinfo;
import cellblock.inet.mcast.Multicast;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.IfFlags;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.wire.Family;
import cellblock.wire.Ip4Address;
import cellblock.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/** The multicast groups of IPv4 (ancestor: netinet/in_mcast.c). Threading: the vnet's lane. */
public final class InMulticast extends Multicast {
  private final Ip4 ip;

  InMulticast(Vnet vnet, Ip4 ip) {
    super(vnet, Family.INET);
    this.ip = ip;
  }

  @Override
  public @Nullable GroupIfinfo of(Ifnet ifp) {
    return Ip4.of(ifp);
  }

  /** The one that routing chooses, else the first that can: inp_lookup_mcast_ifp. */
  @Override
  public @Nullable GroupIfinfo chosen(IpAddress group, int fib) {
    InAddress a = group instanceof Ip4Address g ? ip.output.sourceFor(fib, g.bits()) : null;
    if (a != null) {
      return a.in();
    }
    for (Ifnet ifp : Interfaces.of(vnet).list()) {
      InIfinfo candidate = Ip4.of(ifp);
      if (candidate != null && !candidate.isLoopback() && candidate.has(IfFlags.MULTICAST)) {
        return candidate;
      }
    }
    return null;
  }

  @Override
  protected int sourceLimit() {
    return ip.settings.mcastMaxSocketSources;
  }
}
