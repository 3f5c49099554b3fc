package cellblock.wire;

import java.security.MessageDigest;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A key of WireGuard: 32 bytes, written as 44 characters of Base64 (ancestor: encoding.c of
 * wireguard-tools). A value: equal keys are equal, compared in constant time. It does not print
 * itself by accident; {@link #base64} does.
 */
public final class WgKey {
  /** Bytes. */
  public static final int LENGTH = 32;

  /** Characters of the text. */
  public static final int TEXT = 44;

  private final byte[] bytes;

  private WgKey(byte[] bytes) {
    this.bytes = bytes;
  }

  /** All bits zero: no preshared key. */
  public static WgKey zero() {
    return new WgKey(new byte[LENGTH]);
  }

  /** The key of 32 bytes. */
  public static WgKey of(byte[] bytes) {
    return of(bytes, 0);
  }

  /** The key of 32 bytes at {@code off}. */
  public static WgKey of(byte[] bytes, int off) {
    byte[] copy = new byte[LENGTH];
    System.arraycopy(bytes, off, copy, 0, LENGTH);
    return new WgKey(copy);
  }

  /** The key in its one proper spelling; null for any other text. */
  public static @Nullable WgKey tryParse(String text) {
    if (text.length() != TEXT || text.charAt(TEXT - 1) != '=') {
      return null;
    }
    try {
      byte[] decoded = Base64.getDecoder().decode(text);
      return decoded.length == LENGTH && Base64.getEncoder().encodeToString(decoded).equals(text)
          ? new WgKey(decoded)
          : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** A copy. */
  public byte[] bytes() {
    return bytes.clone();
  }

  public String base64() {
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** Whether all bits are zero: no key. */
  public boolean isZero() {
    return equals(zero());
  }

  /** Cleared and set as Curve25519 wants its secrets: curve25519_clamp_secret. */
  public WgKey clamped() {
    byte[] copy = bytes();
    copy[0] &= (byte) 248;
    copy[31] = (byte) (copy[31] & 127 | 64);
    return new WgKey(copy);
  }

  /** The public key of this secret one. */
  public WgKey publicKey() {
    return new WgKey(X25519.publicKey(bytes));
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof WgKey k && MessageDigest.isEqual(bytes, k.bytes);
  }

  @Override
  public int hashCode() {
    return bytes[0] & 0xff | (bytes[1] & 0xff) << 8 | (bytes[2] & 0xff) << 16 | bytes[3] << 24;
  }

  @Override
  public String toString() {
    return "a key";
  }
}
