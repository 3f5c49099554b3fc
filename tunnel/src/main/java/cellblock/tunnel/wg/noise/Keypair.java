package cellblock.tunnel.wg.noise;

import cellblock.wire.WgMessage;
import javax.crypto.spec.SecretKeySpec;

/**
 * A session: two keys and two counters (ancestor: struct noise_keypair of wg_noise.c). Threading:
 * the lane.
 */
public final class Keypair {
  private final Remote remote;
  private final boolean initiator;
  private final long born;
  private final SecretKeySpec send;
  private final SecretKeySpec receive;
  private final ReplayWindow window = new ReplayWindow();

  /** The numbers that this side and the other gave it. */
  final int localIndex;

  private final int remoteIndex;
  private long sent;
  private boolean canSend = true;

  Keypair(
      Remote remote,
      boolean initiator,
      long born,
      byte[] send,
      byte[] receive,
      int localIndex,
      int remoteIndex) {
    this.remote = remote;
    this.initiator = initiator;
    this.born = born;
    this.send = Aead.key(send);
    this.receive = Aead.key(receive);
    this.localIndex = localIndex;
    this.remoteIndex = remoteIndex;
  }

  public Remote remote() {
    return remote;
  }

  /** It sends no more: the keys of this side changed. */
  void expire() {
    canSend = false;
  }

  /** Whether it may still send. */
  boolean usable(long now) {
    if (canSend
        && (now - born >= Limits.REJECT_AFTER_TIME
            || Long.compareUnsigned(sent, ReplayWindow.LIMIT) >= 0)) {
      canSend = false;
    }
    return canSend;
  }

  /** Whether it is time for the next one, after something was sent. */
  boolean staleSending(long now) {
    return canSend
        && (sent > Limits.REKEY_AFTER_MESSAGES
            || initiator && now - born >= Limits.REKEY_AFTER_TIME);
  }

  /** The same after something was heard. */
  boolean staleReceiving(long now) {
    return canSend && initiator && now - born >= Limits.REKEY_AFTER_TIME_RECEIVING;
  }

  /**
   * Makes a data message of {@code len} bytes at {@code off}, in place: 16 bytes are free before
   * them for the header, 16 behind for the tag.
   */
  public void seal(byte[] buf, int off, int len) {
    long counter = sent++;
    remote.suite().aead.seal(send, counter, buf, off, len);
    WgMessage.putData(buf, off - WgMessage.DATA_HEADER, remoteIndex, counter);
  }

  /**
   * Opens a data message that begins at {@code off}: what was in it is then behind its header.
   * Whether it came before is asked by {@link #accept}.
   *
   * @param len bytes of the whole message
   * @return false: too late, or not authentic
   */
  public boolean open(byte[] buf, int off, int len, long now) {
    if (window.exhausted() || now - born >= Limits.REJECT_AFTER_TIME) {
      return false;
    }
    long counter = WgMessage.get64(buf, off + WgMessage.DATA_COUNTER);
    int sealed = len - WgMessage.DATA_HEADER;
    return remote.suite().aead.open(receive, counter, buf, off + WgMessage.DATA_HEADER, sealed);
  }

  /** Takes the counter of an authentic message; false: it came before, or is too old. */
  public boolean accept(long counter) {
    return window.accept(counter);
  }
}
