package cellblock.inet.ip6;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All IPv6 addresses of a vnet (ancestor: V_in6_ifaddrhead and its hash). A link-local one is found
 * by its interface, too. Threading: turns of the vnet's lane; a lookup allocates nothing.
 */
public final class In6Addresses {
  private @Nullable In6Address[] buckets = new In6Address[4];
  private final List<In6Address> ordered = new ArrayList<>(2);

  private static int spread(long hi, long lo) {
    long h = (hi ^ Long.rotateLeft(lo, 23)) * 0x9e3779b97f4a7c15L;
    return (int) (h >>> 40);
  }

  /**
   * The own address (hi, lo), or null.
   *
   * @param zone the interface's index; matters for link-local ones, where 0 means any
   */
  public @Nullable In6Address find(long hi, long lo, int zone) {
    In6Address a = buckets[spread(hi, lo) & buckets.length - 1];
    while (a != null
        && !(a.hi() == hi
            && a.lo() == lo
            && (zone == 0 || !a.isLinkLocal() || a.ifnet().index() == zone))) {
      a = a.nextInBucket;
    }
    return a;
  }

  void add(In6Address a) {
    ordered.add(a);
    if (ordered.size() > 2 * buckets.length) {
      buckets = new In6Address[buckets.length * 2];
      ordered.forEach(this::link);
    } else {
      link(a);
    }
  }

  private void link(In6Address a) {
    int at = spread(a.hi(), a.lo()) & buckets.length - 1;
    a.nextInBucket = buckets[at];
    buckets[at] = a;
  }

  void remove(In6Address gone) {
    if (!ordered.remove(gone)) {
      return;
    }
    int at = spread(gone.hi(), gone.lo()) & buckets.length - 1;
    In6Address a = buckets[at];
    if (a == gone) {
      buckets[at] = gone.nextInBucket;
    } else {
      while (a != null && a.nextInBucket != gone) {
        a = a.nextInBucket;
      }
      if (a != null) {
        a.nextInBucket = gone.nextInBucket;
      }
    }
    gone.nextInBucket = null;
  }

  /** All, oldest first; a copy. */
  public List<In6Address> list() {
    return List.copyOf(ordered);
  }
}
