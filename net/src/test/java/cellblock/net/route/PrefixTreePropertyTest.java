package cellblock.net.route;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.net.route.PrefixModel.Prefix;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random changes, each checked against {@link PrefixModel}. */
class PrefixTreePropertyTest {
  private final long seed = Long.getLong("cellblock.seed", new Random().nextLong());
  private final SplittableRandom random = new SplittableRandom(seed);

  PrefixTreePropertyTest() {
    System.out.println("PrefixTreePropertyTest: -Dcellblock.seed=" + seed);
  }

  @ParameterizedTest
  @ValueSource(ints = {32, 128})
  void a_tree_answers_like_the_model_after_any_changes(int width) {
    for (int run = 0; run < 30; run++) {
      PrefixModel model = new PrefixModel();
      PrefixTree<Object> tree = PrefixTree.empty(width);
      for (int step = 0; step < 150; step++) {
        tree = change(tree, model, width);
        checkAt(tree, model, PrefixModel.random(random, width));
      }
      assertThat(PrefixModel.entries(tree)).as("seed %d", seed).isEqualTo(model.entries());
    }
  }

  private PrefixTree<Object> change(PrefixTree<Object> tree, PrefixModel model, int width) {
    Prefix p = PrefixModel.random(random, width);
    boolean remove = random.nextInt(3) == 0;
    if (remove && !model.prefixes.isEmpty() && random.nextBoolean()) {
      Prefix there = model.prefixes.ceilingKey(p);
      p = there == null ? model.prefixes.firstKey() : there;
    }
    if (remove) {
      boolean absent = model.prefixes.remove(p) == null;
      PrefixTree<Object> less = tree.without(p.hi(), p.lo(), p.length());
      assertThat(less == tree).as("seed %d", seed).isEqualTo(absent);
      return less;
    }
    Object value = random.nextInt(1000);
    model.prefixes.put(p, value);
    return tree.with(p.hi(), p.lo(), p.length(), value);
  }

  private void checkAt(PrefixTree<Object> tree, PrefixModel model, Prefix p) {
    String which = "seed %d, at %s".formatted(seed, p);
    assertThat(tree.size()).as(which).isEqualTo(model.prefixes.size());
    assertThat(tree.lookup(p.hi(), p.lo())).as(which).isEqualTo(model.lookup(p.hi(), p.lo()));
    if (tree.width() == 32) {
      assertThat(tree.lookup4((int) (p.hi() >>> 32))).as(which).isEqualTo(model.lookup(p.hi(), 0));
    }
    assertThat(tree.exact(p.hi(), p.lo(), p.length())).as(which).isEqualTo(model.prefixes.get(p));
    assertThat(tree.lookupBefore(p.hi(), p.lo(), p.length()))
        .as(which)
        .isEqualTo(model.lookupBefore(p.hi(), p.lo(), p.length()));
    assertThat(PrefixModel.covered(tree, p)).as(which).isEqualTo(model.covered(p));
  }

  @ParameterizedTest
  @ValueSource(ints = {32, 128})
  void old_versions_stay_as_they_were(int width) {
    PrefixModel model = new PrefixModel();
    PrefixTree<Object> tree = PrefixTree.empty(width);
    List<PrefixTree<Object>> versions = new ArrayList<>();
    List<List<Map.Entry<Prefix, Object>>> contents = new ArrayList<>();
    for (int step = 0; step < 300; step++) {
      if (step % 3 == 0) {
        tree = changeInBulk(tree, model, width);
      } else {
        tree = change(tree, model, width);
      }
      versions.add(tree);
      contents.add(model.entries());
    }
    for (int i = 0; i < versions.size(); i++) {
      assertThat(PrefixModel.entries(versions.get(i)))
          .as("seed %d, version %d", seed, i)
          .isEqualTo(contents.get(i));
    }
  }

  private PrefixTree<Object> changeInBulk(PrefixTree<Object> tree, PrefixModel model, int width) {
    PrefixTree.Builder<Object> builder = tree.edit();
    for (int i = random.nextInt(20); i >= 0; i--) {
      Prefix p = PrefixModel.random(random, width);
      if (random.nextBoolean()) {
        builder.put(p.hi(), p.lo(), p.length(), i);
        model.prefixes.put(p, i);
      } else {
        builder.remove(p.hi(), p.lo(), p.length());
        model.prefixes.remove(p);
      }
      assertThat(builder.size()).as("seed %d", seed).isEqualTo(model.prefixes.size());
    }
    return builder.build();
  }

  @ParameterizedTest
  @ValueSource(ints = {32, 128})
  void the_shape_depends_on_the_prefixes_and_not_on_the_way_there(int width) {
    PrefixModel model = new PrefixModel();
    PrefixTree<Object> changed = PrefixTree.empty(width);
    for (int step = 0; step < 1500; step++) {
      changed = change(changed, model, width);
      if (step % 20 == 0) {
        List<Prefix> order = new ArrayList<>(model.prefixes.keySet());
        Collections.shuffle(order, new Random(seed + step));
        PrefixTree.Builder<Object> builder = PrefixTree.builder(width);
        order.forEach(p -> builder.put(p.hi(), p.lo(), p.length(), model.prefixes.get(p)));
        assertThat(PrefixModel.shape(changed))
            .as("seed %d", seed)
            .isEqualTo(PrefixModel.shape(builder.build()));
      }
    }
    List<Prefix> order = new ArrayList<>(model.prefixes.keySet());
    Collections.shuffle(order, new Random(seed));
    for (Prefix p : order) {
      changed = changed.without(p.hi(), p.lo(), p.length());
    }
    assertThat(changed).as("seed %d", seed).isSameAs(PrefixTree.empty(width));
  }
}
