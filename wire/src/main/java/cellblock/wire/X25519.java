package cellblock.wire;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPrivateKeySpec;
import java.security.spec.XECPublicKeySpec;
import javax.crypto.KeyAgreement;
import org.jspecify.annotations.Nullable;

/**
 * The function of RFC 7748 on Curve25519, by the JDK: about a tenth of a millisecond, and it
 * allocates. Keys are 32 bytes, little-endian. Threading: any. Ancestor: sys/crypto/curve25519.c.
 */
public final class X25519 {
  /** Bytes of a key, public or secret, and of what two agree on. */
  public static final int LENGTH = 32;

  private X25519() {}

  private static byte[] base() {
    byte[] nine = new byte[LENGTH];
    nine[0] = 9;
    return nine;
  }

  /** The public key of a secret one. */
  public static byte[] publicKey(byte[] secret) {
    byte[] key = agree(secret, base());
    if (key == null) {
      throw new IllegalStateException("the base point is of no small order");
    }
    return key;
  }

  /**
   * What a secret key and somebody's public key have in common; null: that key is a point of small
   * order, and the result would be zero for every secret.
   */
  public static byte @Nullable [] agree(byte[] secret, byte[] theirs) {
    try {
      KeyAgreement agreement = KeyAgreement.getInstance("X25519");
      agreement.init(secretKey(secret));
      agreement.doPhase(point(theirs), true);
      return agreement.generateSecret();
    } catch (InvalidKeyException e) {
      return null;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK lacks X25519", e);
    }
  }

  private static PrivateKey secretKey(byte[] bytes) throws GeneralSecurityException {
    return KeyFactory.getInstance("X25519")
        .generatePrivate(new XECPrivateKeySpec(NamedParameterSpec.X25519, bytes));
  }

  private static PublicKey point(byte[] bytes) throws GeneralSecurityException {
    byte[] big = new byte[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      big[i] = bytes[LENGTH - 1 - i];
    }
    big[0] &= 0x7f; // RFC 7748 section 5: the top bit does not count
    return KeyFactory.getInstance("X25519")
        .generatePublic(new XECPublicKeySpec(NamedParameterSpec.X25519, new BigInteger(1, big)));
  }
}
