package cellblock.inet.ip6;

import cellblock.kern.vnet.Vnet;
import cellblock.wire.Ip6Address;
import cellblock.wire.Ip6Header;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What "packet too big" messages told of the way to each destination (ancestor: hc_updatemtu of
 * netinet/tcp_hostcache.c; RFC 8201). Bounded; an entry is forgotten after ten minutes. Threading:
 * the vnet's lane.
 */
public final class PathMtu {
  private static final int LIMIT = 1024;
  private static final long LIFETIME = 600_000_000_000L;

  private record Way(int mtu, long until) {}

  private final Vnet vnet;
  private Map<Ip6Address, Way> ways = Map.of(); // until a router complains

  PathMtu(Vnet vnet) {
    this.vnet = vnet;
  }

  /** The largest packet known to reach the destination, or Integer.MAX_VALUE. */
  public int of(long hi, long lo, int scope) {
    if (ways.isEmpty()) {
      return Integer.MAX_VALUE;
    }
    Ip6Address to = new Ip6Address(hi, lo, scope);
    Way w = ways.get(to);
    if (w == null) {
      return Integer.MAX_VALUE;
    }
    if (w.until <= vnet.lane().now()) {
      ways.remove(to);
      return Integer.MAX_VALUE;
    }
    return w.mtu;
  }

  /** Learns; a larger value than known is ignored. Returns whether something changed. */
  public boolean learn(long hi, long lo, int scope, int mtu) {
    int wanted = Math.max(mtu, Ip6Header.MINIMUM_MTU);
    if (wanted >= of(hi, lo, scope)) {
      return false;
    }
    if (ways.isEmpty()) {
      ways = new LinkedHashMap<>();
    }
    if (ways.size() >= LIMIT) {
      ways.remove(ways.keySet().iterator().next());
    }
    ways.put(new Ip6Address(hi, lo, scope), new Way(wanted, vnet.lane().now() + LIFETIME));
    return true;
  }

  /** Forgets everything. */
  public void clear() {}
}
