package cellblock.tunnel;

import cellblock.kern.module.Declarations;
import cellblock.kern.sysctl.IntCell;
import cellblock.kern.sysctl.SysctlBranch;
import cellblock.kern.sysctl.SysctlDeclaration;
import cellblock.kern.vnet.Vnet;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** The nodes that all types of tunnels have, below net.link.TYPE and beside those of IP. */
public final class TunnelSysctls {
  private TunnelSysctls() {}

  /** Declares max_nesting, nexthop_cache and its counters, TTL and hop limit of outer headers. */
  public static void declare(Declarations d, String type, Function<Vnet, Tunnels> of) {
    String below = "net.link." + type + ".";
    SysctlBranch<Tunnels> link = new SysctlBranch<>(d::sysctl, below, of);
    link.knob("max_nesting", t -> t.maxNesting).range(0, Integer.MAX_VALUE, "Max nested tunnels");
    link.knob("nexthop_cache", t -> t.caching)
        .flag("Remember the nexthop of the outer destination");
    counters(d, below, v -> of.apply(v).stats);
    hops(d, "net.inet.ip." + type + "ttl", "TTL value", v -> of.apply(v).ttl);
    hops(d, "net.inet6.ip6." + type + "hlim", "hop limit", v -> of.apply(v).hopLimit);
  }

  private static void hops(Declarations d, String name, String what, Function<Vnet, IntCell> of) {
    String text = "Default " + what + " for encapsulated packets";
    d.sysctl(SysctlDeclaration.vnetInt(name, of, 0, 255, text));
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
