package cellblock.inet.arp;

import cellblock.kern.ledger.Ledger;
import cellblock.kern.time.Callout;
import cellblock.net.ether.LlEntry;
import cellblock.net.ifnet.Ifnet;
import cellblock.wire.Ip4Address;
import org.jspecify.annotations.Nullable;

/**
 * A neighbour (ancestor: struct llentry, net/if_llatbl.h). Owned by {@link ArpTable}; the lane's.
 */
final class ArpEntry extends LlEntry {
  /** What is known of it. */
  enum State {
    /** Asked, not answered. */
    INCOMPLETE,
    /** Answered. */
    REACHABLE,
    /** Answered long ago: its use is watched, and it is asked again where it is used. */
    VERIFY
  }

  final Ifnet ifp;
  final int address;
  private final ArpTable table;
  private @Nullable Callout timer; // an own address hardly needs one
  Ledger.@Nullable Entry line;
  @Nullable ArpEntry next;
  @Nullable ArpEntry nextHere;
  @Nullable ArpEntry previousHere;
  State state = State.INCOMPLETE;
  boolean valid;
  long mac;

  boolean blackhole;
  boolean reject;

  /** Nanoseconds since boot; meaningless while permanent. */
  long expires;

  /** Second of the last request, and how many there were; of an own address, announcements. */
  long askedAt;

  int asked;

  /** Requests left before it expires, while it is in use. */
  int refreshes;

  /** Whether the packet path used it since it was to be watched. */
  boolean used;

  ArpEntry(Ifnet ifp, int address, ArpTable table) {
    this.ifp = ifp;
    this.address = address;
    this.table = table;
  }

  /** Expires after so many nanoseconds. */
  void expireIn(long delay) {
    if (timer == null) {
      timer = table.timer(this);
    }
    timer.reset(delay);
  }

  /** Does not expire any more. */
  void stopTimer() {
    if (timer != null) {
      timer.stop();
    }
  }

  /** When it expires, nanoseconds since boot; 0 = never set. */
  long deadline() {
    return timer == null ? 0 : timer.deadline();
  }

  @Override
  public String toString() {
    return "arp " + Ip4Address.toString(address) + " on " + ifp.name();
  }
}
