package cellblock.tunnel.wg.noise;

import java.util.Arrays;

/**
 * BLAKE2s (RFC 7693), with and without a key, HMAC over it (RFC 2104), and the key derivation of
 * Noise (RFC 5869 without info). The JDK has none of them. One object makes one hash at a time and
 * may be used again: {@link #begin}, {@link #update}, {@link #finish}.
 *
 * <p>Threading: one thread at a time. Ancestor: sys/dev/wg/wg_crypto.c and hmac of wg_noise.c.
 */
public final class Blake2s {
  /** Bytes of the longest hash, and of the longest key. */
  public static final int LENGTH = 32;

  private static final int BLOCK = 64;
  private static final int ROUNDS = 10;

  private static final int[] IV = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19
  };

  /** Which word of the block each step takes, by round. */
  private static final String[] SIGMA = {
    "0123456789abcdef",
    "ea489fd61c02b753",
    "b8c052fdae367194",
    "7931dcbe265a40f8",
    "905724afe1bc683d",
    "2c6a0b834d75fe19",
    "c51fed4a0763928b",
    "db7ec13950f4862a",
    "6fe9b308c2d714a5",
    "a2847615fb9e3cd0"
  };

  private static final byte[] NO_KEY = {};

  private final int[] h = new int[8];
  private final int[] v = new int[16];
  private final int[] words = new int[16];
  private final byte[] block = new byte[BLOCK];
  private int used;
  private long count;
  private int length;

  // For HMAC and the derivation, so that they allocate nothing.
  private final byte[] pad = new byte[BLOCK];
  private final byte[] inner = new byte[LENGTH];
  private final byte[] secret = new byte[LENGTH];
  private final byte[] expanded = new byte[LENGTH + 1];

  /** Begins a hash of 1 to 32 bytes. */
  public Blake2s begin(int bytes) {
    return begin(bytes, NO_KEY);
  }

  /** Begins a hash of 1 to 32 bytes with a key of 0 to 32. */
  public Blake2s begin(int bytes, byte[] key) {
    if (bytes < 1 || bytes > LENGTH || key.length > LENGTH) {
      throw new IllegalArgumentException("BLAKE2s of " + bytes + " bytes, key " + key.length);
    }
    System.arraycopy(IV, 0, h, 0, h.length);
    h[0] ^= 0x01010000 ^ key.length << 8 ^ bytes;
    length = bytes;
    used = 0;
    count = 0;
    if (key.length > 0) {
      Arrays.fill(block, (byte) 0);
      System.arraycopy(key, 0, block, 0, key.length);
      used = BLOCK;
    }
    return this;
  }

  public Blake2s update(byte[] data) {
    return update(data, 0, data.length);
  }

  public Blake2s update(byte[] data, int off, int len) {
    int at = off;
    int left = len;
    while (left > 0) {
      if (used == BLOCK) { // the last block is compressed by finish, so only now
        count += BLOCK;
        compress(0);
        used = 0;
      }
      int take = Math.min(left, BLOCK - used);
      System.arraycopy(data, at, block, used, take);
      used += take;
      at += take;
      left -= take;
    }
    return this;
  }

  /** Ends the hash and puts it at {@code off}. */
  public void finish(byte[] out, int off) {
    count += used;
    Arrays.fill(block, used, BLOCK, (byte) 0);
    compress(-1);
    for (int i = 0; i < length; i++) {
      out[off + i] = (byte) (h[i >> 2] >>> 8 * (i & 3));
    }
    Arrays.fill(block, (byte) 0);
  }

  private void compress(int last) {
    for (int i = 0; i < 16; i++) {
      int at = i * 4;
      words[i] =
          block[at] & 0xff
              | (block[at + 1] & 0xff) << 8
              | (block[at + 2] & 0xff) << 16
              | block[at + 3] << 24;
    }
    System.arraycopy(h, 0, v, 0, 8);
    System.arraycopy(IV, 0, v, 8, 8);
    v[12] ^= (int) count;
    v[13] ^= (int) (count >>> 32);
    v[14] ^= last;
    for (int r = 0; r < ROUNDS; r++) {
      round(SIGMA[r]);
    }
    for (int i = 0; i < 8; i++) {
      h[i] ^= v[i] ^ v[i + 8];
    }
  }

  private void round(String order) {
    mix(0, 4, 8, 12, word(order, 0), word(order, 1));
    mix(1, 5, 9, 13, word(order, 2), word(order, 3));
    mix(2, 6, 10, 14, word(order, 4), word(order, 5));
    mix(3, 7, 11, 15, word(order, 6), word(order, 7));
    mix(0, 5, 10, 15, word(order, 8), word(order, 9));
    mix(1, 6, 11, 12, word(order, 10), word(order, 11));
    mix(2, 7, 8, 13, word(order, 12), word(order, 13));
    mix(3, 4, 9, 14, word(order, 14), word(order, 15));
  }

  private int word(String order, int step) {
    char c = order.charAt(step);
    return words[c <= '9' ? c - '0' : c - 'a' + 10];
  }

  private void mix(int a, int b, int c, int d, int x, int y) {
    v[a] += v[b] + x;
    v[d] = Integer.rotateRight(v[d] ^ v[a], 16);
    v[c] += v[d];
    v[b] = Integer.rotateRight(v[b] ^ v[c], 12);
    v[a] += v[b] + y;
    v[d] = Integer.rotateRight(v[d] ^ v[a], 8);
    v[c] += v[d];
    v[b] = Integer.rotateRight(v[b] ^ v[c], 7);
  }

  // ---- HMAC and derivation ----

  /** HMAC-BLAKE2s of 32 bytes; {@code key} of 32 bytes or less. {@code out} may be an input. */
  public void hmac(byte[] key, byte[] data, int len, byte[] out) {
    Arrays.fill(pad, (byte) 0);
    System.arraycopy(key, 0, pad, 0, key.length);
    flip(0x36);
    begin(LENGTH).update(pad).update(data, 0, len).finish(inner, 0);
    flip(0x36 ^ 0x5c);
    begin(LENGTH).update(pad).update(inner).finish(out, 0);
    Arrays.fill(pad, (byte) 0);
  }

  private void flip(int bits) {
    for (int i = 0; i < BLOCK; i++) {
      pad[i] ^= (byte) bits;
    }
  }

  /**
   * Derives up to three keys of 32 bytes from a chaining key and an input: KDF1, KDF2, KDF3 of the
   * WireGuard paper. Each of {@code out} may be the chaining key itself.
   */
  void derive(byte[] chain, byte[] input, byte[]... out) {
    hmac(chain, input, input.length, secret);
    int before = 0;
    for (int i = 0; i < out.length; i++) {
      expanded[before] = (byte) (i + 1);
      hmac(secret, expanded, before + 1, expanded);
      System.arraycopy(expanded, 0, out[i], 0, LENGTH);
      before = LENGTH;
    }
    Arrays.fill(secret, (byte) 0);
    Arrays.fill(expanded, (byte) 0);
  }
}
