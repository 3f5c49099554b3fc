package cellblock.inet.tcp;

import cellblock.kern.vnet.Vnet;
import java.util.random.RandomGenerator;

/**
 * Sequence numbers that hold what a SYN said, so that nothing need be kept for it (ancestor:
 * syncookie_generate and syncookie_lookup of netinet/tcp_syncache.c). Of the 32 bits, from the top:
 * 24 of a keyed hash, 3 of segment size, 3 of window scale, 1 for SACK, 1 for which of two secrets.
 * Threading: the vnet's lane.
 */
final class Syncookies {
  /** How long a secret makes cookies; they are taken for twice that. */
  static final long LIFETIME = 15_000_000_000L;

  private final int[] sizes = {216, 536, 1200, 1360, 1400, 1440, 1452, 1460};
  private final int[] scales = {0, 0, 1, 2, 4, 6, 7, 8};
  private final Vnet vnet;
  private final RandomGenerator random;
  private final SipHash[] secrets;
  private int current;
  private long since = Long.MIN_VALUE;

  // What the last cookie that was read holds.
  int mss;
  int wscale;
  boolean sack;

  Syncookies(Vnet vnet, RandomGenerator random) {
    this.vnet = vnet;
    this.random = random;
    this.secrets = new SipHash[] {new SipHash(random), new SipHash(random)};
  }

  private void reseed() {
    long now = vnet.lane().now();
    if (since == Long.MIN_VALUE) {
      since = now;
    } else if (now - since >= LIFETIME) {
      current ^= 1;
      secrets[current] = new SipHash(random);
      since = now;
    }
  }

  /** The sequence number that answers a SYN. */
  int make(Segment s, int peerMss, int peerScale, boolean peerSack) {
    reseed();
    int size = index(sizes, peerMss == 0 ? 536 : peerMss);
    int scale = peerScale < 0 ? 0 : Math.max(1, index(scales, peerScale));
    int flags = size << 5 | scale << 2 | (peerSack ? 2 : 0) | current;
    int mac = mac(s, s.seq, flags);
    return mac & ~0xff | (flags ^ mac >>> 24 & 0xfe);
  }

  private static int index(int[] table, int value) {
    int at = table.length - 1;
    while (at > 0 && table[at] > value) {
      at--;
    }
    return at;
  }

  private int mac(Segment s, int irs, int flags) {
    return (int)
        secrets[flags & 1]
            .begin()
            .word(s.fromHi)
            .word(s.fromLo)
            .word(s.toHi)
            .word(s.toLo)
            .word((long) irs << 32 | s.fromPort << 16 | s.toPort)
            .word(flags)
            .end();
  }

  /** Whether the acknowledgment {@code s} answers a cookie of ours; fills in what that held. */
  boolean read(Segment s) {
    reseed();
    int cookie = s.ack - 1;
    int flags = (cookie ^ cookie >>> 24 & 0xfe) & 0xff;
    if ((mac(s, s.seq - 1, flags) ^ cookie) >>> 8 != 0) {
      return false;
    }
    mss = sizes[flags >> 5 & 7];
    int scale = flags >> 2 & 7;
    wscale = scale == 0 ? -1 : scales[scale];
    sack = (flags & 2) != 0;
    return true;
  }
}
