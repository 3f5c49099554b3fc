package cellblock.inet.ip;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Identification of packets (ancestor: netinet/ip_id.c). Atomic datagrams get 0 where
 * net.inet.ip.rfc6864 says so; others count up from a random start, or with net.inet.ip.random_id
 * are random without a repetition in the last {@link #PERIOD}. Threading: the vnet's lane.
 */
final class IpId {
  private static final int PERIOD = 1024;

  private final RandomGenerator random;
  private final Ip4Settings settings;
  private int counter;
  private long @Nullable [] used;
  private char @Nullable [] history;
  private int at;

  IpId(RandomGenerator random, Ip4Settings settings) {
    this.random = random;
    this.settings = settings;
    this.counter = random.nextInt();
  }

  /** ip_fillid: the identification of a packet with this offset field. */
  int next(int offsetField) {
    if (settings.rfc6864 != 0 && (offsetField & ~0x8000) == 0x4000) {
      return 0;
    }
    return settings.randomId != 0 ? random() : ++counter & 0xffff;
  }

  private int random() {
    long[] bits = used;
    char[] last = history;
    if (bits == null || last == null) {
      bits = used = new long[1024];
      last = history = new char[PERIOD];
    }
    int old = last[at];
    bits[old >> 6] &= ~(1L << old);
    int id;
    do {
      id = random.nextInt(1, 65536);
    } while ((bits[id >> 6] & 1L << id) != 0);
    bits[id >> 6] |= 1L << id;
    last[at] = (char) id;
    at = (at + 1) % PERIOD;
    return id;
  }
}
