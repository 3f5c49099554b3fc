package cellblock.inet.icmp6;

import java.util.Map;
import java.util.function.IntFunction;

/**
 * How many messages of each type there were (ancestor: icp6s_inhist, icp6s_outhist). The types that
 * are in use have a place each; the rest take space once one is seen. The vnet's lane.
 */
final class Icmp6Histogram {
  private static final long[] NONE = {};
  private static final int ERRORS = 8;
  private static final int QUERIES = 24;
  private static final int SHORT = ERRORS + QUERIES;
  private long[] counts = NONE;

  private static int place(int type) {
    if (type < ERRORS) {
      return type;
    }
    int query = type - 128;
    return query >= 0 && query < QUERIES ? ERRORS + query : SHORT + type;
  }

  void count(int type) {
    int at = place(type);
    if (at >= counts.length) {
      counts = java.util.Arrays.copyOf(counts, at < SHORT ? SHORT : SHORT + 256);
    }
    counts[at]++;
  }

  long of(int type) {
    int at = place(type);
    return at < counts.length ? counts[at] : 0;
  }

  /** Adds what is not zero, by type, under {@code prefix} and the type's name. */
  void list(Map<String, Long> to, String prefix, IntFunction<String> name) {
    for (int type = 0; type < 256; type++) {
      long n = of(type);
      if (n != 0) {
        to.put(prefix + name.apply(type), n);
      }
    }
  }

  void clear() {
    counts = NONE;
  }
}
