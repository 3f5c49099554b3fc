package cellblock.tunnel.wg.noise;

import java.util.Arrays;
import javax.crypto.spec.SecretKeySpec;

/**
 * The chaining key and the hash of a handshake under way (Noise specification, section 5.2;
 * ancestor: hs_ck and hs_hash with noise_mix_dh, noise_mix_hash, noise_mix_psk, noise_msg_encrypt
 * of wg_noise.c). Threading: the lane.
 */
final class SymmetricState {
  private static final int LENGTH = Blake2s.LENGTH;
  private static final byte[] NOTHING = {};

  private final Suite suite;
  private final byte[] chain = new byte[LENGTH];
  private final byte[] hash = new byte[LENGTH];
  private final byte[] key = new byte[LENGTH];
  private final byte[] scratch = new byte[LENGTH];

  SymmetricState(Suite suite) {
    this.suite = suite;
  }

  /** Begins a handshake with the responder whose static public key this is. */
  void begin(byte[] responder) {
    System.arraycopy(suite.chain, 0, chain, 0, LENGTH);
    System.arraycopy(suite.hash, 0, hash, 0, LENGTH);
    mixHash(responder, 0, LENGTH);
  }

  void copy(SymmetricState from) {
    System.arraycopy(from.chain, 0, chain, 0, LENGTH);
    System.arraycopy(from.hash, 0, hash, 0, LENGTH);
  }

  void mixHash(byte[] data, int off, int len) {
    suite.blake.begin(LENGTH).update(hash).update(data, off, len).finish(hash, 0);
  }

  /** An ephemeral public key: into the hash and, for the preshared key's sake, into the chain. */
  void mixEphemeral(byte[] data, int off) {
    mixHash(data, off, LENGTH);
    System.arraycopy(data, off, scratch, 0, LENGTH);
    suite.blake.derive(chain, scratch, chain);
  }

  /** A shared secret, without a key. */
  void mix(byte[] secret) {
    suite.blake.derive(chain, secret, chain);
  }

  /** A shared secret; gives the key for what is sealed or opened next. */
  void mixKey(byte[] secret) {
    suite.blake.derive(chain, secret, chain, key);
  }

  /** The preshared key. */
  void mixPsk(byte[] psk) {
    suite.blake.derive(chain, psk, chain, scratch, key);
    mixHash(scratch, 0, LENGTH);
  }

  /** Seals {@code data} to {@code out} at {@code off}. */
  void seal(byte[] data, int len, byte[] out, int off) {
    suite.aead.seal(Aead.key(key), suite.aead.counter(0), hash, data, len, out, off);
    mixHash(out, off, len + Aead.TAG);
  }

  /** Opens {@code len} bytes, the tag among them; false: not authentic. */
  boolean open(byte[] data, int off, int len, byte[] out) {
    SecretKeySpec k = Aead.key(key);
    if (!suite.aead.open(k, suite.aead.counter(0), hash, data, off, len, out, 0)) {
      return false;
    }
    mixHash(data, off, len);
    return true;
  }

  /** The two keys of the session: the initiator's for sending first. */
  void split(byte[] first, byte[] second) {
    suite.blake.derive(chain, NOTHING, first, second);
  }

  void clear() {
    Arrays.fill(chain, (byte) 0);
    Arrays.fill(hash, (byte) 0);
    Arrays.fill(key, (byte) 0);
    Arrays.fill(scratch, (byte) 0);
  }
}
