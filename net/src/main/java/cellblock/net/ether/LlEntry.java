package cellblock.net.ether;

import cellblock.kern.mbuf.Mbuf;
import org.jspecify.annotations.Nullable;

/**
 * A neighbour, of whatever family: where it came from, and the packets that wait for its link
 * address (ancestor: struct llentry of net/if_llatbl.h with la_hold and la_numheld). Threading: the
 * lane of the interface's vnet.
 */
public abstract class LlEntry {
  /** Stays until somebody deletes it: LLE_STATIC. */
  public boolean permanent;

  /** Answered for by us: LLE_PUB. */
  public boolean published;

  /** One of our own addresses: LLE_IFADDR. */
  public boolean own;

  private @Nullable Mbuf heldFirst;
  private @Nullable Mbuf heldLast;
  private int held;

  /** How many packets wait. */
  public final int held() {
    return held;
  }

  /** Lets a packet wait behind the others. Takes {@code m}. */
  public final void hold(Mbuf m) {
    m.nextPacket = null;
    if (heldLast == null) {
      heldFirst = m;
    } else {
      heldLast.nextPacket = m;
    }
    heldLast = m;
    held++;
  }

  /** The packet that has waited longest; it goes on waiting. */
  public final @Nullable Mbuf firstHeld() {
    return heldFirst;
  }

  /** Takes the packet that has waited longest. */
  public final @Nullable Mbuf takeHeld() {
    Mbuf m = heldFirst;
    if (m != null) {
      heldFirst = m.nextPacket;
      m.nextPacket = null;
      if (heldFirst == null) {
        heldLast = null;
      }
      held--;
    }
    return m;
  }
}
