package cellblock.inet.nd6;

import cellblock.inet.ip6.In6Ifinfo;
import cellblock.inet.mcast.SourceFilter;
import cellblock.kern.ledger.Ledger;
import cellblock.kern.time.Callout;
import cellblock.net.ether.LlEntry;
import cellblock.wire.Ip6Address;
import org.jspecify.annotations.Nullable;

/** A neighbour (ancestor: struct llentry with ln_state). Owned by {@link Nd6Table}; the lane's. */
final class Nd6Entry extends LlEntry {
  /** What is known of it: RFC 4861 section 7.3.2. */
  enum State {
    INCOMPLETE,
    REACHABLE,
    STALE,
    DELAY,
    PROBE
  }

  final In6Ifinfo in;
  final long hi;
  final long lo;
  final Callout timer;
  Ledger.@Nullable Entry line;
  @Nullable Nd6Entry next;
  State state = State.INCOMPLETE;
  long mac = -1;
  boolean router;

  /** A proxy's membership of the group where the questions come. */
  @Nullable SourceFilter group;

  int asked;

  Nd6Entry(In6Ifinfo in, long hi, long lo, Nd6Table table) {
    this.in = in;
    this.hi = hi;
    this.lo = lo;
    this.timer = table.timer(this);
  }

  @Override
  public String toString() {
    return "nd6 " + new Ip6Address(hi, lo, 0) + " on " + in;
  }

  boolean resolved() {
    return mac >= 0;
  }
}
