package cellblock.tunnel.vxlan;

import cellblock.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * Which Ethernet address is behind which far end (ancestor: vxlan_ftable_*). Learned entries go
 * when they have not been heard of for a while. Nothing is allocated before the first; packets to
 * and from known addresses allocate nothing. Threading: the lane.
 */
final class ForwardingTable {
  private static final int BUCKETS = 64;

  /** Where an address is, and until when that is believed. */
  static final class Entry {
    final long mac;
    FarEnd at;
    long expires;
    @Nullable Entry next;

    Entry(long mac, FarEnd at) {
      this.mac = mac;
      this.at = at;
    }
  }

  private @Nullable Entry[] buckets = {};
  private int size;

  private static int bucket(long mac) {
    return (int) (mac * 0x9e3779b97f4a7c15L >>> 40) & BUCKETS - 1;
  }

  int size() {
    return size;
  }

  @Nullable Entry find(long mac) {
    Entry e = buckets.length == 0 ? null : buckets[bucket(mac)];
    while (e != null && e.mac != mac) {
      e = e.next;
    }
    return e;
  }

  void add(Entry e) {
    if (buckets.length == 0) {
      buckets = new Entry[BUCKETS];
    }
    int b = bucket(e.mac);
    e.next = buckets[b];
    buckets[b] = e;
    e.at.entries++;
    size++;
  }

  /** Moves an address to another far end. */
  static void move(Entry e, FarEnd to) {
    e.at.release();
    e.at = to;
    to.entries++;
  }

  /** Forgets what expired by {@code now}; {@link Long#MAX_VALUE} forgets all. */
  void prune(long now) {
    for (int b = 0; b < buckets.length; b++) {
      Entry kept = null;
      for (Entry e = buckets[b]; e != null; ) {
        Entry next = e.next;
        if (e.expires <= now) {
          e.at.release();
          size--;
        } else {
          e.next = kept;
          kept = e;
        }
        e = next;
      }
      buckets[b] = kept;
    }
  }

  /** The far end that some entry is behind; null = none is. */
  @Nullable FarEnd farEnd(IpAddress a) {
    for (Entry first : buckets) {
      for (Entry e = first; e != null; e = e.next) {
        if (e.at.address().equals(a)) {
          return e.at;
        }
      }
    }
    return null;
  }
}
