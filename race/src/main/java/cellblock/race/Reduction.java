package cellblock.race;

import cellblock.kern.saga.Saga;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Ends runs that are another run told in another order. When somebody's block of steps depends on
 * none of the blocks before it, back to one before which he could have gone first, and that way was
 * tried before this one, then everything from here on was seen there: sleep sets, told by looking
 * back. It counts only where going first costs no more preemptions: he was the one interrupted, or
 * his block is at its end. See docs/adr/0021.
 *
 * <p>A block is what one of them (a saga, a lane, a task) does without a break. Threading: the one
 * thread of the run.
 */
final class Reduction {
  /** This run need not go on. */
  static final class Seen extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private Seen() {
      super(null, null, false, false);
    }
  }

  /**
   * @param who whose steps they are
   * @param before who might have gone instead, of those that were tried before
   * @param interrupted who could have gone on, or null
   */
  private record Block(Object who, List<Object> before, @Nullable Object interrupted) {}

  private final Footprint footprint = new Footprint();
  private final List<Block> blocks = new ArrayList<>();
  private @Nullable Object going;
  private int depends = Footprint.NONE;
  private boolean bound;

  Footprint footprint() {
    return footprint;
  }

  /** The step under way has ended; {@code goesOn}: whose it was could take another. */
  void ended(boolean goesOn) {
    if (going == null) {
      return;
    }
    footprint.ended();
    depends = Math.max(depends, footprint.latest());
    Block instead = instead(going);
    boolean interrupted = instead != null && instead.interrupted == going;
    if (instead != null && (interrupted || !goesOn)) {
      throw new Seen();
    }
    bound = instead != null;
    if (!goesOn) {
      going = null;
    }
  }

  /**
   * The block before which he could have gone just as well, or null; where he was interrupted if
   * there is such a one.
   */
  private @Nullable Block instead(Object who) {
    Block found = null;
    for (int b = blocks.size() - 2; b > depends; b--) {
      Block block = blocks.get(b);
      if (block.who == who || block.who == this) {
        break;
      }
      if (block.interrupted == who) {
        return block;
      }
      if (found == null && block.before.contains(who)) {
        found = block;
      }
    }
    return found;
  }

  /** Whether whoever goes has to go on: to stop here would be a run that was seen. */
  boolean isBound() {
    return bound;
  }

  /** The next step is that of {@code who}. */
  void takes(Object who, List<Object> before, @Nullable Object interrupted) {
    if (who != going) {
      going = who;
      depends = Footprint.NONE;
      bound = false;
      footprint.begin(blocks.size());
      blocks.add(new Block(who, before, interrupted));
    }
  }

  /** Time moves: nothing goes before that. */
  void moves() {
    blocks.add(new Block(this, List.of(), null));
  }

  /** Looking whether it can go on belongs to its step. */
  void looks(Saga<?> saga) {
    footprint.open(true);
    boolean unused = saga.ready();
    footprint.open(false);
  }
}
