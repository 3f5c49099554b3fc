package cellblock.net.route;

import cellblock.net.route.PrefixTreeNode.Branch;
import cellblock.net.route.PrefixTreeNode.Leaf;
import org.jspecify.annotations.Nullable;

/** Visits subtrees of a {@link PrefixTree} in order of address, then length. */
final class PrefixTreeWalk<V> {
  private final PrefixTree.Visitor<? super V> visitor;

  PrefixTreeWalk(PrefixTree.Visitor<? super V> visitor) {
    this.visitor = visitor;
  }

  void all(@Nullable PrefixTreeNode node) {
    switch (node) {
      case null -> {}
      case Leaf leaf -> visit(leaf.hi, leaf.lo, leaf.length, leaf.value);
      case Branch branch -> ways(branch, 0, 63, 1);
    }
  }

  /** Those equal to or inside a prefix of at least one bit. */
  void covered(@Nullable PrefixTreeNode node, long hi, long lo, int length) {
    switch (node) {
      case null -> {}
      case Leaf leaf -> {
        if (leaf.length >= length && inside(leaf.hi, leaf.lo, hi, lo, length)) {
          all(leaf);
        }
      }
      case Branch branch -> covered(branch, hi, lo, length);
    }
  }

  private void covered(Branch branch, long hi, long lo, int length) {
    int bits = length - branch.bit;
    if (bits <= 0) {
      if (inside(branch.hi, branch.lo, hi, lo, length)) {
        all(branch);
      }
      return;
    }
    if (!branch.holds(hi, lo)) {
      return;
    }
    int way = PrefixTreeNode.way(hi, lo, branch.bit);
    if (bits <= PrefixTreeNode.STRIDE) {
      int within = (1 << (PrefixTreeNode.STRIDE - bits)) - 1;
      ways(branch, way & ~within, way | within, bits);
    } else if (branch.hasChild(way)) {
      covered(branch.child(way), hi, lo, length);
    }
  }

  private static boolean inside(long hi, long lo, long hi2, long lo2, int length) {
    return PrefixTreeNode.common(hi, lo, hi2, lo2) >= length;
  }

  /** Everything of a branch from way to way, of prefixes here those of at least so many bits. */
  private void ways(Branch branch, int first, int last, int leastBits) {
    for (int way = first; way <= last; way++) {
      int ownBits = PrefixTreeNode.STRIDE - Math.min(PrefixTreeNode.STRIDE - 1, zeros(way));
      for (int bits = Math.max(ownBits, leastBits); bits <= PrefixTreeNode.STRIDE; bits++) {
        if (branch.hasPrefix(way, bits)) {
          Object value = branch.slots[branch.prefixAt(way, bits)];
          visit(branch.hiAt(way), branch.loAt(way), branch.bit + bits, value);
        }
      }
      if (branch.hasChild(way)) {
        all(branch.child(way));
      }
    }
  }

  private static int zeros(int way) {
    return Integer.numberOfTrailingZeros(way);
  }

  @SuppressWarnings("unchecked") // only values of this tree's type are ever stored
  private void visit(long hi, long lo, int length, Object value) {
    visitor.visit(hi, lo, length, (V) value);
  }
}
