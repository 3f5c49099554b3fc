package cellblock.inet.icmp;

import cellblock.inet.ip.InAddress;
import cellblock.inet.ip.InIfinfo;
import cellblock.inet.ip.Ip4;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.time.Callout;
import cellblock.net.route.Nexthop;
import cellblock.net.route.RouteFlags;
import cellblock.net.route.RouteMessage;
import cellblock.net.route.RouteSpec;
import cellblock.wire.Ip4Address;
import cellblock.wire.IpPrefix;
import java.util.ArrayDeque;

/**
 * Routes learnt from redirects, and their end after net.inet.icmp.redirtimeout seconds (ancestor:
 * rib_add_redirect of net/route.c, tmproutes_update). Threading: turns of the vnet's lane.
 */
final class IcmpRedirects {
  private static final long SECOND = 1_000_000_000L;

  /** Routes that redirects may make. */
  private static final int LIMIT = 1024;

  private record Learnt(IpPrefix destination, int fib, long until) {}

  private final Ip4 ip;
  private final IcmpSettings settings;
  private final ArrayDeque<Learnt> learnt = new ArrayDeque<>(2);
  private final Callout timer;

  IcmpRedirects(Ip4 ip, IcmpSettings settings) {
    this.ip = ip;
    this.settings = settings;
    this.timer = ip.vnet.callout("icmp redirects", this::expire);
  }

  /** Takes the word of {@code router}, if it is the one that we use for {@code destination}. */
  void add(InIfinfo in, int fib, int destination, int gateway, int router) {
    InAddress near = ip.addresses.withNet(gateway);
    Nexthop now = ip.routes.lookup4(fib, destination, 0);
    if (near == null || near.in() != in) {
      return;
    }
    boolean sane =
        !ip.addresses.isLocal(gateway)
            && now != null
            && now.viaGateway()
            && (int) (now.gatewayHi() >>> 32) == router
            && now.ifnet() == in.ifnet()
            && learnt.size() < LIMIT;
    if (!sane) {
      return;
    }
    IpPrefix host = IpPrefix.host(new Ip4Address(destination));
    try {
      ip.routes.add(
          fib,
          RouteSpec.to(host)
              .via(new Ip4Address(gateway))
              .out(in.ifnet())
              .source(near)
              .flags(RouteFlags.GATEWAY | RouteFlags.DYNAMIC),
          RouteMessage.Sender.KERNEL);
    } catch (ErrnoException e) {
      return; // there is such a route already: FreeBSD leaves it alone, too
    }
    long until = ip.vnet.lane().now() + settings.redirtimeout.get() * SECOND;
    learnt.add(new Learnt(host, fib, until));
    if (!timer.pending()) {
      timer.reset(until - ip.vnet.lane().now());
    }
  }

  private void expire() {
    long now = ip.vnet.lane().now();
    for (Learnt l = learnt.peek(); l != null && l.until <= now; l = learnt.peek()) {
      learnt.poll();
      try {
        ip.routes.delete(l.fib, RouteSpec.to(l.destination), RouteMessage.Sender.KERNEL);
      } catch (ErrnoException e) {
        // Somebody deleted it first.
      }
    }
    Learnt next = learnt.peek();
    if (next != null) {
      timer.reset(next.until - now);
    }
  }

  void stop() {
    timer.stop();
    learnt.clear();
  }
}
