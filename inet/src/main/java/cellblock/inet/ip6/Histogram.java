package cellblock.inet.ip6;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;

/**
 * How often each of a few numbers was seen, of many that are possible: types of messages, next
 * headers (ancestor: the histograms of struct ip6stat and icmp6stat). Takes space for those that
 * were seen. The vnet's lane.
 */
public final class Histogram {
  private static final int[] NO_KEYS = {};
  private static final long[] NO_COUNTS = {};
  private int[] keys = NO_KEYS;
  private long[] counts = NO_COUNTS;

  /** One more. */
  public void count(int key) {
    int at = find(key);
    if (at < 0) {
      at = keys.length;
      keys = Arrays.copyOf(keys, at + 1);
      counts = Arrays.copyOf(counts, at + 1);
      keys[at] = key;
    }
    counts[at]++;
  }

  private int find(int key) {
    for (int i = 0; i < keys.length; i++) {
      if (keys[i] == key) {
        return i;
      }
    }
    return -1;
  }

  /** How many of {@code key} there were. */
  public long of(int key) {
    int at = find(key);
    return at < 0 ? 0 : counts[at];
  }

  /** Adds what was seen, in ascending order, under {@code prefix} and the number's name. */
  public void list(Map<String, Long> to, String prefix, IntFunction<String> name) {
    TreeMap<Integer, Long> sorted = new TreeMap<>();
    for (int i = 0; i < keys.length; i++) {
      sorted.put(keys[i], counts[i]);
    }
    sorted.forEach((key, n) -> to.put(prefix + name.apply(key), n));
  }

  public void clear() {
    keys = NO_KEYS;
    counts = NO_COUNTS;
  }
}
