package cellblock.inet.ip6;

import org.jspecify.annotations.Nullable;

/** How multicast packets of one sender leave (ancestor: struct ip6_moptions). The vnet's lane. */
public final class In6Moptions {
  /** IPV6_MULTICAST_IF, or null for the one that zone or routing chooses. */
  public @Nullable In6Ifinfo out;

  /** IPV6_MULTICAST_HOPS, -1 = net.inet6.ip6.defmcasthlim. */
  public int hopLimit = -1;

  /** IPV6_MULTICAST_LOOP. */
  public boolean loop = true;

  /** Options for one packet. */
  public static In6Moptions only(In6Ifinfo out, boolean loop) {
    In6Moptions o = new In6Moptions();
    o.out = out;
    o.loop = loop;
    return o;
  }
}
