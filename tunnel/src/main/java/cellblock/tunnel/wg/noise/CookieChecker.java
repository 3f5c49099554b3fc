package cellblock.tunnel.wg.noise;

import cellblock.wire.WgMessage;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The macs of handshake messages that come in. Whoever does not know our public key fails the
 * first. Under load the second is asked for, which takes a cookie, which takes being reachable at
 * the address that one sends from (paper, section 5.3; ancestor: struct cookie_checker of
 * wg_cookie.c). Threading: the lane.
 */
public final class CookieChecker {
  static final String MAC_LABEL = "mac1----";
  static final String COOKIE_LABEL = "cookie--";

  /** What becomes of a message. */
  public enum Verdict {
    GOOD,
    /** The first mac is wrong. */
    BAD,
    /** We are under load and the second mac is wrong: a cookie is due. */
    NEEDS_COOKIE,
    /** We are under load, and its address has asked too often. */
    TOO_MANY
  }

  private final Suite suite;
  private final RandomGenerator random;
  private final RateLimit limit = new RateLimit();
  private final byte[] secret = new byte[32];
  private boolean hasSecret;
  private long born;
  private byte[] macKey = {};
  private byte[] cookieKey = {};
  private final byte[] mac = new byte[WgMessage.MAC];
  private final byte[] cookie = new byte[WgMessage.MAC];
  private final byte[] sender = new byte[18];

  CookieChecker(Suite suite, RandomGenerator random) {
    this.suite = suite;
    this.random = random;
  }

  /** Our public key has changed; null = there is none. */
  void key(byte @Nullable [] publicKey) {
    macKey = publicKey == null ? new byte[0] : suite.labelled(MAC_LABEL, publicKey);
    cookieKey = publicKey == null ? new byte[0] : suite.labelled(COOKIE_LABEL, publicKey);
  }

  /**
   * Looks at the macs of an initiation or a response.
   *
   * @param six whether the address is of IPv6; one of IPv4 stands in the upper half of {@code hi}
   */
  public Verdict check(
      byte[] in,
      int off,
      int len,
      boolean underLoad,
      boolean six,
      long hi,
      long lo,
      int port,
      long now) {
    if (macKey.length == 0) {
      return Verdict.BAD;
    }
    int first = off + len - 2 * WgMessage.MAC;
    int second = first + WgMessage.MAC;
    suite.blake.begin(WgMessage.MAC, macKey).update(in, off, first - off).finish(mac, 0);
    if (differs(in, first)) {
      return Verdict.BAD;
    }
    if (!underLoad) {
      return Verdict.GOOD;
    }
    make(six, hi, lo, port, now);
    suite.blake.begin(WgMessage.MAC, cookie).update(in, off, second - off).finish(mac, 0);
    if (differs(in, second)) {
      return Verdict.NEEDS_COOKIE;
    }
    return limit.allows(six, hi, now) ? Verdict.GOOD : Verdict.TOO_MANY;
  }

  private boolean differs(byte[] in, int off) {
    return !MessageDigest.isEqual(mac, Arrays.copyOfRange(in, off, off + WgMessage.MAC));
  }

  /** The cookie of an address: from a secret that lasts two minutes. */
  private void make(boolean six, long hi, long lo, int port, long now) {
    if (!hasSecret || now - born >= Limits.COOKIE_SECRET_AGE) {
      random.nextBytes(secret);
      hasSecret = true;
      born = now;
    }
    int len = six ? 16 : 4;
    for (int i = 0; i < len; i++) {
      sender[i] = (byte) ((i < 8 ? hi : lo) >>> 56 - 8 * (i & 7));
    }
    sender[len] = (byte) (port >>> 8);
    sender[len + 1] = (byte) port;
    suite.blake.begin(WgMessage.MAC, secret).update(sender, 0, len + 2).finish(cookie, 0);
  }

  /**
   * Writes the cookie message for the message at {@code in} whose {@link #check} said that one is
   * due, right after that.
   */
  public void reply(byte[] in, int off, int len, byte[] out, int to) {
    int first = off + len - 2 * WgMessage.MAC;
    byte[] nonce = new byte[XAead.NONCE];
    random.nextBytes(nonce);
    WgMessage.put32(out, to, WgMessage.COOKIE);
    WgMessage.put32(
        out, to + WgMessage.COOKIE_RECEIVER, WgMessage.get32(in, off + WgMessage.SENDER));
    System.arraycopy(nonce, 0, out, to + WgMessage.COOKIE_NONCE, nonce.length);
    byte[] asked = Arrays.copyOfRange(in, first, first + WgMessage.MAC);
    suite.xaead.seal(cookieKey, nonce, asked, cookie, out, to + WgMessage.COOKIE_SEALED);
  }
}
