package cellblock.net.epair;

/**
 * What a cable does to the frames that one end sends. Chances are in millionths. Immutable.
 * Ancestor: the pipe of dummynet(4) (struct dn_link and dn_fs of netinet/ip_dummynet.h), with what
 * Linux's netem adds.
 *
 * @param delayNanos time that every frame is under way
 * @param jitterNanos most that is added to the delay or taken off it, evenly; keeps the order
 * @param lossPpm chance that a frame is lost
 * @param duplicatePpm chance that it comes twice
 * @param reorderPpm chance that it is spared the delay, and so overtakes
 * @param corruptPpm chance that one bit of it comes out wrong
 * @param rateBits bits a second, Ethernet header included; 0 = no limit
 * @param queue frames that may wait for the rate (without one: that may be under way); 0 = default
 */
public record LinkModel(
    long delayNanos,
    long jitterNanos,
    int lossPpm,
    int duplicatePpm,
    int reorderPpm,
    int corruptPpm,
    long rateBits,
    int queue) {
  /** The certain chance. */
  public static final int ALWAYS = 1_000_000;

  /** Slots of a queue when nothing is said, as in dummynet. */
  public static final int DEFAULT_QUEUE = 50;

  /** Longest delay and jitter, nanoseconds: an hour. */
  public static final long LONGEST = 3_600_000_000_000L;

  /** A cable that does nothing. */
  public static final LinkModel NONE = new LinkModel(0, 0, 0, 0, 0, 0, 0, 0);

  /** Whether every value is within its bounds, and reordering has a delay to be spared. */
  public boolean possible() {
    return within(delayNanos, LONGEST)
        && within(jitterNanos, LONGEST)
        && within(lossPpm, ALWAYS)
        && within(duplicatePpm, ALWAYS)
        && within(reorderPpm, ALWAYS)
        && within(corruptPpm, ALWAYS)
        && within(rateBits, 1_000_000_000_000L)
        && within(queue, 65_536)
        && (reorderPpm == 0 || delayNanos > 0 || jitterNanos > 0);
  }

  private static boolean within(long value, long most) {
    return value >= 0 && value <= most;
  }

  /** Nanoseconds that {@code bytes} take at the rate. */
  long serialization(int bytes) {
    return rateBits == 0 ? 0 : Math.ceilDiv(bytes * 8L * 1_000_000_000L, rateBits);
  }
}
