package cellblock.race;

import org.jspecify.annotations.Nullable;

/**
 * Where a turn may be interrupted: calls of {@link #at} are woven into the stack's classes by
 * {@link YieldLoader} when a run asks for them; in all other runs there are none.
 *
 * <p>Threading: the one thread of the run.
 */
public final class Yield {
  private static @Nullable Director director;

  private Yield() {}

  /** The run that is asked from now on, or null. */
  static void ask(@Nullable Director now) {
    director = now;
  }

  /** A yield point: somebody else may go first. */
  public static void at(String point) {
    Director d = director;
    if (d != null) {
      d.yieldAt(point);
    }
  }
}
