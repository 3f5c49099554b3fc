package cellblock.race;

import cellblock.kern.lane.Lane;
import cellblock.kern.saga.Saga;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Leaves out interleavings that are others told in another order, in two ways. Why that is right,
 * also under a bound of preemptions, is told in docs/adr/0021.
 *
 * <p><em>Seen</em>: when somebody's block of steps depends on none of the blocks before it, back to
 * one before which he could have gone first, and that way was tried before this one, then
 * everything from here on was seen there. It counts only where going first costs no more
 * preemptions: he was the one interrupted, or his block is at its end.
 *
 * <p><em>Contested</em>: others need be tried in somebody's place only where one of them met, in
 * some run in which he went first, what he did then.
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

  private static final int NONE = -1;

  /** Sagas, lanes and tasks of a run, at most. */
  private static final int MOST = 128;

  /**
   * @param who whose steps they are
   * @param step the first of them
   * @param decision where it was chosen, or {@link #NONE}
   * @param before who might have gone instead, of those that were tried before
   * @param interrupted who could have gone on, or null
   */
  private record Block(
      Object who, int step, int decision, List<Object> before, @Nullable Object interrupted) {}

  /**
   * A step.
   *
   * @param who the number of whose it is
   * @param block the place of its block
   * @param decision where it was chosen first of several, or {@link #NONE}
   * @param past for each of them, by number, his last step that comes before this one in any order
   */
  private record Step(int who, int block, int decision, int[] past) {}

  private final Footprint footprint = new Footprint();
  private final Map<Object, Integer> numbers = new IdentityHashMap<>();
  private final List<Block> blocks = new ArrayList<>();
  private final List<Step> steps = new ArrayList<>();
  private final BitSet met = new BitSet();
  private final BitSet outside = new BitSet();
  private final boolean leaves;
  private @Nullable Object going;
  private int lastDecision = NONE;
  private int moved;
  private int depends;
  private boolean bound;
  private boolean under;

  /**
   * @param leaves whether runs are ended; else they are only watched
   */
  Reduction(boolean leaves) {
    this.leaves = leaves;
  }

  Footprint footprint() {
    return footprint;
  }

  /** Looking whether it can go on belongs to its step. */
  void looks(Saga<?> saga) {
    footprint.open(true);
    boolean unused = saga.ready();
    footprint.open(false);
  }

  /** The step under way has ended; {@code goesOn}: whose it was could take another. */
  void ended(boolean goesOn) {
    if (!under || going == null) {
      return;
    }
    under = false;
    meets(footprint.ended());
    Block instead = leaves ? instead(going) : null;
    bound = false;
    if (instead != null) {
      outside.set(instead.decision + 1, lastDecision + 1);
      if (instead.interrupted == going || !goesOn) {
        throw new Seen();
      }
      bound = true;
    }
    if (!goesOn) {
      going = null;
    }
  }

  /** The step under way depends on these. */
  private void meets(BitSet others) {
    Step step = steps.getLast();
    int[] before = step.past.clone();
    others.stream()
        .filter(o -> o >= moved && steps.get(o).who != step.who)
        .forEach(o -> {
          Step other = steps.get(o);
          if (o > before[other.who]) {
            met.set(o);
          }
          depends = Math.max(depends, other.block);
          for (int w = 0; w < other.past.length; w++) {
            step.past[w] = Math.max(step.past[w], other.past[w]);
          }
        });
  }

  /**
   * The block before which he could have gone just as well, or null; where he was interrupted if
   * there is such a one.
   */
  private @Nullable Block instead(Object who) {
    Block found = null;
    for (int b = blocks.size() - 2; b > depends; b--) {
      Block block = blocks.get(b);
      if (block.who == who || block.step < moved) {
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

  /** Time moves: nothing goes before that. */
  void moves() {
    moved = steps.size();
    going = null;
  }

  /**
   * The next step is that of {@code who}.
   *
   * @param decision where that was decided, or -1 where nobody else could go
   */
  void takes(Object who, int decision, List<Object> before, @Nullable Object interrupted) {
    if (who != going) {
      going = who;
      depends = NONE;
      bound = false;
      blocks.add(new Block(who, steps.size(), decision, before, interrupted));
    }
    int number = numbers.computeIfAbsent(who, _ -> numbers.size());
    steps.add(
        new Step(
            number,
            blocks.size() - 1,
            before.isEmpty() ? decision : NONE,
            past(number, steps.size())));
    lastDecision = Math.max(lastDecision, decision);
    footprint.begin(steps.size() - 1);
    under = true;
  }

  /** What came before, so far: his own last step's past, and now this one. */
  private int[] past(int who, int step) {
    int[] past = new int[MOST];
    Arrays.fill(past, NONE);
    for (int s = steps.size() - 1; s >= 0; s--) {
      if (steps.get(s).who == who) {
        past = steps.get(s).past.clone();
        break;
      }
    }
    past[who] = step;
    return past;
  }

  /** The decisions at which others have to be tried, after this run. */
  BitSet contested() {
    if (!leaves) {
      BitSet all = new BitSet();
      all.set(0, lastDecision + 1);
      return all;
    }
    BitSet contested = (BitSet) outside.clone();
    for (int s = 0; s < steps.size(); s++) {
      Step step = steps.get(s);
      if (step.decision != NONE) {
        boolean isFirst = blocks.get(step.block).step == s;
        int end = s;
        while (isFirst && end + 1 < steps.size() && steps.get(end + 1).block == step.block) {
          end++;
        }
        int next = met.nextSetBit(s);
        if (next >= 0 && next <= end) {
          contested.set(step.decision);
        }
      }
    }
    return contested;
  }

  /**
   * The run but for the order of what does not depend on each other: each step, and what came
   * before it in any order.
   */
  List<String> order() {
    Map<Integer, Integer> taken = new HashMap<>();
    List<String> names = new ArrayList<>();
    List<String> order = new ArrayList<>();
    for (Step step : steps) {
      Object who = blocks.get(step.block).who;
      String name = who instanceof Runnable && !(who instanceof Lane) ? "task" : who.toString();
      names.add(name + "/" + taken.merge(step.who, 1, Integer::sum));
      List<String> past = new ArrayList<>();
      for (int p : step.past) {
        if (p != NONE) {
          past.add(names.get(p));
        }
      }
      past.sort(null);
      order.add(past.toString());
    }
    order.sort(null);
    return order;
  }
}
