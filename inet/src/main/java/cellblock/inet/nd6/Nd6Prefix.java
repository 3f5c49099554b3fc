package cellblock.inet.nd6;

import cellblock.inet.ip6.In6Ifinfo;
import cellblock.wire.IpPrefix;
import java.util.ArrayList;
import java.util.List;

/**
 * A prefix that routers advertise on a link (ancestor: struct nd_prefix). Times are nanoseconds
 * since boot. Owned by {@link Nd6Prefixes}; the vnet's lane.
 */
public final class Nd6Prefix {
  static final long FOREVER = 0xffff_ffffL;

  final In6Ifinfo in;
  final IpPrefix prefix;

  /** Who advertises it: pfxrtr. */
  final List<Nd6Router.Router> routers = new ArrayList<>(1);

  boolean onLink;
  boolean autonomous;

  /** As it was said, in seconds. */
  long validSeconds;

  long preferredSeconds;
  long valid;

  /** Whether the route is there: NDPRF_ONLINK. */
  boolean routed;

  /** Nobody who advertises it answers, while others do: NDPRF_DETACHED. */
  boolean detached;

  Nd6Prefix(In6Ifinfo in, IpPrefix prefix) {
    this.in = in;
    this.prefix = prefix;
  }

  /** One prefix on a link as ndp -p shows it; lifetimes in seconds, -1 = for ever. */
  public record Shown(
      IpPrefix prefix,
      String ifname,
      String flags,
      long valid,
      long preferred,
      long expires,
      int references,
      List<String> routers) {}
}
