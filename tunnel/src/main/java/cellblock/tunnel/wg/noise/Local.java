package cellblock.tunnel.wg.noise;

import cellblock.wire.WgKey;
import cellblock.wire.WgMessage;
import cellblock.wire.X25519;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * This side of the protocol: its key, the peers that it knows, the numbers that it gave out
 * (ancestor: struct noise_local of wg_noise.c). Threading: the lane.
 */
public final class Local {
  final Suite suite = new Suite();
  final RandomGenerator random;
  final IndexTable indices;
  final SymmetricState scratch = new SymmetricState(suite);
  private final Map<WgKey, Remote> remotes = new LinkedHashMap<>();
  private final CookieChecker cookies;
  private @Nullable WgKey secret;
  private @Nullable WgKey publicKey;

  /**
   * @param random what ephemeral keys, numbers and cookies are made of
   */
  public Local(RandomGenerator random) {
    this.random = random;
    this.indices = new IndexTable(random);
    this.cookies = new CookieChecker(suite, random);
  }

  @Nullable WgKey secret() {
    return secret;
  }

  /** The private key; null = none. */
  public @Nullable WgKey privateKey() {
    return secret;
  }

  /** The public key; null = none. */
  public @Nullable WgKey publicKey() {
    return publicKey;
  }

  /** Sets the private key, or takes it away (zero). What was agreed on before sends no more. */
  public void privateKey(WgKey key) {
    secret = key.isZero() ? null : key.clamped();
    publicKey = secret == null ? null : secret.publicKey();
    cookies.key(publicKey == null ? null : publicKey.bytes());
    for (Remote r : remotes.values()) {
      r.share();
      r.expire();
    }
  }

  /** The macs of whoever asks us. */
  public CookieChecker cookies() {
    return cookies;
  }

  /** Handshakes and sessions that have a number now. */
  public int numbers() {
    return indices.size();
  }

  // ---- peers ----

  /** Adds a peer. */
  public Remote add(WgKey key, Object owner) {
    Remote r = new Remote(this, key, owner);
    if (remotes.putIfAbsent(key, r) != null) {
      throw new IllegalStateException("peer is there already");
    }
    return r;
  }

  public @Nullable Remote find(WgKey key) {
    return remotes.get(key);
  }

  /** Removes a peer with its handshake and sessions. */
  public void remove(Remote r) {
    r.clearHandshake();
    r.clearSessions();
    remotes.remove(r.key());
  }

  // ---- messages that came in ----

  /**
   * An initiation whose macs are good.
   *
   * @return who sent it and may be answered; null: nobody we know, a replay, or too many
   */
  public @Nullable Remote initiation(byte[] in, int off, long now) {
    WgKey mine = secret;
    WgKey known = publicKey;
    if (mine == null || known == null) {
      return null;
    }
    SymmetricState s = scratch;
    s.begin(known.bytes());
    byte[] theirs = Arrays.copyOfRange(in, off + WgMessage.INITIATION_EPHEMERAL, off + 40);
    s.mixEphemeral(theirs, 0);
    byte[] es = X25519.agree(mine.bytes(), theirs);
    if (es == null) {
      return null;
    }
    s.mixKey(es);
    byte[] who = new byte[32];
    if (!s.open(in, off + WgMessage.INITIATION_STATIC, 32 + Aead.TAG, who)) {
      return null;
    }
    Remote r = remotes.get(WgKey.of(who));
    byte[] ss = r == null ? null : r.shared();
    if (r == null || ss == null) {
      return null;
    }
    s.mixKey(ss);
    byte[] label = new byte[Remote.TIMESTAMP];
    int at = off + WgMessage.INITIATION_TIMESTAMP;
    if (!s.open(in, at, Remote.TIMESTAMP + Aead.TAG, label)) {
      return null;
    }
    int sender = WgMessage.get32(in, off + WgMessage.SENDER);
    return r.accept(s, theirs, label, sender, now) ? r : null;
  }

  /** A response whose macs are good: whose session has begun; null: nobody's. */
  public @Nullable Remote response(byte[] in, int off, long now) {
    Object entry = indices.get(WgMessage.get32(in, off + WgMessage.RESPONSE_RECEIVER));
    return entry instanceof Remote r && r.response(in, off, now) ? r : null;
  }

  /** A cookie: whose messages carry it from now on; null: nobody's. */
  public @Nullable Remote cookie(byte[] in, int off, long now) {
    Object entry = indices.get(WgMessage.get32(in, off + WgMessage.COOKIE_RECEIVER));
    Remote r =
        entry instanceof Remote hand
            ? hand
            : entry instanceof Keypair session ? session.remote() : null;
    return r != null && r.cookie(in, off, now) ? r : null;
  }

  /** The session of a data message; null: none. */
  public @Nullable Keypair session(byte[] in, int off) {
    Object entry = indices.get(WgMessage.get32(in, off + WgMessage.DATA_RECEIVER));
    return entry instanceof Keypair k ? k : null;
  }
}
