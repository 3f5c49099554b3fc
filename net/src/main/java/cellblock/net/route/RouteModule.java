package cellblock.net.route;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.module.Declarations;
import cellblock.kern.sysctl.SysctlBranch;
import cellblock.kern.sysctl.SysctlDeclaration;
import cellblock.kern.vnet.Order;
import cellblock.kern.vnet.Subsystem;

/**
 * Routing's part of module net: its variable, stages and sysctls (ancestor: vnet_rtables_init and
 * rtables_destroy with their places). Constructor and destructor stand where FreeBSD's do; their
 * order among the other subsystems does not matter, because a closed rib harms nobody.
 */
public final class RouteModule {
  private static final String NAME = "route tables";

  private RouteModule() {}

  /** Joins module net's declarations. */
  public static void declare(Declarations d) {
    d.variable(RouteTables.V_RT_TABLES);
    d.vnetSysinit(
        Subsystem.PROTO_DOMAIN,
        Order.FOURTH,
        NAME,
        v -> RouteTables.V_RT_TABLES.of(v).tables = new RouteTables(v));
    d.vnetShutdown(
            Subsystem.PROTO_DOMAIN,
            Order.ANY,
            NAME,
            v -> {
              RouteTables.of(v).close();
              return null;
            })
        .inDestroy(Subsystem.PROTO_DOMAIN, Order.FIRST);
    d.vnetSysuninit(
        Subsystem.PROTO_DOMAIN,
        Order.FIRST,
        NAME,
        v -> {
          RouteTables.of(v).destroy();
          RouteTables.V_RT_TABLES.of(v).tables = null;
        });
    sysctls(d);
  }

  private static void sysctls(Declarations d) {
    d.sysctl(
        SysctlDeclaration.procedure(
                "net.fibs",
                SysctlDeclaration.Type.UINT,
                true,
                "Number of routing tables of this vnet; may only grow",
                (machine, v) -> Integer.toString(RouteTables.of(v).fibs()),
                (machine, v, text) -> RouteTables.of(v).setFibs(number(text)))
            .range(1, RouteTables.MAX_FIBS)
            .asTunable());
    SysctlBranch<RouteOptions> net =
        new SysctlBranch<>(d::sysctl, "net.", v -> RouteTables.of(v).options());
    net.knob("add_addr_allfibs", RouteOptions::addAddrAllFibs)
        .flag("Interface routes go to all FIBs, not to the interface's alone");
    net.knob("route.multipath", RouteOptions::multipath).flag("A prefix may have several gateways");
    net.knob("route.ipv6_nexthop", RouteOptions::ipv6Nexthop)
        .flag("An IPv4 route may have an IPv6 gateway");
    net.knob("route.hash_outbound", RouteOptions::hashOutbound)
        .flag("Local output computes a flow id for multipath routes");
  }

  private static int number(String text) throws ErrnoException {
    try {
      return Integer.parseInt(text.strip());
    } catch (NumberFormatException e) {
      throw new ErrnoException(Errno.EINVAL);
    }
  }
}
