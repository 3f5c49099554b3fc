package cellblock.net.route;

import cellblock.net.route.PrefixTreeNode.Branch;
import cellblock.net.route.PrefixTreeNode.Leaf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Changes to the subtrees of a {@link PrefixTree}. Without an owner every branch on the way is
 * copied; with one, branches that carry the same owner are private to it and are changed in place.
 * Used by one thread.
 */
final class PrefixTreeEdit {
  private static final Object[] NONE = {};

  private final @Nullable Object owner;

  /** Prefixes added (1), removed (-1) or neither (0) by the last call. */
  private int delta;

  PrefixTreeEdit(@Nullable Object owner) {
    this.owner = owner;
  }

  int delta() {
    return delta;
  }

  /** Adds or replaces a prefix of at least one bit; the same node when nothing changed. */
  PrefixTreeNode put(@Nullable PrefixTreeNode node, long hi, long lo, int length, Object value) {
    delta = 1;
    return switch (node) {
      case null -> new Leaf(hi, lo, length, value);
      case Leaf leaf -> putBeside(leaf, hi, lo, length, value);
      case Branch branch -> putInto(branch, hi, lo, length, value);
    };
  }

  private PrefixTreeNode putBeside(Leaf leaf, long hi, long lo, int length, Object value) {
    if (!leaf.is(hi, lo, length)) {
      Leaf added = new Leaf(hi, lo, length, value);
      return fork(leaf, PrefixTreeNode.strideOf(leaf.length), leaf.hi, leaf.lo, added);
    }
    delta = 0;
    return leaf.value == value ? leaf : new Leaf(hi, lo, length, value);
  }

  private PrefixTreeNode putInto(Branch branch, long hi, long lo, int length, Object value) {
    int stride = PrefixTreeNode.strideOf(length);
    if (stride < branch.bit || !branch.holds(hi, lo)) {
      return fork(branch, branch.bit, branch.hi, branch.lo, new Leaf(hi, lo, length, value));
    }
    int way = PrefixTreeNode.way(hi, lo, branch.bit);
    if (stride == branch.bit) {
      return putHere(branch, way, length - stride, value);
    }
    if (!branch.hasChild(way)) {
      Branch grown = grown(branch, branch.childAt(way), new Leaf(hi, lo, length, value));
      grown.flipChild(way);
      return grown;
    }
    PrefixTreeNode child = put(branch.child(way), hi, lo, length, value);
    return replaced(branch, branch.childAt(way), child);
  }

  private Branch putHere(Branch branch, int way, int bits, Object value) {
    int at = branch.prefixAt(way, bits);
    if (branch.hasPrefix(way, bits)) {
      delta = 0;
      return replaced(branch, at, value);
    }
    Branch grown = grown(branch, at, value);
    grown.flipPrefix(way, bits);
    return grown;
  }

  /** A new branch above a subtree and a prefix that has no place in it. */
  private Branch fork(PrefixTreeNode node, int nodeBit, long hi, long lo, Leaf leaf) {
    int parted = PrefixTreeNode.common(hi, lo, leaf.hi, leaf.lo);
    int bit = parted / PrefixTreeNode.STRIDE * PrefixTreeNode.STRIDE;
    bit = Math.min(bit, Math.min(nodeBit, PrefixTreeNode.strideOf(leaf.length)));
    Branch fork = new Branch(bit, hi, lo, NONE, owner);
    if (node instanceof Leaf other) {
      hang(fork, other);
    } else {
      int way = PrefixTreeNode.way(hi, lo, bit);
      fork.slots = new Object[] {node};
      fork.flipChild(way);
    }
    hang(fork, leaf);
    return fork;
  }

  /** Puts a leaf below or into a branch that nobody else knows yet. */
  private static void hang(Branch fork, Leaf leaf) {
    int way = PrefixTreeNode.way(leaf.hi, leaf.lo, fork.bit);
    int bits = leaf.length - fork.bit;
    if (bits <= PrefixTreeNode.STRIDE) {
      fork.slots = inserted(fork.slots, fork.prefixAt(way, bits), leaf.value);
      fork.flipPrefix(way, bits);
    } else {
      fork.slots = inserted(fork.slots, fork.childAt(way), leaf);
      fork.flipChild(way);
    }
  }

  /** Removes a prefix of at least one bit; null when nothing is left, the same node if absent. */
  @Nullable PrefixTreeNode remove(@Nullable PrefixTreeNode node, long hi, long lo, int length) {
    delta = 0;
    return switch (node) {
      case null -> null;
      case Leaf leaf -> {
        delta = leaf.is(hi, lo, length) ? -1 : 0;
        yield delta == 0 ? leaf : null;
      }
      case Branch branch -> removeFrom(branch, hi, lo, length);
    };
  }

  private PrefixTreeNode removeFrom(Branch branch, long hi, long lo, int length) {
    int stride = PrefixTreeNode.strideOf(length);
    if (stride < branch.bit || !branch.holds(hi, lo)) {
      return branch;
    }
    int way = PrefixTreeNode.way(hi, lo, branch.bit);
    if (stride > branch.bit) {
      return branch.hasChild(way) ? removeBelow(branch, way, hi, lo, length) : branch;
    }
    int bits = length - stride;
    if (!branch.hasPrefix(way, bits)) {
      return branch;
    }
    delta = -1;
    Branch left = shortened(branch, branch.prefixAt(way, bits));
    left.flipPrefix(way, bits);
    return left.shrunk();
  }

  private PrefixTreeNode removeBelow(Branch branch, int way, long hi, long lo, int length) {
    int at = branch.childAt(way);
    PrefixTreeNode child = remove(branch.child(way), hi, lo, length);
    if (child != null) {
      return replaced(branch, at, child);
    }
    Branch left = shortened(branch, at);
    left.flipChild(way);
    return left.shrunk();
  }

  private boolean owns(Branch branch) {
    return owner != null && branch.owner == owner;
  }

  private Branch replaced(Branch branch, int at, Object item) {
    if (branch.slots[at] == item) {
      return branch;
    }
    Branch own = owns(branch) ? branch : new Branch(branch, branch.slots.clone(), owner);
    own.slots[at] = item;
    return own;
  }

  private Branch grown(Branch branch, int at, Object item) {
    return with(branch, inserted(branch.slots, at, item));
  }

  private Branch shortened(Branch branch, int at) {
    Object[] slots = branch.slots;
    Object[] fewer = Arrays.copyOf(slots, slots.length - 1);
    System.arraycopy(slots, at + 1, fewer, at, fewer.length - at);
    return with(branch, fewer);
  }

  private Branch with(Branch branch, Object[] slots) {
    if (!owns(branch)) {
      return new Branch(branch, slots, owner);
    }
    branch.slots = slots;
    return branch;
  }

  private static Object[] inserted(Object[] slots, int at, Object item) {
    Object[] more = new Object[slots.length + 1];
    System.arraycopy(slots, 0, more, 0, at);
    more[at] = item;
    System.arraycopy(slots, at, more, at + 1, slots.length - at);
    return more;
  }
}
