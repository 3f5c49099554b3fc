package cellblock.kern.lane;

import org.jspecify.annotations.Nullable;

/**
 * Something that waits in a lane's inbox: an mbuf or an {@link Event}. The link is intrusive: an
 * item is in one inbox at a time, and nothing is allocated to put it there.
 */
public abstract class LaneItem {
  /**
   * The item below this one in the inbox; also free for the item's owner while it is in no inbox.
   */
  @Nullable LaneItem next;

  /** How many bounded items lie in the inbox up to and including this one. */
  int depth;

  /** Does the item's work. Runs in a turn of {@code lane}: must not block. */
  protected abstract void run(Lane lane);

  /** The lane is quarantined: gives back what the item holds, without doing its work. */
  protected abstract void discard(Lane lane);

  /** Whether the item counts against the inbox's bound. */
  protected abstract boolean bounded();
}
