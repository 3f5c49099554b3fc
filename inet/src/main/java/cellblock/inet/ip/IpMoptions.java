package cellblock.inet.ip;

import org.jspecify.annotations.Nullable;

/**
 * How multicast packets of one sender leave (ancestor: struct ip_moptions). Threading: the vnet's
 * lane.
 */
public final class IpMoptions {
  /** IP_MULTICAST_IF: the interface, or null for the one that routing chooses. */
  public @Nullable InIfinfo out;

  /** IP_MULTICAST_TTL. */
  public int ttl = 1;

  /** IP_MULTICAST_LOOP: whether a copy goes to the members on this host. */
  public boolean loop = true;

  /** Options for one packet. */
  public static IpMoptions only(InIfinfo out, int ttl, boolean loop) {
    IpMoptions o = new IpMoptions();
    o.out = out;
    o.ttl = ttl;
    o.loop = loop;
    return o;
  }
}
