package cellblock.tunnel.wg;

import cellblock.kern.time.Callout;
import cellblock.kern.vnet.Vnet;
import cellblock.tunnel.wg.noise.Limits;
import java.util.random.RandomGenerator;

/**
 * When a peer begins a handshake, repeats it, says that it is there, forgets its keys (paper,
 * section 6; ancestor: wg_timers_* of if_wg.c). A timer stands in the home vnet's ledger while it
 * is pending. Threading: the lane of the home vnet.
 */
final class WgTimers {
  /** Nothing heard for so long after something was sent: a new handshake. */
  private static final long NEW_HANDSHAKE = Limits.KEEPALIVE_TIMEOUT + Limits.REKEY_TIMEOUT;

  private static final int MOST_TRIES = (int) (Limits.REKEY_ATTEMPT_TIME / Limits.REKEY_TIMEOUT);
  private static final int JITTER_MILLIS = (int) (Limits.JITTER / 1_000_000) + 1;

  private final WgPeer peer;
  private final RandomGenerator random;
  private final Callout newHandshake;
  private final Callout retryHandshake;
  private final Callout sendKeepalive;
  private final Callout persistentKeepalive;
  private final Callout zeroKeys;
  private boolean enabled;
  private boolean anotherKeepalive;
  private int tries;
  private int interval;

  WgTimers(WgPeer peer, Vnet home, RandomGenerator random) {
    this.peer = peer;
    this.random = random;
    this.newHandshake = home.callout("wg new handshake", this::newHandshake);
    this.retryHandshake = home.callout("wg handshake again", this::retry);
    this.sendKeepalive = home.callout("wg keepalive", this::keepalive);
    this.persistentKeepalive = home.callout("wg persistent keepalive", this::persistent);
    this.zeroKeys = home.callout("wg zero keys", peer::forgetSessions);
  }

  /** Seconds between persistent keepalives, 0 = none. */
  int interval() {
    return interval;
  }

  void interval(int seconds) {
    if (seconds != interval) {
      interval = seconds;
      if (enabled) {
        persistent();
      }
    }
  }

  /** The device runs. */
  void enable() {
    enabled = true;
    persistent();
  }

  /** The device runs no more: nothing is pending afterwards. */
  void disable() {
    enabled = false;
    anotherKeepalive = false;
    newHandshake.stop();
    retryHandshake.stop();
    sendKeepalive.stop();
    persistentKeepalive.stop();
    zeroKeys.stop();
  }

  private long jitter() {
    return random.nextInt(JITTER_MILLIS) * 1_000_000L;
  }

  // ---- what happened ----

  void dataSent() {
    if (enabled && !newHandshake.pending()) {
      newHandshake.reset(NEW_HANDSHAKE + jitter());
    }
  }

  void dataReceived() {
    if (!enabled) {
      return;
    }
    if (sendKeepalive.pending()) {
      anotherKeepalive = true;
    } else {
      sendKeepalive.reset(Limits.KEEPALIVE_TIMEOUT);
    }
  }

  /** Something authentic was sent: a keepalive is not due. */
  void sent() {
    sendKeepalive.stop();
    traversed();
  }

  /** Something authentic came: the other side is there. */
  void received() {
    newHandshake.stop();
    traversed();
  }

  private void traversed() {
    if (enabled && interval > 0) {
      persistentKeepalive.reset(interval * Limits.SECOND);
    }
  }

  void initiated() {
    if (enabled) {
      retryHandshake.reset(Limits.REKEY_TIMEOUT + jitter());
    }
  }

  /** A session is confirmed by both sides. */
  void complete() {
    if (enabled) {
      retryHandshake.stop();
      tries = 0;
      peer.completed();
      keepalive();
    }
  }

  void derived() {
    if (enabled) {
      zeroKeys.reset(3 * Limits.REJECT_AFTER_TIME);
    }
  }

  /** There is something to send and no session, or an old one. */
  void wanted() {
    if (enabled) {
      initiate(false);
    }
  }

  // ---- what is due ----

  private void initiate(boolean again) {
    if (!again) {
      tries = 0;
    }
    peer.initiate();
  }

  private void retry() {
    if (tries <= MOST_TRIES) {
      tries++;
      peer.endpoint.clearLocal();
      initiate(true);
      return;
    }
    sendKeepalive.stop();
    peer.purge();
    if (enabled && !zeroKeys.pending()) {
      zeroKeys.reset(3 * Limits.REJECT_AFTER_TIME);
    }
  }

  private void newHandshake() {
    peer.endpoint.clearLocal();
    initiate(false);
  }

  private void keepalive() {
    peer.keepalive();
    if (enabled && anotherKeepalive) {
      anotherKeepalive = false;
      sendKeepalive.reset(Limits.KEEPALIVE_TIMEOUT);
    }
  }

  private void persistent() {
    if (interval > 0) {
      peer.keepalive();
    }
  }
}
