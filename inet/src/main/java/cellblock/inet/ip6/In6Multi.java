package cellblock.inet.ip6;

import cellblock.kern.ledger.Ledger;
import cellblock.net.ifnet.IfMulticast;
import cellblock.wire.Ip6Address;
import org.jspecify.annotations.Nullable;

/**
 * A multicast group on one interface (ancestor: struct in6_multi). Counted; all sources are wanted
 * by every member. Threading: the vnet's lane.
 */
public final class In6Multi {
  private final In6Ifinfo in;
  private final long hi;
  private final long lo;
  final IfMulticast link;
  Ledger.@Nullable Entry line;
  int references;

  In6Multi(In6Ifinfo in, long hi, long lo, IfMulticast link) {
    this.in = in;
    this.hi = hi;
    this.lo = lo;
    this.link = link;
  }

  public In6Ifinfo in() {
    return in;
  }

  public long hi() {
    return hi;
  }

  public long lo() {
    return lo;
  }

  /** How many members there are. */
  public int references() {
    return references;
  }

  /** The group, without zone. */
  public Ip6Address group() {
    return new Ip6Address(hi, lo, 0);
  }

  @Override
  public String toString() {
    return group() + " on " + in;
  }
}
