package cellblock.tunnel.wg.noise;

import cellblock.wire.WgMessage;
import java.util.Arrays;

/**
 * The macs of handshake messages to one peer, and the cookie that it sent (paper, section 5.4.4;
 * ancestor: struct cookie_maker of wg_cookie.c). Threading: the lane.
 */
final class CookieMaker {
  private final Suite suite;
  private final byte[] macKey;
  private final byte[] cookieKey;
  private final byte[] cookie = new byte[WgMessage.MAC];
  private final byte[] lastMac = new byte[WgMessage.MAC];
  private boolean asked;
  private boolean valid;
  private long born;

  CookieMaker(Suite suite, byte[] publicKey) {
    this.suite = suite;
    this.macKey = suite.labelled(CookieChecker.MAC_LABEL, publicKey);
    this.cookieKey = suite.labelled(CookieChecker.COOKIE_LABEL, publicKey);
  }

  /** Fills the two macs at the end of a message of {@code len} bytes. */
  void mac(byte[] out, int off, int len, long now) {
    int first = off + len - 2 * WgMessage.MAC;
    int second = first + WgMessage.MAC;
    suite.blake.begin(WgMessage.MAC, macKey).update(out, off, first - off).finish(out, first);
    System.arraycopy(out, first, lastMac, 0, WgMessage.MAC);
    asked = true;
    valid &= now - born < Limits.COOKIE_SECRET_AGE - Limits.COOKIE_SECRET_LATENCY;
    if (valid) {
      suite.blake.begin(WgMessage.MAC, cookie).update(out, off, second - off).finish(out, second);
    } else {
      Arrays.fill(out, second, second + WgMessage.MAC, (byte) 0);
    }
  }

  /** Takes the cookie out of a message; false: nobody asked, or it is not authentic. */
  boolean consume(byte[] in, int off, long now) {
    int at = off + WgMessage.COOKIE_NONCE;
    byte[] nonce = Arrays.copyOfRange(in, at, at + XAead.NONCE);
    at = off + WgMessage.COOKIE_SEALED;
    byte[] sealed = Arrays.copyOfRange(in, at, at + WgMessage.MAC + Aead.TAG);
    if (!asked || !suite.xaead.open(cookieKey, nonce, lastMac, sealed, cookie)) {
      return false;
    }
    asked = false;
    valid = true;
    born = now;
    return true;
  }
}
