package cellblock.net.route;

import cellblock.net.route.PrefixTreeNode.Branch;
import cellblock.net.route.PrefixTreeNode.Leaf;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An immutable map from address prefixes to values that answers longest-prefix-match questions; one
 * implementation for IPv4 and IPv6. A change returns a new tree that shares all but one path with
 * the old one. Lookups allocate nothing and take no lock, so a reader needs only a reference that
 * was published safely; every tree may be used by any number of threads.
 *
 * <p>Keys are 128 bits, left-aligned, most significant bit first: an IPv6 address is its first and
 * last eight bytes as big-endian {@code hi} and {@code lo}; an IPv4 address, as a host-order int,
 * is {@code (addr & 0xffffffffL) << 32} with {@code lo} 0. Prefix lengths are counted in bits from
 * the left and end at the tree's {@linkplain #width width}. In a prefix all bits beyond the length
 * are zero.
 *
 * <p>Ancestor: the lookup half of FreeBSD's {@code sys/net/radix.c} and {@code
 * sys/net/route/fib_algo.c}. It differs in being the table and its lookup structure at once, a trie
 * of 64-way branches with bitmap-packed arrays (after Allotment Routing Tables and Poptrie) without
 * masks that have holes.
 *
 * @param <V> the type of values; compared by identity, never null
 */
public final class PrefixTree<V> {
  /** Width of an IPv4 tree in bits. */
  public static final int IPV4 = 32;

  /** Width of an IPv6 tree in bits. */
  public static final int IPV6 = 128;

  private static final PrefixTree<?> EMPTY4 = new PrefixTree<>(IPV4, 0, null, null);
  private static final PrefixTree<?> EMPTY6 = new PrefixTree<>(IPV6, 0, null, null);

  private final int width;
  private final int size;

  /** Value of the prefix of length 0. */
  private final @Nullable V shortest;

  private final @Nullable PrefixTreeNode root;

  private PrefixTree(int width, int size, @Nullable V shortest, @Nullable PrefixTreeNode root) {
    this.width = width;
    this.size = size;
    this.shortest = shortest;
    this.root = root;
  }

  /** Told of prefixes and their values. */
  @FunctionalInterface
  public interface Visitor<V> {
    /** One prefix: upper and lower half of its first address, length in bits, value. */
    void visit(long hi, long lo, int length, V value);
  }

  /**
   * The tree without prefixes; there is one for each width.
   *
   * @param width {@link #IPV4} or {@link #IPV6}
   * @throws IllegalArgumentException for any other width
   */
  @SuppressWarnings("unchecked") // a tree without values is one of every type
  public static <V> PrefixTree<V> empty(int width) {
    return switch (width) {
      case IPV4 -> (PrefixTree<V>) EMPTY4;
      case IPV6 -> (PrefixTree<V>) EMPTY6;
      default -> throw new IllegalArgumentException("width " + width + " is neither 32 nor 128");
    };
  }

  /** Number of bits in an address: {@link #IPV4} or {@link #IPV6}. */
  public int width() {
    return width;
  }

  /** Number of prefixes, the one of length 0 included. */
  public int size() {
    return size;
  }

  /** The subtree of all prefixes but that of length 0; for tests of its shape. */
  @Nullable PrefixTreeNode root() {
    return root;
  }

  /** Whether there is no prefix at all. */
  public boolean isEmpty() {
    return size == 0;
  }

  /**
   * This tree with a prefix added, or with its value replaced; this very tree when the prefix has
   * that value already.
   *
   * @throws IllegalArgumentException if the length is not 0..width, or a bit beyond it is set
   */
  public PrefixTree<V> with(long hi, long lo, int length, V value) {
    Objects.requireNonNull(value);
    check(width, hi, lo, length);
    if (length == 0) {
      return value == shortest ? this : made(size + (shortest == null ? 1 : 0), value, root);
    }
    PrefixTreeEdit edit = new PrefixTreeEdit(null);
    PrefixTreeNode changed = edit.put(root, hi, lo, length, value);
    return changed == root ? this : made(size + edit.delta(), shortest, changed);
  }

  /** This tree without a prefix; this very tree when there is no such prefix. */
  public PrefixTree<V> without(long hi, long lo, int length) {
    if (length == 0) {
      boolean absent = shortest == null || (hi | lo) != 0;
      return absent ? this : made(size - 1, null, root);
    }
    if (!isPrefix(width, hi, lo, length)) {
      return this;
    }
    PrefixTreeEdit edit = new PrefixTreeEdit(null);
    PrefixTreeNode changed = edit.remove(root, hi, lo, length);
    return edit.delta() == 0 ? this : made(size - 1, shortest, changed);
  }

  private PrefixTree<V> made(int newSize, @Nullable V zero, @Nullable PrefixTreeNode node) {
    return newSize == 0 ? empty(width) : new PrefixTree<>(width, newSize, zero, node);
  }

  private static boolean isPrefix(int width, long hi, long lo, int length) {
    return length >= 0
        && length <= width
        && (hi & ~PrefixTreeNode.maskHi(length) | lo & ~PrefixTreeNode.maskLo(length)) == 0;
  }

  private static void check(int width, long hi, long lo, int length) {
    if (!isPrefix(width, hi, lo, length)) {
      throw new IllegalArgumentException(
          "no prefix of 0..%d bits: %016x:%016x/%d".formatted(width, hi, lo, length));
    }
  }

  /**
   * Value of the longest prefix around an address, or null.
   *
   * <p>Goes down as far as the address leads, then asks the branches it met last: nearly always one
   * of them knows. (Keeping the best match on the way down costs a jump at every level that the
   * processor cannot foretell.)
   */
  @SuppressWarnings("unchecked") // only values of type V are ever stored
  public @Nullable V lookup(long hi, long lo) {
    Branch above = null;
    Branch last = null;
    Object next = root; // no cast to the interface on the way down
    while (next instanceof Branch branch && branch.holds(hi, lo)) {
      above = last;
      last = branch;
      int way = PrefixTreeNode.way(hi, lo, branch.bit);
      if (!branch.hasChild(way)) {
        break;
      }
      next = branch.slots[branch.childAt(way)];
    }
    if (next instanceof Leaf leaf && leaf.covers(hi, lo)) {
      return (V) leaf.value;
    }
    if (last == null) {
      return shortest;
    }
    int way = PrefixTreeNode.way(hi, lo, last.bit);
    if (last.matches(way)) {
      return (V) last.match(way);
    }
    if (above == null) {
      return shortest;
    }
    way = PrefixTreeNode.way(hi, lo, above.bit);
    return above.matches(way) ? (V) above.match(way) : lookupBefore(hi, lo, above.bit + 1);
  }

  /**
   * {@link #lookup} of an IPv4 address, in host byte order, in an IPv4 tree: the same answer in
   * fewer instructions. In an IPv6 tree the answer has no meaning.
   */
  @SuppressWarnings("unchecked") // only values of type V are ever stored
  public @Nullable V lookup4(int address) {
    long hi = (long) address << 32;
    Branch top = null;
    Branch above = null;
    Branch last = null;
    Object next = root; // no cast to the interface on the way down
    while (next instanceof Branch branch
        && Long.numberOfLeadingZeros(hi ^ branch.hi) >= branch.bit) {
      top = above;
      above = last;
      last = branch;
      int way = way4(hi, branch);
      if (!branch.hasChild(way)) {
        break;
      }
      next = branch.slots[branch.childAt(way)];
    }
    if (next instanceof Leaf leaf && Long.numberOfLeadingZeros(hi ^ leaf.hi) >= leaf.length) {
      return (V) leaf.value;
    }
    if (last == null) {
      return shortest;
    }
    if (last.matches(way4(hi, last))) {
      return (V) last.match(way4(hi, last));
    }
    if (above == null) {
      return shortest;
    }
    if (above.matches(way4(hi, above))) {
      return (V) above.match(way4(hi, above));
    }
    if (top == null) {
      return shortest;
    }
    return top.matches(way4(hi, top))
        ? (V) top.match(way4(hi, top))
        : lookupBefore(hi, 0, top.bit + 1);
  }

  private static int way4(long hi, Branch branch) {
    return (int) (hi >>> (64 - PrefixTreeNode.STRIDE - branch.bit)) & 63;
  }

  /** Value of exactly this prefix, or null. */
  @SuppressWarnings("unchecked") // only values of type V are ever stored
  public @Nullable V exact(long hi, long lo, int length) {
    if (!isPrefix(width, hi, lo, length)) {
      return null;
    }
    if (length == 0) {
      return shortest;
    }
    int stride = PrefixTreeNode.strideOf(length);
    PrefixTreeNode next = root;
    while (next instanceof Branch branch && branch.bit <= stride && branch.holds(hi, lo)) {
      int way = PrefixTreeNode.way(hi, lo, branch.bit);
      if (branch.bit == stride) {
        int bits = length - stride;
        return branch.hasPrefix(way, bits) ? (V) branch.slots[branch.prefixAt(way, bits)] : null;
      }
      next = branch.hasChild(way) ? branch.child(way) : null;
    }
    return next instanceof Leaf leaf && leaf.is(hi, lo, length) ? (V) leaf.value : null;
  }

  /**
   * Value of the longest prefix around an address that is shorter than {@code length} 0..129, or
   * null: of a prefix's own address and length, its next less specific one.
   */
  @SuppressWarnings("unchecked") // only values of type V are ever stored
  public @Nullable V lookupBefore(long hi, long lo, int length) {
    Object best = length > 0 ? shortest : null;
    PrefixTreeNode next = root;
    while (next instanceof Branch branch && branch.bit + 1 < length && branch.holds(hi, lo)) {
      int way = PrefixTreeNode.way(hi, lo, branch.bit);
      int bits = length - 1 - branch.bit;
      if (bits >= PrefixTreeNode.STRIDE) {
        best = branch.matches(way) ? branch.match(way) : best;
      } else {
        Object within = branch.matchWithin(way, bits);
        return (V) (within == null ? best : within);
      }
      next = branch.hasChild(way) ? branch.child(way) : null;
    }
    if (next instanceof Leaf leaf && leaf.length < length && leaf.covers(hi, lo)) {
      return (V) leaf.value;
    }
    return (V) best;
  }

  /** Visits all prefixes in order of address (unsigned), then length: the default comes first. */
  public void forEach(Visitor<? super V> visitor) {
    forEachCovered(0, 0, 0, visitor);
  }

  /**
   * Visits, in the order of {@link #forEach}, the prefixes that equal or lie inside a given one,
   * which need not be in the tree; its bits beyond the length are ignored.
   */
  public void forEachCovered(long hi, long lo, int length, Visitor<? super V> visitor) {
    PrefixTreeWalk<V> walk = new PrefixTreeWalk<>(visitor);
    if (length > 0) {
      walk.covered(root, hi, lo, length);
      return;
    }
    if (shortest != null) {
      visitor.visit(0, 0, 0, shortest);
    }
    walk.all(root);
  }

  /** A builder that begins with the prefixes of this tree, which stays as it is. */
  public Builder<V> edit() {
    return new Builder<>(this);
  }

  /** A builder that begins with nothing. */
  public static <V> Builder<V> builder(int width) {
    return new Builder<>(empty(width));
  }

  /**
   * Many changes at once: branches that no finished tree can reach are changed in place, the others
   * are copied once. For one thread; may be used further after {@link #build}.
   *
   * @param <V> the type of values
   */
  public static final class Builder<V> {
    private PrefixTree<V> base;
    private PrefixTreeEdit edit = new PrefixTreeEdit(new Object());
    private int size;
    private @Nullable V shortest;
    private @Nullable PrefixTreeNode root;

    private Builder(PrefixTree<V> base) {
      this.base = base;
      this.size = base.size;
      this.shortest = base.shortest;
      this.root = base.root;
    }

    /** Adds a prefix or replaces its value; arguments and errors as in {@link PrefixTree#with}. */
    public Builder<V> put(long hi, long lo, int length, V value) {
      Objects.requireNonNull(value);
      check(base.width, hi, lo, length);
      if (length == 0) {
        size += shortest == null ? 1 : 0;
        shortest = value;
      } else {
        root = edit.put(root, hi, lo, length, value);
        size += edit.delta();
      }
      return this;
    }

    /** Removes a prefix if it is there. */
    public Builder<V> remove(long hi, long lo, int length) {
      if (!isPrefix(base.width, hi, lo, length)) {
        return this;
      }
      if (length == 0) {
        size -= shortest == null ? 0 : 1;
        shortest = null;
      } else {
        root = edit.remove(root, hi, lo, length);
        size += edit.delta();
      }
      return this;
    }

    /** Number of prefixes so far. */
    public int size() {
      return size;
    }

    /** The tree so far, frozen: what the builder does next does not change it. */
    public PrefixTree<V> build() {
      if (root != base.root || shortest != base.shortest) {
        base = base.made(size, shortest, root);
        edit = new PrefixTreeEdit(new Object());
      }
      return base;
    }
  }
}
