package cellblock.tunnel.wg.noise;

import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * ChaCha20-Poly1305 (RFC 8439) by the JDK, with WireGuard's nonce: four bytes of zero and a counter
 * of 64 bits, little-endian. One cipher is kept for each direction. The JDK makes its state anew
 * for each message, so a message costs some allocation (docs/adr/0025); the bytes of the message
 * are not copied when sealing.
 *
 * <p>Threading: one thread at a time. Ancestor: sys/dev/wg/wg_crypto.c.
 */
final class Aead {
  /** Bytes of a key. */
  static final int KEY = 32;

  /** Bytes that sealing adds. */
  static final int TAG = 16;

  private static final byte[] NOTHING = {};

  private final Cipher seal;
  private final Cipher open;
  private final byte[] nonce = new byte[12];

  Aead() {
    try {
      seal = Cipher.getInstance("ChaCha20-Poly1305");
      open = Cipher.getInstance("ChaCha20-Poly1305");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK lacks ChaCha20-Poly1305", e);
    }
  }

  /** The form of a key that the calls below take. */
  static SecretKeySpec key(byte[] bytes) {
    return new SecretKeySpec(bytes, 0, KEY, "ChaCha20");
  }

  /**
   * Seals {@code len} bytes at {@code off} where they are; the tag comes behind them. A key and a
   * counter are used together once.
   */
  void seal(SecretKeySpec key, long counter, byte[] data, int off, int len) {
    try {
      seal.init(Cipher.ENCRYPT_MODE, key, counter(counter));
      seal.doFinal(data, off, len, data, off);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("sealing failed", e);
    }
  }

  /** The same into another array, with data that is only authenticated. */
  void seal(
      SecretKeySpec key, IvParameterSpec iv, byte[] ad, byte[] data, int len, byte[] out, int off) {
    try {
      seal.init(Cipher.ENCRYPT_MODE, key, iv);
      seal.updateAAD(ad);
      seal.doFinal(data, 0, len, out, off);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("sealing failed", e);
    }
  }

  /**
   * Opens {@code len} bytes, the tag among them, where they are. False: they are not authentic, and
   * what is there now has no meaning.
   */
  boolean open(SecretKeySpec key, long counter, byte[] data, int off, int len) {
    return open(key, counter(counter), NOTHING, data, off, len, data, off);
  }

  /** The same into another array. */
  boolean open(
      SecretKeySpec key,
      IvParameterSpec iv,
      byte[] ad,
      byte[] data,
      int off,
      int len,
      byte[] out,
      int to) {
    try {
      open.init(Cipher.DECRYPT_MODE, key, iv);
      if (ad.length > 0) {
        open.updateAAD(ad);
      }
      open.doFinal(data, off, len, out, to);
      return true;
    } catch (AEADBadTagException e) {
      return false;
    } catch (InvalidKeyException | InvalidAlgorithmParameterException e) {
      throw new IllegalStateException("opening failed", e);
    } catch (GeneralSecurityException e) {
      return false; // shorter than a tag
    }
  }

  /** The nonce of a counter. */
  IvParameterSpec counter(long counter) {
    for (int i = 0; i < 8; i++) {
      nonce[4 + i] = (byte) (counter >>> 8 * i);
    }
    return new IvParameterSpec(nonce);
  }
}
