package cellblock.tunnel.wg.noise;

/**
 * Which counters of a session have come in (RFC 6479; ancestor: noise_keypair_nonce_check of
 * wg_noise.c): the last 8,128 are told apart, older ones are refused. Threading: the lane.
 */
final class ReplayWindow {
  private static final int WORDS = 128;
  private static final int WORD_BITS = 6;

  /** Counters behind the newest that are still told apart. */
  static final int SIZE = (WORDS - 1) << WORD_BITS;

  /** REJECT_AFTER_MESSAGES: 2⁶⁴ − 2¹³ + 63, as unsigned. */
  static final long LIMIT = -1 - SIZE - 1;

  private final long[] seen = new long[WORDS];

  /** One more than the newest. */
  private long next;

  /** Whether no counter may come any more. */
  boolean exhausted() {
    return Long.compareUnsigned(next, LIMIT) >= 0;
  }

  /** Takes a counter; false: it came before, is too old, or too large. */
  boolean accept(long counter) {
    if (exhausted() || Long.compareUnsigned(counter, LIMIT) >= 0) {
      return false;
    }
    long number = counter + 1;
    if (Long.compareUnsigned(number + SIZE, next) < 0) {
      return false;
    }
    long word = number >>> WORD_BITS;
    if (Long.compareUnsigned(number, next) > 0) {
      long newest = next >>> WORD_BITS;
      long fresh = Math.min(word - newest, WORDS);
      for (long i = 1; i <= fresh; i++) {
        seen[(int) (newest + i) & WORDS - 1] = 0;
      }
      next = number;
    }
    int at = (int) word & WORDS - 1;
    long bit = 1L << number;
    if ((seen[at] & bit) != 0) {
      return false;
    }
    seen[at] |= bit;
    return true;
  }
}
