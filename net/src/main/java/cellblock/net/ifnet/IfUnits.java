package cellblock.net.ifnet;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Unit numbers of one type of cloned interface (ancestor: the unrhdr of if_clone.c). Owned by a
 * lane: the vnet's, or the kernel's where a type counts over all vnets.
 */
public final class IfUnits {
  /** IF_MAXUNIT. */
  public static final int MAX = 0x7fff;

  private @Nullable BitSet used; // null: none ever was

  /** The lowest free unit from {@code from} on, or -1; not yet taken. */
  public int free(int from) {
    int unit = used == null ? from : used.nextClearBit(from);
    return unit > MAX ? -1 : unit;
  }

  /** Takes a unit; false when it is taken. */
  public boolean take(int unit) {
    if (used == null) {
      used = new BitSet();
    }
    if (used.get(unit)) {
      return false;
    }
    used.set(unit);
    return true;
  }

  /** Gives a unit back. */
  public void release(int unit) {
    if (used != null) {
      used.clear(unit);
    }
  }

  public int inUse() {
    return used == null ? 0 : used.cardinality();
  }
}
