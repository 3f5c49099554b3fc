package cellblock.net.route;

import cellblock.net.ifnet.IfAddress;
import cellblock.net.ifnet.Ifnet;
import cellblock.wire.IpAddress;
import cellblock.wire.IpPrefix;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of a rib (ancestor: struct rt_addrinfo, net/route.h). What is null or 0 is not
 * said.
 *
 * @param destination host bits are ignored
 * @param gateway with {@link RouteFlags#GATEWAY} a router, without it an own address that names the
 *     interface
 * @param ifnet the interface to send by (RTAX_IFP)
 * @param address the source address (RTAX_IFA)
 * @param flags RTF_*
 * @param mtu limit in bytes, 0 = the interface's
 * @param weight share of the flows in a multipath route, 0 = 1
 */
public record RouteSpec(
    IpPrefix destination,
    @Nullable IpAddress gateway,
    @Nullable Ifnet ifnet,
    @Nullable IfAddress address,
    int flags,
    int mtu,
    int weight) {

  /** RT_MAX_WEIGHT: the upper byte is kept free. */
  public static final int MAX_WEIGHT = 0xffffff;

  public RouteSpec {
    destination = Fib.key(destination).canonical();
    weight = Math.min(weight, MAX_WEIGHT);
  }

  /** A request that says where to, and nothing else yet. */
  public static RouteSpec to(IpPrefix destination) {
    return new RouteSpec(destination, null, null, null, 0, 0, 0);
  }

  /** By a router; sets {@link RouteFlags#GATEWAY}. */
  public RouteSpec via(IpAddress router) {
    return new RouteSpec(
        destination, router, ifnet, address, flags | RouteFlags.GATEWAY, mtu, weight);
  }

  /** Out of an interface. */
  public RouteSpec out(Ifnet by) {
    return new RouteSpec(destination, gateway, by, address, flags, mtu, weight);
  }

  /** With a source address. */
  public RouteSpec source(IfAddress from) {
    return new RouteSpec(destination, gateway, ifnet, from, flags, mtu, weight);
  }

  /** With more RTF_*. */
  public RouteSpec flags(int more) {
    return new RouteSpec(destination, gateway, ifnet, address, flags | more, mtu, weight);
  }

  /** With a limit in bytes. */
  public RouteSpec mtu(int bytes) {
    return new RouteSpec(destination, gateway, ifnet, address, flags, bytes, weight);
  }

  /** With a share of the flows. */
  public RouteSpec weight(int share) {
    return new RouteSpec(destination, gateway, ifnet, address, flags, mtu, share);
  }

  boolean has(int flag) {
    return (flags & flag) != 0;
  }
}
