package cellblock.net.bridge;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which address is behind which port, per VLAN (ancestor: the bridge_rt* functions). Sorted by key
 * rather than hashed: nobody can make it slow, and it is the same in every run. Bounded. Nothing is
 * allocated for addresses that are known. Threading: the lane.
 */
final class AddressTable {
  /** BRIDGE_RTABLE_MAX and BRIDGE_RTABLE_TIMEOUT, entries and seconds. */
  private static final int MAX = 2000;

  private static final int TIMEOUT = 1200;
  private static final long SECOND = 1_000_000_000L;

  /** IFBAF_*: how an entry came. */
  static final int DYNAMIC = 0;

  static final int STATIC = 1;
  static final int STICKY = 2;

  /** One address. */
  static final class Entry {
    final long key;
    final long order;
    BridgePort port;
    long expires;
    int flags;

    Entry(long key, long order, BridgePort port) {
      this.key = key;
      this.order = order;
      this.port = port;
    }

    long address() {
      return key & 0xffff_ffff_ffffL;
    }

    int vlan() {
      return (int) (key >>> 48);
    }

    /** Seconds left; 0 for what does not expire. */
    long seconds(long now) {
      return flags != DYNAMIC || expires == Long.MAX_VALUE
          ? 0
          : Math.max(0, expires - now) / SECOND;
    }
  }

  private long[] keys = new long[8];
  private @Nullable Entry[] entries = new Entry[8];
  private int size;
  private long nextOrder;

  /** Most entries; more are not learned. Seconds that a learned one lives; 0 = for ever. */
  long max = MAX;

  long timeout = TIMEOUT;

  /** The key of an address in a VLAN; frames without one are of VLAN 1. */
  static long key(int vlan, long address) {
    return (long) (vlan == 0 ? 1 : vlan) << 48 | address;
  }

  int size() {
    return size;
  }

  @Nullable Entry find(long key) {
    int at = Arrays.binarySearch(keys, 0, size, key);
    return at < 0 ? null : entries[at];
  }

  /**
   * An address has been heard behind a port (bridge_rtupdate with IFBAF_DYNAMIC). False: it is not
   * known and there is no room for it, or it can be nobody's.
   */
  boolean learn(long key, BridgePort port, long now) {
    Entry e = find(key);
    if (e == null) {
      e = add(key, port);
      if (e == null) {
        return false;
      }
      e.flags = port.has(BridgePort.STICKY) ? STICKY : DYNAMIC;
    } else if (e.flags == DYNAMIC && e.port != port) {
      move(e, port);
    }
    e.expires = timeout == 0 ? Long.MAX_VALUE : now + timeout * SECOND;
    return true;
  }

  /** An address is said to be behind a port, for good. False: there is no room. */
  boolean fix(long key, BridgePort port) {
    Entry e = find(key);
    if (e == null) {
      e = add(key, port);
    } else if (e.flags == DYNAMIC) {
      move(e, port);
    }
    if (e == null) {
      return false;
    }
    e.flags = STATIC;
    return true;
  }

  private static void move(Entry e, BridgePort port) {
    e.port.addresses--;
    e.port = port;
    port.addresses++;
  }

  private @Nullable Entry add(long key, BridgePort port) {
    if (size >= max || port.maxAddresses > 0 && port.addresses >= port.maxAddresses) {
      return null;
    }
    if (size == keys.length) {
      keys = Arrays.copyOf(keys, 2 * size);
      entries = Arrays.copyOf(entries, 2 * size);
    }
    int at = -Arrays.binarySearch(keys, 0, size, key) - 1;
    System.arraycopy(keys, at, keys, at + 1, size - at);
    System.arraycopy(entries, at, entries, at + 1, size - at);
    Entry e = new Entry(key, nextOrder++, port);
    keys[at] = key;
    entries[at] = e;
    size++;
    port.addresses++;
    return e;
  }

  /** Which entries. */
  interface Choice {
    boolean takes(Entry e);
  }

  /** Removes those chosen; tells whether there were any. */
  boolean remove(Choice choice) {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      Entry e = at(i);
      if (choice.takes(e)) {
        e.port.addresses--;
      } else {
        keys[kept] = e.key;
        entries[kept++] = e;
      }
    }
    boolean some = kept < size;
    Arrays.fill(entries, kept, size, null);
    size = kept;
    return some;
  }

  /** Learned entries whose time has come (bridge_rtage). */
  void age(long now) {
    remove(e -> e.flags == DYNAMIC && e.expires <= now);
  }

  /** Makes the learned ones as few as are allowed: the newest go first (bridge_rttrim). */
  void trim(long now) {
    if (size > max) {
      age(now);
    }
    if (size > max) {
      Entry[] newest = newest();
      long surplus = size - max;
      for (Entry e : newest) {
        if (surplus > 0 && e.flags == DYNAMIC) {
          remove(other -> other == e);
          surplus--;
        }
      }
    }
  }

  /** All entries, the newest first. */
  Entry[] newest() {
    Entry[] all = new Entry[size];
    for (int i = 0; i < size; i++) {
      all[i] = at(i);
    }
    Arrays.sort(all, (a, b) -> Long.compare(b.order, a.order));
    return all;
  }

  @SuppressWarnings("NullAway") // below size every place is filled
  private Entry at(int i) {
    return entries[i];
  }
}
