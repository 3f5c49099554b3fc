package cellblock.inet.tcp;

import java.util.random.RandomGenerator;

/**
 * SipHash-2-4 of 64-bit words, keyed from the vnet's randomness (ancestor: crypto/siphash).
 * Threading: the vnet's lane.
 */
final class SipHash {
  private final long k0;
  private final long k1;
  private long v0;
  private long v1;
  private long v2;
  private long v3;
  private int words;

  SipHash(RandomGenerator random) {
    this(random.nextLong(), random.nextLong());
  }

  SipHash(long k0, long k1) {
    this.k0 = k0;
    this.k1 = k1;
  }

  /** Begins; then words; then {@link #end}. */
  SipHash begin() {
    v0 = k0 ^ 0x736f6d6570736575L;
    v1 = k1 ^ 0x646f72616e646f6dL;
    v2 = k0 ^ 0x6c7967656e657261L;
    v3 = k1 ^ 0x7465646279746573L;
    words = 0;
    return this;
  }

  SipHash word(long m) {
    v3 ^= m;
    round();
    round();
    v0 ^= m;
    words++;
    return this;
  }

  long end() {
    word((long) words * 8 << 56);
    v2 ^= 0xff;
    for (int i = 0; i < 4; i++) {
      round();
    }
    return v0 ^ v1 ^ v2 ^ v3;
  }

  private void round() {
    v0 += v1;
    v2 += v3;
    v1 = Long.rotateLeft(v1, 13) ^ v0;
    v3 = Long.rotateLeft(v3, 16) ^ v2;
    v0 = Long.rotateLeft(v0, 32);
    v2 += v1;
    v0 += v3;
    v1 = Long.rotateLeft(v1, 17) ^ v2;
    v3 = Long.rotateLeft(v3, 21) ^ v0;
    v2 = Long.rotateLeft(v2, 32);
  }
}
