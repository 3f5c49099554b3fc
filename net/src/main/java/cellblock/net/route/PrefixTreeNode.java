package cellblock.net.route;

import org.jspecify.annotations.Nullable;

/**
 * The two shapes a subtree of a {@link PrefixTree} can take.
 *
 * <p>The shape depends on the set of prefixes alone, never on the order of changes: a subtree with
 * one prefix is a {@link Leaf}, a larger one is a {@link Branch} placed at the first stride in
 * which its prefixes end or part ways. An empty subtree is {@code null}.
 */
sealed interface PrefixTreeNode {

  /** Bits decided by one branch; 64 ways, so that each of its maps is one machine word. */
  int STRIDE = 6;

  /** First bit (from the left) of the stride in which a prefix of {@code length} 1..128 ends. */
  static int strideOf(int length) {
    return (length - 1) / STRIDE * STRIDE;
  }

  /** Number of leading bits, 0..128, in which two keys agree. */
  static int common(long hi, long lo, long hi2, long lo2) {
    return hi != hi2
        ? Long.numberOfLeadingZeros(hi ^ hi2)
        : 64 + Long.numberOfLeadingZeros(lo ^ lo2);
  }

  /** The six bits of a key that start at {@code bit}, as 0..63; beyond bit 127 they are zero. */
  static int way(long hi, long lo, int bit) {
    if (bit <= 64 - STRIDE) {
      return (int) (hi >>> (64 - STRIDE - bit)) & 63;
    }
    if (bit < 64) {
      int inHi = 64 - bit;
      return (int) (hi << (STRIDE - inHi) | lo >>> (64 - STRIDE + inHi)) & 63;
    }
    int shift = 128 - STRIDE - bit;
    return (int) (shift >= 0 ? lo >>> shift : lo << -shift) & 63;
  }

  /** Upper half of the mask of a prefix of {@code length} 0..128. */
  static long maskHi(int length) {
    return length == 0 ? 0 : length >= 64 ? -1L : -1L << (64 - length);
  }

  /** Lower half of the mask of a prefix of {@code length} 0..128. */
  static long maskLo(int length) {
    return length <= 64 ? 0 : -1L << (128 - length);
  }

  /** One prefix, alone in its subtree; immutable. */
  final class Leaf implements PrefixTreeNode {
    final long hi;
    final long lo;
    final int length;
    final Object value;

    Leaf(long hi, long lo, int length, Object value) {
      this.hi = hi;
      this.lo = lo;
      this.length = length;
      this.value = value;
    }

    boolean covers(long hi, long lo) {
      return common(hi, lo, this.hi, this.lo) >= length;
    }

    boolean is(long hi, long lo, int length) {
      return this.length == length && this.hi == hi && this.lo == lo;
    }
  }

  /**
   * At least two entries that share their first {@link #bit} bits. Prefixes of {@code bit + 1} to
   * {@code bit + 5} bits are marked in {@link #shorts} at the index of their node in a complete
   * binary tree (root 1, so 2..63), prefixes of {@code bit + 6} bits in {@link #fulls} by way,
   * longer ones live below {@link #children} by way. One array holds children, full and short
   * values, each group packed in the order of its map. Frozen unless a builder owns it: see {@link
   * PrefixTreeEdit}.
   */
  final class Branch implements PrefixTreeNode {
    /** For each way the {@link #shorts} that cover it: its ancestors in the binary tree. */
    private static final long[] COVERING = covering();

    final int bit;
    final long hi;
    final long lo;
    long children;
    long fulls;
    long shorts;
    Object[] slots;
    final @Nullable Object owner;

    Branch(Branch from, Object[] slots, @Nullable Object owner) {
      this(from.bit, from.hi, from.lo, slots, owner);
      this.children = from.children;
      this.fulls = from.fulls;
      this.shorts = from.shorts;
    }

    Branch(int bit, long hi, long lo, Object[] slots, @Nullable Object owner) {
      this.bit = bit;
      this.hi = hi & maskHi(bit);
      this.lo = lo & maskLo(bit);
      this.slots = slots;
      this.owner = owner;
    }

    private static long[] covering() {
      long[] masks = new long[64];
      for (int way = 0; way < 64; way++) {
        for (int index = (64 | way) >>> 1; index > 1; index >>>= 1) {
          masks[way] |= 1L << index;
        }
      }
      return masks;
    }

    /** Index in {@link #shorts} of the prefix of {@code 1..5} bits of this stride around a way. */
    static int shortIndex(int way, int bits) {
      return (64 | way) >>> (STRIDE - bits);
    }

    boolean holds(long hi, long lo) {
      return common(hi, lo, this.hi, this.lo) >= bit;
    }

    boolean matches(int way) {
      return (fulls >>> way & 1 | shorts & COVERING[way]) != 0;
    }

    /**
     * Value of the longest prefix here around a way for which {@link #matches} is true. Which kind
     * of prefix it is cannot be foretold, so both places are computed and one is chosen without a
     * jump.
     */
    Object match(int way) {
      long below = (1L << way) - 1;
      int full = Long.bitCount(fulls & below);
      long longest = -1L >>> 1 >>> Long.numberOfLeadingZeros(shorts & COVERING[way]);
      int shorter = Long.bitCount(fulls) + Long.bitCount(shorts & longest);
      int isFull = -(int) (fulls >>> way & 1);
      return slots[Long.bitCount(children) + (full & isFull | shorter & ~isFull)];
    }

    /** The same for prefixes of at most {@code bits} 0..5 bits of this stride; null if none. */
    @Nullable Object matchWithin(int way, int bits) {
      long found = shorts & COVERING[way] & lowIndexes(bits);
      return found == 0 ? null : shortMatch(found);
    }

    /** The indexes of all prefixes of at most {@code bits} bits: those below {@code 2^(bits+1)}. */
    private static long lowIndexes(int bits) {
      return bits >= 5 ? -1L : (1L << (2 << bits)) - 1;
    }

    private Object shortMatch(long found) {
      return slots[shortAt(63 - Long.numberOfLeadingZeros(found))];
    }

    boolean hasChild(int way) {
      return (children >>> way & 1) != 0;
    }

    boolean hasPrefix(int way, int bits) {
      return bits == STRIDE
          ? (fulls >>> way & 1) != 0
          : (shorts >>> shortIndex(way, bits) & 1) != 0;
    }

    int childAt(int way) {
      return Long.bitCount(children & (1L << way) - 1);
    }

    int prefixAt(int way, int bits) {
      return bits == STRIDE ? fullAt(way) : shortAt(shortIndex(way, bits));
    }

    private int fullAt(int way) {
      return Long.bitCount(children) + Long.bitCount(fulls & (1L << way) - 1);
    }

    private int shortAt(int index) {
      return Long.bitCount(children)
          + Long.bitCount(fulls)
          + Long.bitCount(shorts & (1L << index) - 1);
    }

    PrefixTreeNode child(int way) {
      return (PrefixTreeNode) slots[childAt(way)];
    }

    /** Turns the mark of a child on or off; the caller replaces the array. */
    void flipChild(int way) {
      children ^= 1L << way;
    }

    /** Turns the mark of a prefix on or off; the caller replaces the array. */
    void flipPrefix(int way, int bits) {
      if (bits == STRIDE) {
        fulls ^= 1L << way;
      } else {
        shorts ^= 1L << shortIndex(way, bits);
      }
    }

    /** What remains of this branch when it is too small to be one. */
    PrefixTreeNode shrunk() {
      if (slots.length > 1) {
        return this;
      }
      if (children != 0) {
        return (PrefixTreeNode) slots[0];
      }
      int index =
          fulls != 0 ? 64 | Long.numberOfTrailingZeros(fulls) : Long.numberOfTrailingZeros(shorts);
      int bits = 31 - Integer.numberOfLeadingZeros(index);
      int way = index << (STRIDE - bits) & 63;
      return new Leaf(hiAt(way), loAt(way), bit + bits, slots[0]);
    }

    /** Upper half of the first address of a way. */
    long hiAt(int way) {
      int shift = 64 - STRIDE - bit;
      long bits = way;
      return bit >= 64 ? hi : hi | (shift >= 0 ? bits << shift : bits >>> -shift);
    }

    /** Lower half of the first address of a way. */
    long loAt(int way) {
      int shift = 128 - STRIDE - bit;
      long bits = way;
      if (bit <= 64 - STRIDE) {
        return lo;
      }
      return lo | (shift >= 0 ? bits << shift : bits >>> -shift);
    }
  }
}
