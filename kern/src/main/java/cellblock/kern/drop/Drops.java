package cellblock.kern.drop;

/**
 * Drops of one vnet by reason. Threading: written in turns of its lane; a reader gets a snapshot.
 */
public final class Drops {
  private static final int REASONS = DropReason.values().length;
  private final long[] counts = new long[REASONS];

  public void count(DropReason reason) {
    counts[reason.ordinal()]++;
  }

  public long of(DropReason reason) {
    return counts[reason.ordinal()];
  }

  /** Sets every count to zero: netstat -z. */
  public void clear() {
    java.util.Arrays.fill(counts, 0);
  }
}
