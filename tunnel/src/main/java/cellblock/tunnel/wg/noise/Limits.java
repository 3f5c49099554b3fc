package cellblock.tunnel.wg.noise;

/**
 * How long and how often: the constants of the WireGuard paper, section 6.1 (ancestor: wg_noise.h,
 * if_wg.c). Times in nanoseconds.
 */
public final class Limits {
  public static final long SECOND = 1_000_000_000L;

  /** After this a new handshake is begun when there is something to send. */
  public static final long REKEY_AFTER_TIME = 120 * SECOND;

  /** After this a session is of no use. */
  public static final long REJECT_AFTER_TIME = 180 * SECOND;

  /** Between two initiations to one peer. */
  public static final long REKEY_TIMEOUT = 5 * SECOND;

  /** An answer is due after this. */
  public static final long KEEPALIVE_TIMEOUT = 10 * SECOND;

  /** For so long initiations are repeated. */
  public static final long REKEY_ATTEMPT_TIME = 90 * SECOND;

  /** The most that chance adds to the time between initiations. */
  public static final long JITTER = 333_000_000L;

  /** After this the initiator begins anew when it hears something. */
  static final long REKEY_AFTER_TIME_RECEIVING =
      REJECT_AFTER_TIME - KEEPALIVE_TIMEOUT - REKEY_TIMEOUT;

  /** Messages after which a new handshake is begun. */
  static final long REKEY_AFTER_MESSAGES = 1L << 60;

  /** Between two initiations that are taken from one peer. */
  static final long INITIATION_INTERVAL = SECOND / 50;

  /** How long the secret behind cookies is used, and how much of that a sender leaves out. */
  static final long COOKIE_SECRET_AGE = 120 * SECOND;

  static final long COOKIE_SECRET_LATENCY = 5 * SECOND;

  private Limits() {}
}
