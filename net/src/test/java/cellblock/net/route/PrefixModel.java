package cellblock.net.route;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** The plainest longest-prefix-match table there is, to judge {@link PrefixTree} by. */
final class PrefixModel {

  /** A prefix, ordered as a tree visits them. */
  record Prefix(long hi, long lo, int length) implements Comparable<Prefix> {
    /** The prefix of this length around an address. */
    static Prefix around(long hi, long lo, int length) {
      long maskHi = length == 0 ? 0 : length > 64 ? -1L : -1L << (64 - length);
      long maskLo = length <= 64 ? 0 : -1L << (128 - length);
      return new Prefix(hi & maskHi, lo & maskLo, length);
    }

    boolean covers(long hi, long lo) {
      return equals(around(hi, lo, length));
    }

    @Override
    public int compareTo(Prefix other) {
      int byHi = Long.compareUnsigned(hi, other.hi);
      int byLo = Long.compareUnsigned(lo, other.lo);
      return byHi != 0 ? byHi : byLo != 0 ? byLo : Integer.compare(length, other.length);
    }
  }

  final TreeMap<Prefix, Object> prefixes = new TreeMap<>();

  /** Longest match shorter than a length, by asking for every length there is. */
  Object lookupBefore(long hi, long lo, int length) {
    for (int shorter = length - 1; shorter >= 0; shorter--) {
      Object value = prefixes.get(Prefix.around(hi, lo, shorter));
      if (value != null) {
        return value;
      }
    }
    return null;
  }

  Object lookup(long hi, long lo) {
    return lookupBefore(hi, lo, 129);
  }

  List<Map.Entry<Prefix, Object>> entries() {
    return covered(new Prefix(0, 0, 0));
  }

  List<Map.Entry<Prefix, Object>> covered(Prefix around) {
    List<Map.Entry<Prefix, Object>> found = new ArrayList<>();
    prefixes.forEach((p, value) -> {
      if (p.length() >= around.length() && around.covers(p.hi(), p.lo())) {
        found.add(Map.entry(p, value));
      }
    });
    return found;
  }

  static List<Map.Entry<Prefix, Object>> entries(PrefixTree<Object> tree) {
    List<Map.Entry<Prefix, Object>> found = new ArrayList<>();
    tree.forEach((hi, lo, length, v) -> found.add(Map.entry(new Prefix(hi, lo, length), v)));
    return found;
  }

  static List<Map.Entry<Prefix, Object>> covered(PrefixTree<Object> tree, Prefix p) {
    List<Map.Entry<Prefix, Object>> found = new ArrayList<>();
    tree.forEachCovered(
        p.hi(),
        p.lo(),
        p.length(),
        (hi, lo, length, v) -> found.add(Map.entry(new Prefix(hi, lo, length), v)));
    return found;
  }

  /**
   * A prefix that is likely to nest with, and be near to, others: a shared trunk with few bits
   * changed, at any length.
   */
  static Prefix random(SplittableRandom random, int width) {
    int length = random.nextInt(width + 1);
    long hi = 0xc6336445_9a5c0f31L;
    long lo = 0x0123_4567_89ab_cdefL;
    for (int i = random.nextInt(4); i > 0; i--) {
      int bit = random.nextInt(width);
      hi ^= bit < 64 ? 1L << (63 - bit) : 0;
      lo ^= bit < 64 ? 0 : 1L << (127 - bit);
    }
    return width == 32 ? Prefix.around(hi & -1L << 32, 0, length) : Prefix.around(hi, lo, length);
  }

  /** What two trees of the same prefixes must have in common, whatever their history. */
  static String shape(PrefixTree<?> tree) {
    StringBuilder text = new StringBuilder();
    shape(tree.root(), 0, text);
    return text.toString();
  }

  private static void shape(PrefixTreeNode node, int depth, StringBuilder text) {
    text.repeat(' ', depth);
    switch (node) {
      case null -> text.append("nothing");
      case PrefixTreeNode.Leaf f ->
          text.append("leaf %x %x/%d".formatted(f.hi, f.lo, f.length)).append('\n');
      case PrefixTreeNode.Branch b -> {
        text.append(
            "branch %x %x at %d: %x %x %x, %d slots%n"
                .formatted(b.hi, b.lo, b.bit, b.children, b.fulls, b.shorts, b.slots.length));
        for (int i = 0; i < Long.bitCount(b.children); i++) {
          shape((PrefixTreeNode) b.slots[i], depth + 1, text);
        }
      }
    }
  }
}
