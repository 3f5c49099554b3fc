package cellblock.tunnel.wg.noise;

import java.util.Arrays;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha): the key of the inner cipher is made from the first
 * 16 of 24 nonce bytes by HChaCha20, so that nonces may be chosen by chance. For cookies only.
 * Threading: one thread at a time. Ancestor: xchacha20poly1305_encrypt of sys/dev/wg/wg_crypto.c.
 */
final class XAead {
  /** Bytes of a nonce. */
  static final int NONCE = 24;

  private static final int ROUNDS = 10;

  /** "expand 32-byte k". */
  private static final int[] CONSTANTS = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};

  private final Aead aead;

  XAead(Aead aead) {
    this.aead = aead;
  }

  void seal(byte[] key, byte[] nonce, byte[] ad, byte[] data, byte[] out, int off) {
    aead.seal(inner(key, nonce), rest(nonce), ad, data, data.length, out, off);
  }

  boolean open(byte[] key, byte[] nonce, byte[] ad, byte[] sealed, byte[] out) {
    return aead.open(inner(key, nonce), rest(nonce), ad, sealed, 0, sealed.length, out, 0);
  }

  private static SecretKeySpec inner(byte[] key, byte[] nonce) {
    byte[] sub = hchacha(key, nonce);
    SecretKeySpec spec = Aead.key(sub);
    Arrays.fill(sub, (byte) 0);
    return spec;
  }

  private static IvParameterSpec rest(byte[] nonce) {
    byte[] iv = new byte[12];
    System.arraycopy(nonce, 16, iv, 4, 8);
    return new IvParameterSpec(iv);
  }

  /** HChaCha20 of the first 16 bytes of the nonce. */
  static byte[] hchacha(byte[] key, byte[] nonce) {
    int[] x = new int[16];
    System.arraycopy(CONSTANTS, 0, x, 0, 4);
    for (int i = 0; i < 8; i++) {
      x[4 + i] = little(key, i * 4);
    }
    for (int i = 0; i < 4; i++) {
      x[12 + i] = little(nonce, i * 4);
    }
    for (int i = 0; i < ROUNDS; i++) {
      doubleRound(x);
    }
    byte[] out = new byte[32];
    for (int i = 0; i < 4; i++) {
      put(out, i * 4, x[i]);
      put(out, 16 + i * 4, x[12 + i]);
    }
    return out;
  }

  private static void doubleRound(int[] x) {
    for (int i = 0; i < 4; i++) {
      quarter(x, i, 4 + i, 8 + i, 12 + i);
    }
    for (int i = 0; i < 4; i++) {
      quarter(x, i, 4 + (i + 1 & 3), 8 + (i + 2 & 3), 12 + (i + 3 & 3));
    }
  }

  private static void quarter(int[] x, int a, int b, int c, int d) {
    x[a] += x[b];
    x[d] = Integer.rotateLeft(x[d] ^ x[a], 16);
    x[c] += x[d];
    x[b] = Integer.rotateLeft(x[b] ^ x[c], 12);
    x[a] += x[b];
    x[d] = Integer.rotateLeft(x[d] ^ x[a], 8);
    x[c] += x[d];
    x[b] = Integer.rotateLeft(x[b] ^ x[c], 7);
  }

  private static int little(byte[] b, int at) {
    return b[at] & 0xff | (b[at + 1] & 0xff) << 8 | (b[at + 2] & 0xff) << 16 | b[at + 3] << 24;
  }

  private static void put(byte[] b, int at, int word) {
    for (int i = 0; i < 4; i++) {
      b[at + i] = (byte) (word >>> 8 * i);
    }
  }
}
