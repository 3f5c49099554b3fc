package cellblock.inet.ip6;

import cellblock.inet.mcast.GroupIfinfo;
import cellblock.inet.mcast.Multicast;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.Ifnet;
import cellblock.wire.Family;
import cellblock.wire.Ip6Address;
import cellblock.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/** The multicast groups of IPv6 (ancestor: netinet6/in6_mcast.c). Threading: the vnet's lane. */
public final class In6Multicast extends Multicast {
  private final Ip6 ip;

  In6Multicast(Vnet vnet, Ip6 ip) {
    super(vnet, Family.INET6);
    this.ip = ip;
  }

  @Override
  public @Nullable GroupIfinfo of(Ifnet ifp) {
    return Ip6.of(ifp);
  }

  /** The group's zone, else the one that routing chooses: in6p_lookup_mcast_ifp. */
  @Override
  public @Nullable GroupIfinfo chosen(IpAddress group, int fib) {
    int zone = group instanceof Ip6Address six ? six.scopeId() : 0;
    return ip.sources.way(group.hi(), group.lo(), zone, fib, null);
  }

  @Override
  protected int sourceLimit() {
    return ip.settings.mcastMaxSocketSources;
  }
}
