package cellblock.tunnel;

/**
 * How well the remembered nexthops of one kind of tunnel served, in one vnet. Threading: the lane;
 * readers see a recent value.
 */
public final class RouteStats {
  /** Packets that left by the remembered nexthop, without a lookup. */
  public long hits;

  /** Packets whose nexthop was looked up. */
  public long misses;

  /** Times that a change of the rib took a remembered nexthop away. */
  public long flushes;
}
