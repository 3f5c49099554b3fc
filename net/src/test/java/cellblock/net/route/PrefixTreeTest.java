package cellblock.net.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cellblock.net.route.PrefixModel.Prefix;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrefixTreeTest {
  private static final long NET_10 = 10L << 56;

  private static PrefixTree<Object> with(PrefixTree<Object> tree, Prefix p, Object value) {
    return tree.with(p.hi(), p.lo(), p.length(), value);
  }

  @Test
  void there_is_one_empty_tree_for_each_width() {
    PrefixTree<Object> four = PrefixTree.empty(PrefixTree.IPV4);
    assertThat(four).isSameAs(PrefixTree.empty(32)).isNotSameAs(PrefixTree.empty(128));
    assertThat(four.isEmpty()).isTrue();
    assertThat(four.lookup4(0)).isNull();
    assertThat(four.lookup(0, 0)).isNull();
    assertThat(PrefixModel.entries(four)).isEmpty();
    assertThat(four.with(0, 0, 0, "x").without(0, 0, 0)).isSameAs(four);
    assertThat(four.with(NET_10, 0, 8, "x").without(NET_10, 0, 8)).isSameAs(four);
  }

  @Test
  void the_longest_prefix_wins_and_the_default_takes_the_rest() {
    PrefixTree<Object> tree = PrefixTree.empty(32);
    tree = tree.with(0, 0, 0, "default").with(NET_10, 0, 8, "10/8");
    tree = tree.with(NET_10 | 1L << 40, 0, 24, "10.0.1/24");
    tree = tree.with(NET_10 | 0x105L << 32, 0, 32, "10.0.1.5");
    assertThat(tree.lookup4(0x0a000105)).isEqualTo("10.0.1.5");
    assertThat(tree.lookup4(0x0a000106)).isEqualTo("10.0.1/24");
    assertThat(tree.lookup4(0x0aff0106)).isEqualTo("10/8");
    assertThat(tree.lookup4(0xc0000201)).isEqualTo("default");
    assertThat(tree.lookupBefore(NET_10 | 0x105L << 32, 0, 32)).isEqualTo("10.0.1/24");
    assertThat(tree.lookupBefore(NET_10 | 0x105L << 32, 0, 24)).isEqualTo("10/8");
    assertThat(tree.lookupBefore(NET_10 | 0x105L << 32, 0, 8)).isEqualTo("default");
    assertThat(tree.lookupBefore(NET_10 | 0x105L << 32, 0, 0)).isNull();
  }

  @ParameterizedTest
  @ValueSource(ints = {32, 128})
  void every_length_holds_its_whole_range_and_nothing_beside_it(int width) {
    long[][] addresses = {{0, 0}, {-1L, -1L}, {0xc6336445_9a5c0f31L, 0x8123456789abcdefL}};
    for (long[] address : addresses) {
      for (int length = 0; length <= width; length++) {
        Prefix p =
            Prefix.around(
                width == 32 ? address[0] & -1L << 32 : address[0],
                width == 32 ? 0 : address[1],
                length);
        PrefixTree<Object> tree = with(PrefixTree.empty(width), p, "v");
        assertThat(tree.exact(p.hi(), p.lo(), length)).as("%s", p).isEqualTo("v");
        assertThat(tree.lookup(p.hi(), p.lo())).as("%s", p).isEqualTo("v");
        assertThat(tree.lookupBefore(p.hi(), p.lo(), length)).as("%s", p).isNull();
        assertThat(tree.lookupBefore(p.hi(), p.lo(), length + 1)).as("%s", p).isEqualTo("v");
        assertThat(PrefixModel.covered(tree, p)).as("%s", p).hasSize(1);
        for (int bit = 0; bit < width; bit++) {
          long hi = p.hi() ^ (bit < 64 ? 1L << (63 - bit) : 0);
          long lo = p.lo() ^ (bit < 64 ? 0 : 1L << (127 - bit));
          Object expected = bit < length ? null : "v";
          assertThat(tree.lookup(hi, lo)).as("%s, bit %d", p, bit).isEqualTo(expected);
          if (width == 32) {
            assertThat(tree.lookup4((int) (hi >>> 32))).isEqualTo(expected);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {32, 128})
  void a_nest_of_all_lengths_answers_with_each_of_them(int width) {
    PrefixTree<Object> tree = PrefixTree.empty(width);
    long lo = width == 32 ? 0 : -1L;
    long hi = width == 32 ? -1L << 32 : -1L;
    for (int length = width; length >= 0; length--) {
      tree = with(tree, Prefix.around(hi, lo, length), length);
    }
    assertThat(tree.size()).isEqualTo(width + 1);
    List<Object> lengths = new ArrayList<>();
    for (int length = 0; length <= width; length++) {
      int first = length;
      boolean all = length == width;
      long offHi = all || length >= 64 ? 0 : 1L << (63 - first);
      long offLo = all || length < 64 ? 0 : 1L << (127 - first);
      assertThat(tree.lookup(hi ^ offHi, lo ^ offLo)).isEqualTo(length);
      assertThat(tree.lookupBefore(hi, lo, length)).isEqualTo(length == 0 ? null : length - 1);
      lengths.add(length);
    }
    assertThat(PrefixModel.entries(tree)).extracting(e -> e.getValue()).isEqualTo(lengths);
  }

  @Test
  void bits_beyond_the_length_are_refused_when_adding_and_match_nothing_otherwise() {
    PrefixTree<Object> tree = PrefixTree.empty(32).with(NET_10, 0, 8, "v");
    long host = NET_10 | 1L << 32;
    assertThatThrownBy(() -> tree.with(host, 0, 8, "w"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0a000001");
    assertThatThrownBy(() -> tree.with(1, 0, 32, "w")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> tree.with(0, 0, 33, "w")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> tree.with(0, 0, -1, "w")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> tree.with(0, 0, 0, null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> PrefixTree.empty(64)).isInstanceOf(IllegalArgumentException.class);
    assertThat(tree.exact(host, 0, 8)).isNull();
    assertThat(tree.without(host, 0, 8)).isSameAs(tree);
    assertThat(tree.without(host, 0, 0)).isSameAs(tree);
    assertThat(tree.without(0, 0, 99)).isSameAs(tree);
  }

  @Test
  void nothing_changes_when_there_is_nothing_to_change() {
    PrefixTree<Object> tree = PrefixTree.empty(32);
    tree = tree.with(0, 0, 0, "d").with(NET_10, 0, 8, "a").with(NET_10 | 1L << 40, 0, 24, "b");
    assertThat(tree.with(NET_10, 0, 8, "a")).isSameAs(tree);
    assertThat(tree.with(NET_10 | 1L << 40, 0, 24, "b")).isSameAs(tree);
    assertThat(tree.with(0, 0, 0, "d")).isSameAs(tree);
    assertThat(tree.without(NET_10, 0, 9)).isSameAs(tree);
    assertThat(tree.without(NET_10 | 2L << 40, 0, 24)).isSameAs(tree);
    assertThat(tree.edit().build()).isSameAs(tree);
    assertThat(tree.edit().remove(0, 0, 1).build()).isSameAs(tree);
  }

  @Test
  void a_default_is_visited_first_and_a_network_before_its_hosts() {
    PrefixTree<Object> tree = PrefixTree.empty(32);
    tree = tree.with(0xc0000201L << 32, 0, 32, "192.0.2.1");
    tree = tree.with(0x7f000001L << 32, 0, 32, "127.0.0.1");
    tree = tree.with(0xc0000200L << 32, 0, 24, "192.0.2.0/24");
    tree = tree.with(0, 0, 0, "default");
    assertThat(PrefixModel.entries(tree))
        .extracting(e -> e.getValue())
        .containsExactly("default", "127.0.0.1", "192.0.2.0/24", "192.0.2.1");
  }

  @Test
  void a_built_tree_is_not_changed_by_what_its_builder_does_next() {
    PrefixTree.Builder<Object> builder = PrefixTree.builder(32);
    builder.put(NET_10, 0, 8, "a").put(NET_10 | 1L << 40, 0, 24, "b").put(0, 0, 0, "d");
    PrefixTree<Object> first = builder.build();
    builder.put(NET_10, 0, 8, "changed").put(NET_10 | 2L << 40, 0, 24, "c").remove(0, 0, 0);
    PrefixTree<Object> second = builder.build();
    assertThat(PrefixModel.entries(first))
        .extracting(e -> e.getValue())
        .containsExactly("d", "a", "b");
    assertThat(PrefixModel.entries(second))
        .extracting(e -> e.getValue())
        .containsExactly("changed", "b", "c");
    assertThat(first.size()).isEqualTo(3);
    assertThat(second.size()).isEqualTo(3);
  }
}
