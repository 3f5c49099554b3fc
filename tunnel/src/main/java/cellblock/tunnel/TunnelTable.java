package cellblock.tunnel;

import cellblock.wire.Family;
import cellblock.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * The configured tunnels of one kind in one vnet, by their outer addresses (ancestor: the hash
 * lists of in_gif.c and ip_gre.c). Nothing is allocated before the first. Threading: the lane.
 */
final class TunnelTable {
  private static final int FIRST = 8;

  private @Nullable IpTunnel[] buckets = {};
  private @Nullable IpTunnel anySource;
  private int size;

  private static int spread(long localHi, long localLo, long remoteHi, long remoteLo) {
    long h = (localHi ^ localLo * 31) * 0x9e3779b97f4a7c15L + (remoteHi ^ remoteLo * 31);
    h *= 0xbf58476d1ce4e5b9L;
    return (int) (h >>> 40);
  }

  private static int spread(TunnelEnds e) {
    return spread(e.local().hi(), e.local().lo(), e.remote().hi(), e.remote().lo());
  }

  /** Every tunnel here has its ends. */
  void add(IpTunnel t, TunnelEnds ends) {
    if (t.anySource()) {
      t.nextInTable = anySource;
      anySource = t;
    } else {
      if (size >= buckets.length) {
        grow();
      }
      int at = spread(ends) & buckets.length - 1;
      t.nextInTable = buckets[at];
      buckets[at] = t;
    }
    size++;
  }

  private void grow() {
    @Nullable IpTunnel[] old = buckets;
    buckets = new IpTunnel[Math.max(FIRST, old.length * 2)];
    for (IpTunnel first : old) {
      for (IpTunnel t = first; t != null; ) {
        IpTunnel next = t.nextInTable;
        TunnelEnds ends = t.ends();
        if (ends != null) {
          int at = spread(ends) & buckets.length - 1;
          t.nextInTable = buckets[at];
          buckets[at] = t;
        }
        t = next;
      }
    }
  }

  void remove(IpTunnel t, TunnelEnds ends) {
    if (t.anySource()) {
      anySource = without(anySource, t);
    } else {
      int at = spread(ends) & buckets.length - 1;
      buckets[at] = without(buckets[at], t);
    }
    size--;
  }

  private static @Nullable IpTunnel without(@Nullable IpTunnel first, IpTunnel gone) {
    if (first == gone) {
      IpTunnel rest = gone.nextInTable;
      gone.nextInTable = null;
      return rest;
    }
    for (IpTunnel t = first; t != null; t = t.nextInTable) {
      if (t.nextInTable == gone) {
        t.nextInTable = gone.nextInTable;
        gone.nextInTable = null;
        break;
      }
    }
    return first;
  }

  /** The tunnel between exactly these, with this discriminator; null = none. */
  @Nullable IpTunnel exact(
      Family family, long localHi, long localLo, long remoteHi, long remoteLo, int key) {
    if (buckets.length == 0) {
      return null;
    }
    int at = spread(localHi, localLo, remoteHi, remoteLo) & buckets.length - 1;
    for (IpTunnel t = buckets[at]; t != null; t = t.nextInTable) {
      TunnelEnds e = t.ends();
      if (e != null
          && t.discriminator() == key
          && is(e.local(), family, localHi, localLo)
          && is(e.remote(), family, remoteHi, remoteLo)) {
        return t;
      }
    }
    return null;
  }

  /** A tunnel that takes packets from anybody to this address; null = none. */
  @Nullable IpTunnel toLocal(Family family, long localHi, long localLo, int key) {
    for (IpTunnel t = anySource; t != null; t = t.nextInTable) {
      TunnelEnds e = t.ends();
      if (e != null && t.discriminator() == key && is(e.local(), family, localHi, localLo)) {
        return t;
      }
    }
    return null;
  }

  private static boolean is(IpAddress a, Family family, long hi, long lo) {
    return a.hi() == hi && a.lo() == lo && a.family() == family;
  }
}
