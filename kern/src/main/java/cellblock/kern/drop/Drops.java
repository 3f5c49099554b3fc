package cellblock.kern.drop;

import org.jspecify.annotations.Nullable;

/**
 * Drops of one vnet by reason. Threading: written in turns of its lane; a reader gets a snapshot.
 */
public final class Drops {
  private static final int REASONS = DropReason.values().length;
  private long @Nullable [] counts; // most vnets never drop anything

  public void count(DropReason reason) {
    long[] c = counts;
    if (c == null) {
      c = new long[REASONS];
      counts = c;
    }
    c[reason.ordinal()]++;
  }

  public long of(DropReason reason) {
    long[] c = counts;
    return c == null ? 0 : c[reason.ordinal()];
  }

  /** Sets every count to zero: netstat -z. */
  public void clear() {
    counts = null;
  }
}
