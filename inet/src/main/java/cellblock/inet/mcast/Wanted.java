package cellblock.inet.mcast;

import cellblock.wire.IpAddress;

/**
 * Which senders to a group are wanted: all but some, or some (RFC 3376 and 3810, section 4.2 and
 * up: filter mode and source list).
 *
 * @param include only {@code sources}; else all but them
 */
public record Wanted(boolean include, SourceList sources) {
  /** Nobody's packets: there is no member. */
  public static final Wanted NOTHING = new Wanted(true, SourceList.NONE);

  /** Everybody's packets. */
  public static final Wanted EVERYTHING = new Wanted(false, SourceList.NONE);

  /** Whether packets of the sender with this left-aligned key pass: MCAST_PASS. */
  public boolean passes(long hi, long lo) {
    return sources.has(hi, lo) == include;
  }

  /** Whether packets of {@code source} pass. */
  public boolean passes(IpAddress source) {
    return passes(source.hi(), source.lo());
  }

  /** Whether anybody's packets can pass. */
  public boolean anything() {
    return !include || !sources.isEmpty();
  }
}
