package cellblock.it.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A step of a random life: what is done, and three numbers that pick whom, what with, and how. It
 * names nothing that must be there, so that steps can be left out of a list and the rest still
 * means something.
 */
record LifeStep(Kind kind, int who, int what, int how) {
  /** What can be done; the number says how often, among the others. */
  enum Kind {
    CREATE(8),
    NEST(5),
    ATTACH(8),
    INTERFACE(8),
    VMOVE(12),
    RENAME(4),
    ADDRESS(12),
    ROUTE(8),
    TUNNEL(10),
    CONNECT(7),
    SEND(9),
    LOAD(4),
    UNLOAD(1),
    SIGNAL(2),
    SYSCTL(4),
    REMOVE(2),
    DESTROY(4),
    WAIT(3);

    private final int weight;

    Kind(int weight) {
      this.weight = weight;
    }
  }

  /** As many steps as asked for, all from one seed. */
  static List<LifeStep> of(long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    int all = 0;
    for (Kind k : Kind.values()) {
      all += k.weight;
    }
    List<LifeStep> steps = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      Kind kind = kind(random.nextInt(all));
      steps.add(
          new LifeStep(
              kind, random.nextInt(1 << 20), random.nextInt(1 << 20), random.nextInt(1 << 20)));
    }
    return steps;
  }

  private static Kind kind(int at) {
    int left = at;
    for (Kind k : Kind.values()) {
      left -= k.weight;
      if (left < 0) {
        return k;
      }
    }
    throw new IllegalArgumentException(Integer.toString(at));
  }
}
