package cellblock.tunnel.wg.noise;

import java.nio.charset.StandardCharsets;

/**
 * The functions of one device's handshakes and sessions, and what every handshake begins with.
 * Threading: the lane.
 */
final class Suite {
  private static final String CONSTRUCTION = "Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s";
  private static final String IDENTIFIER = "WireGuard v1 zx2c4 Jason@zx2c4.com";

  final Blake2s blake = new Blake2s();
  final Aead aead = new Aead();
  final XAead xaead = new XAead(aead);

  /** The hash of the construction's name. */
  final byte[] chain = new byte[Blake2s.LENGTH];

  /** The same with the protocol's name. */
  final byte[] hash = new byte[Blake2s.LENGTH];

  Suite() {
    blake.begin(Blake2s.LENGTH).update(ascii(CONSTRUCTION)).finish(chain, 0);
    blake.begin(Blake2s.LENGTH).update(chain).update(ascii(IDENTIFIER)).finish(hash, 0);
  }

  /** The key that a label and a public key give: those of mac1 and of cookies. */
  byte[] labelled(String label, byte[] publicKey) {
    byte[] out = new byte[Blake2s.LENGTH];
    blake.begin(Blake2s.LENGTH).update(ascii(label)).update(publicKey).finish(out, 0);
    return out;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
