package cellblock.tunnel;

import cellblock.kern.module.Declarations;
import cellblock.kern.sysctl.SysctlDeclaration;
import cellblock.kern.vnet.Vnet;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** The nodes below net.link.TYPE that all tunnels have. */
public final class TunnelSysctls {
  private TunnelSysctls() {}

  /** Declares max_nesting, nexthop_cache, and its counters. */
  public static void declare(Declarations d, String type, Function<Vnet, Tunnels> of) {
    String below = "net.link." + type + ".";
    d.sysctl(
        SysctlDeclaration.vnetInt(
            below + "max_nesting",
            v -> of.apply(v).maxNesting,
            0,
            Integer.MAX_VALUE,
            "Max nested tunnels"));
    d.sysctl(
        SysctlDeclaration.vnetInt(
            below + "nexthop_cache",
            v -> of.apply(v).caching,
            0,
            1,
            "Remember the nexthop of the outer destination"));
    counters(d, below, v -> of.apply(v).stats);
  }

  /** Declares the counters of remembered nexthops. */
  public static void counters(Declarations d, String below, Function<Vnet, RouteStats> of) {
    counter(d, below + "nexthop_hits", "Packets sent without a lookup", v -> of.apply(v).hits);
    counter(d, below + "nexthop_misses", "Packets sent by a lookup", v -> of.apply(v).misses);
    counter(
        d,
        below + "nexthop_flushes",
        "Remembered nexthops taken away by a change of routes",
        v -> of.apply(v).flushes);
  }

  private static void counter(
      Declarations d, String name, String what, ToLongFunction<Vnet> value) {
    d.sysctl(
        SysctlDeclaration.readOnly(
            name,
            SysctlDeclaration.Type.ULONG,
            true,
            what,
            (m, v) -> Long.toString(value.applyAsLong(v))));
  }
}
