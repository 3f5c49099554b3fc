package cellblock.tunnel.wg.noise;

import cellblock.wire.WgKey;
import cellblock.wire.WgMessage;
import cellblock.wire.X25519;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A peer as the protocol knows it: its key, at most one handshake under way, up to three sessions
 * (ancestor: struct noise_remote of wg_noise.c; paper, sections 5.4.2, 5.4.3 and 6.3). Threading:
 * the lane.
 */
public final class Remote {
  /** What of a handshake was done. */
  private enum State {
    NONE,
    /** This side has sent its initiation. */
    INITIATOR,
    /** The other side's initiation has come. */
    RESPONDER
  }

  /** Bytes of a TAI64N label. */
  static final int TIMESTAMP = 12;

  private static final byte[] NOTHING = {};

  private final Local local;
  private final WgKey key;
  private final byte[] publicKey;
  private final SymmetricState handshake;
  private final CookieMaker cookie;

  /** Whoever sends and receives for it. */
  private final Object owner;

  private WgKey psk = WgKey.zero();
  private byte @Nullable [] shared;
  private State state = State.NONE;
  private byte[] ephemeral = NOTHING; // ours as initiator, theirs as responder
  private int localIndex;
  private int remoteIndex;
  private final byte[] newest = new byte[TIMESTAMP];
  private long lastSent;
  private boolean everSent;
  private long lastInitiation;
  private boolean everInitiated;
  private @Nullable Keypair next;
  private @Nullable Keypair current;
  private @Nullable Keypair previous;

  Remote(Local local, WgKey key, Object owner) {
    this.local = local;
    this.key = key;
    this.publicKey = key.bytes();
    this.owner = owner;
    this.handshake = new SymmetricState(local.suite);
    this.cookie = new CookieMaker(local.suite, publicKey);
    share();
  }

  Suite suite() {
    return local.suite;
  }

  public WgKey key() {
    return key;
  }

  public Object owner() {
    return owner;
  }

  /** Zero = none. */
  public WgKey psk() {
    return psk;
  }

  public void psk(WgKey now) {
    psk = now;
  }

  /** Computes what the two static keys have in common: the private one has changed. */
  void share() {
    WgKey secret = local.secret();
    shared = secret == null ? null : X25519.agree(secret.bytes(), publicKey);
  }

  /** The keys of this side changed: nothing more is sent by what was agreed on before. */
  void expire() {
    clearHandshake();
    if (next != null) {
      next.expire();
    }
    if (current != null) {
      current.expire();
    }
  }

  // ---- handshakes ----

  /** Whether an initiation may be sent: REKEY_TIMEOUT has passed since the last message. */
  public boolean mayInitiate(long now) {
    return !everSent || now - lastSent >= Limits.REKEY_TIMEOUT;
  }

  /**
   * Writes an initiation.
   *
   * @param now nanoseconds, monotonic
   * @param wall nanoseconds since the Unix epoch
   * @return false: there is no private key, the other's key is bad, or it is too soon
   */
  public boolean initiate(byte[] out, int off, long now, long wall) {
    WgKey secret = local.secret();
    byte[] ss = shared;
    if (secret == null || ss == null || !mayInitiate(now)) {
      return false;
    }
    handshake.begin(publicKey);
    byte[] e = secret(local.random);
    System.arraycopy(X25519.publicKey(e), 0, out, off + WgMessage.INITIATION_EPHEMERAL, 32);
    handshake.mixEphemeral(out, off + WgMessage.INITIATION_EPHEMERAL);
    byte[] es = X25519.agree(e, publicKey);
    if (es == null) {
      return false;
    }
    handshake.mixKey(es);
    handshake.seal(secret.publicKey().bytes(), 32, out, off + WgMessage.INITIATION_STATIC);
    handshake.mixKey(ss);
    handshake.seal(tai64n(wall), TIMESTAMP, out, off + WgMessage.INITIATION_TIMESTAMP);
    newIndex();
    ephemeral = e;
    state = State.INITIATOR;
    sent(now);
    WgMessage.put32(out, off, WgMessage.INITIATION);
    WgMessage.put32(out, off + WgMessage.SENDER, localIndex);
    cookie.mac(out, off, WgMessage.INITIATION_LENGTH, now);
    return true;
  }

  private void sent(long now) {
    lastSent = now;
    everSent = true;
  }

  private void newIndex() {
    dropIndex();
    localIndex = local.indices.add(this);
  }

  private void dropIndex() {
    if (state != State.NONE) {
      state = State.NONE;
      local.indices.remove(localIndex);
    }
  }

  /** A curve25519_generate_secret. */
  static byte[] secret(RandomGenerator random) {
    byte[] e = new byte[32];
    random.nextBytes(e);
    e[0] &= (byte) 248;
    e[31] = (byte) (e[31] & 127 | 64);
    return e;
  }

  /** A TAI64N label, blurred to some 17 ms, as a clock is nobody's business. */
  static byte[] tai64n(long wall) {
    long seconds = Math.floorDiv(wall, Limits.SECOND) + 0x4000_0000_0000_000aL;
    int nanos = (int) Math.floorMod(wall, Limits.SECOND) & ~0xff_ffff;
    byte[] out = new byte[TIMESTAMP];
    for (int i = 0; i < 8; i++) {
      out[i] = (byte) (seconds >>> 56 - 8 * i);
    }
    for (int i = 0; i < 4; i++) {
      out[8 + i] = (byte) (nanos >>> 24 - 8 * i);
    }
    return out;
  }

  /** What {@link Local#initiation} found out; false: a replay, or one of too many. */
  boolean accept(SymmetricState s, byte[] theirs, byte[] timestamp, int sender, long now) {
    if (Arrays.compareUnsigned(timestamp, newest) <= 0) {
      return false;
    }
    System.arraycopy(timestamp, 0, newest, 0, TIMESTAMP);
    if (everInitiated && now - lastInitiation < Limits.INITIATION_INTERVAL) {
      return false;
    }
    lastInitiation = now;
    everInitiated = true;
    newIndex();
    handshake.copy(s);
    ephemeral = theirs;
    remoteIndex = sender;
    state = State.RESPONDER;
    return true;
  }

  byte @Nullable [] shared() {
    return shared;
  }

  /**
   * Writes the response to the initiation that came last; the session begins.
   *
   * @return false: there is none, or its key is bad
   */
  public boolean respond(byte[] out, int off, long now) {
    if (state != State.RESPONDER) {
      return false;
    }
    byte[] e = secret(local.random);
    byte[] ee = X25519.agree(e, ephemeral);
    byte[] se = X25519.agree(e, publicKey);
    if (ee == null || se == null) {
      return false;
    }
    System.arraycopy(X25519.publicKey(e), 0, out, off + WgMessage.RESPONSE_EPHEMERAL, 32);
    handshake.mixEphemeral(out, off + WgMessage.RESPONSE_EPHEMERAL);
    handshake.mix(ee);
    handshake.mix(se);
    handshake.mixPsk(psk.bytes());
    handshake.seal(NOTHING, 0, out, off + WgMessage.RESPONSE_EMPTY);
    WgMessage.put32(out, off, WgMessage.RESPONSE);
    WgMessage.put32(out, off + WgMessage.SENDER, localIndex);
    WgMessage.put32(out, off + WgMessage.RESPONSE_RECEIVER, remoteIndex);
    cookie.mac(out, off, WgMessage.RESPONSE_LENGTH, now);
    begin(false, now);
    sent(now);
    return true;
  }

  /** The response to our initiation has come; false: not authentic, or nobody asked. */
  boolean response(byte[] in, int off, long now) {
    WgKey secret = local.secret();
    if (secret == null || state != State.INITIATOR) {
      return false;
    }
    byte[] theirs = Arrays.copyOfRange(in, off + WgMessage.RESPONSE_EPHEMERAL, off + 44);
    byte[] ee = X25519.agree(ephemeral, theirs);
    byte[] se = X25519.agree(secret.bytes(), theirs);
    if (ee == null || se == null) {
      return false;
    }
    SymmetricState s = local.scratch;
    s.copy(handshake);
    s.mixEphemeral(theirs, 0);
    s.mix(ee);
    s.mix(se);
    s.mixPsk(psk.bytes());
    if (!s.open(in, off + WgMessage.RESPONSE_EMPTY, Aead.TAG, NOTHING)) {
      return false;
    }
    handshake.copy(s);
    remoteIndex = WgMessage.get32(in, off + WgMessage.SENDER);
    begin(true, now);
    return true;
  }

  /** A cookie has come for our last handshake message; false: not authentic. */
  boolean cookie(byte[] in, int off, long now) {
    return cookie.consume(in, off, now);
  }

  // ---- sessions ----

  /** The handshake is complete: noise_begin_session. */
  private void begin(boolean initiator, long now) {
    byte[] first = new byte[Aead.KEY];
    byte[] second = new byte[Aead.KEY];
    handshake.split(first, second);
    byte[] send = initiator ? first : second;
    byte[] receive = initiator ? second : first;
    Keypair made = new Keypair(this, initiator, now, send, receive, localIndex, remoteIndex);
    Arrays.fill(first, (byte) 0);
    Arrays.fill(second, (byte) 0);
    if (initiator) {
      drop(previous);
      if (next == null) {
        previous = current;
      } else {
        previous = next;
        next = null;
        drop(current);
      }
      current = made;
    } else {
      drop(next);
      next = made;
      drop(previous);
      previous = null;
    }
    local.indices.replace(localIndex, made);
    state = State.NONE;
    handshake.clear();
    ephemeral = NOTHING;
  }

  private void drop(@Nullable Keypair gone) {
    if (gone != null) {
      local.indices.remove(gone.localIndex);
    }
  }

  /** The session that sends; null: none that may. */
  public @Nullable Keypair sending(long now) {
    Keypair k = current;
    return k != null && k.usable(now) ? k : null;
  }

  /**
   * Something came by {@code k}. True: it is the first message of a session that this side answered
   * to, which is confirmed by it.
   */
  public boolean heard(Keypair k) {
    if (k != next) {
      return false;
    }
    drop(previous);
    previous = current;
    current = k;
    next = null;
    return true;
  }

  /** Whether a new handshake is due after sending. */
  public boolean staleSending(long now) {
    return current != null && current.staleSending(now);
  }

  /** Whether a new handshake is due after hearing. */
  public boolean staleReceiving(long now) {
    return current != null && current.staleReceiving(now);
  }

  /** Forgets the handshake under way. */
  public void clearHandshake() {
    dropIndex();
    handshake.clear();
    ephemeral = NOTHING;
    everSent = false;
  }

  /** Forgets all sessions. */
  public void clearSessions() {
    drop(next);
    drop(current);
    drop(previous);
    next = null;
    current = null;
    previous = null;
  }
}
