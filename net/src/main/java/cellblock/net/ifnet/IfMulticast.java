package cellblock.net.ifnet;

import cellblock.kern.ledger.Ledger;
import cellblock.wire.Family;
import cellblock.wire.IpAddress;
import cellblock.wire.MacAddress;
import org.jspecify.annotations.Nullable;

/**
 * A group that an interface takes part in (ancestor: struct ifmultiaddr). A network-level one has a
 * link-level one below it where the link has addresses. Owned by the lane.
 */
public final class IfMulticast {
  private final Ifnet ifp;
  private final @Nullable Family family;
  private final long hi;
  private final long lo;
  final @Nullable IfMulticast below;
  Ledger.@Nullable Entry entry;
  int refs = 1;
  private @Nullable Object data;

  IfMulticast(Ifnet ifp, @Nullable Family family, long hi, long lo, @Nullable IfMulticast below) {
    this.ifp = ifp;
    this.family = family;
    this.hi = hi;
    this.lo = lo;
    this.below = below;
  }

  public Ifnet ifnet() {
    return ifp;
  }

  /** Null for a link-level group. */
  public @Nullable Family family() {
    return family;
  }

  /** The group's key, left-aligned. */
  public long hi() {
    return hi;
  }

  /** The lower half of the key; of a link-level group, its 48 bits. */
  public long lo() {
    return lo;
  }

  /** The link-level group below, or null. */
  public @Nullable IfMulticast linkGroup() {
    return below;
  }

  /** How many joined it. */
  public int references() {
    return refs;
  }

  /** Whether it still stands on its interface. */
  public boolean joined() {
    return refs > 0;
  }

  /** What its family keeps with it (ifma_protospec). */
  public @Nullable Object data() {
    return data;
  }

  public void data(@Nullable Object now) {
    data = now;
  }

  @Override
  public String toString() {
    String group =
        family == null ? MacAddress.toString(lo) : IpAddress.ofKey(family, hi, lo).toString();
    return group + " on " + ifp;
  }
}
