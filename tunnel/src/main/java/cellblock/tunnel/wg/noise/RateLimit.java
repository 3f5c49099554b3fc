package cellblock.tunnel.wg.noise;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Twenty handshakes a second from one IPv4 address or IPv6 /64, five at once (ancestor:
 * ratelimit_allow of wg_cookie.c). What was silent for a second is forgotten. Threading: the lane.
 */
final class RateLimit {
  private static final long COST = Limits.SECOND / 20;
  private static final long MOST = COST * 5;
  private static final int ADDRESSES = 65536;

  private record Key(boolean six, long hi) {}

  private static final class Bucket {
    private long tokens;
    private long last;
  }

  private final Map<Key, Bucket> buckets = new LinkedHashMap<>(16, 0.75f, true);

  boolean allows(boolean six, long hi, long now) {
    Key key = new Key(six, hi);
    Bucket b = buckets.get(key);
    if (b == null) {
      forget(now);
      if (buckets.size() >= ADDRESSES) {
        return false;
      }
      b = new Bucket();
      b.tokens = MOST;
      b.last = now;
      buckets.put(key, b);
    }
    b.tokens = Math.min(MOST, b.tokens + now - b.last);
    b.last = now;
    if (b.tokens < COST) {
      return false;
    }
    b.tokens -= COST;
    return true;
  }

  /** The eldest are first. */
  private void forget(long now) {
    Iterator<Bucket> all = buckets.values().iterator();
    while (all.hasNext() && now - all.next().last >= Limits.SECOND) {
      all.remove();
    }
  }
}
