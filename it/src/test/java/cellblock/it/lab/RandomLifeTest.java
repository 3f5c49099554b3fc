package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The doctrine as a property: whatever is done to twenty jails, in whatever order, nothing dead is
 * touched, nothing crosses from one to another that has no way there, and nothing is left. A
 * failure names its seed and says the fewest steps that still lead to it; {@link #ONE} runs a seed
 * again.
 */
@Timeout(7200)
class RandomLifeTest {
  /** Steps in all; a million in the profile "soak". */
  private static final int STEPS = Integer.getInteger("cellblock.life.steps", 6_000);

  /** Steps of one kernel. */
  private static final int SLICE = Integer.getInteger("cellblock.life.slice", 2_000);

  /** The first seed; the next slice takes the next. */
  private static final long FIRST = Long.getLong("cellblock.life.first", 1);

  /** One seed alone. */
  private static final Long ONE = Long.getLong("cellblock.life.seed");

  private static final long SHRINK_NANOS = 120_000_000_000L;

  private final Map<LifeStep.Kind, int[]> outcomes = new EnumMap<>(LifeStep.Kind.class);
  private long packets;
  private long greetings;
  private long datagrams;

  @Test
  void whatever_is_done_to_twenty_jails_nothing_crosses_and_nothing_is_left() {
    long start = System.nanoTime();
    int done = 0;
    long seed = ONE == null ? FIRST : ONE;
    for (; done < (ONE == null ? STEPS : SLICE); done += SLICE, seed++) {
      List<LifeStep> steps = LifeStep.of(seed, SLICE);
      RandomLife.Result r = RandomLife.run(seed, steps);
      if (r.failure() != null) {
        fail(seed, steps.subList(0, r.after()), r);
      }
      add(r);
    }
    System.out.printf(
        "random life: %d steps, seeds %d to %d, %.1f s; %d packets looked at, %d connections and %d"
            + " datagrams by whom they were for%n",
        done,
        ONE == null ? FIRST : ONE,
        seed - 1,
        (System.nanoTime() - start) / 1e9,
        packets,
        greetings,
        datagrams);
    outcomes.forEach((k, n) -> System.out.printf("  %-9s %d done, %d refused%n", k, n[0], n[1]));
    assertThat(packets).isPositive();
    assertThat(greetings).isPositive();
    assertThat(datagrams).isPositive();
    for (LifeStep.Kind k : LifeStep.Kind.values()) {
      if (k != LifeStep.Kind.WAIT) {
        assertThat(outcomes.getOrDefault(k, new int[1])[0]).as("%s that was done", k).isPositive();
      }
    }
  }

  /** In seed 85 a vxlan was made in a jail while kldunload was through with that jail. */
  @Test
  void what_once_went_wrong_does_not_again() {
    assertThat(RandomLife.run(85, LifeStep.of(85, 300)).failure()).isNull();
  }

  @Test
  void the_same_steps_and_seed_give_the_same_run() {
    List<LifeStep> steps = LifeStep.of(77, 400);
    assertThat(RandomLife.run(77, steps).trace()).isEqualTo(RandomLife.run(77, steps).trace());
  }

  private void add(RandomLife.Result r) {
    packets += r.packets();
    greetings += r.greetings();
    datagrams += r.datagrams();
    r.outcomes()
        .forEach((k, n) -> {
          int[] all = outcomes.computeIfAbsent(k, x -> new int[2]);
          all[0] += n[0];
          all[1] += n[1];
        });
  }

  private static void fail(long seed, List<LifeStep> steps, RandomLife.Result first) {
    List<LifeStep> few = shrink(seed, steps, kind(first.failure()));
    RandomLife.Result r = RandomLife.run(seed, few);
    throw new AssertionError(
        "random life of seed "
            + seed
            + " after "
            + first.after()
            + " steps: "
            + first.failure()
            + "\nfewest steps found, "
            + few.size()
            + ": "
            + r.failure()
            + "\n"
            + String.join("\n", r.log()));
  }

  /** What a failure is, whomever it concerns: its first line without names and numbers. */
  private static String kind(@Nullable String failure) {
    return failure == null
        ? ""
        : failure.lines().findFirst().orElse("").replaceAll("\\S*\\d\\S*", "#");
  }

  /** Leaves out whatever is not needed for a failure of that kind. */
  private static List<LifeStep> shrink(long seed, List<LifeStep> steps, String kind) {
    long until = System.nanoTime() + SHRINK_NANOS;
    List<LifeStep> kept = new ArrayList<>(steps);
    for (int chunk = Math.max(1, kept.size() / 2); chunk > 0; chunk /= 2) {
      for (int at = 0; at < kept.size() && System.nanoTime() < until; ) {
        List<LifeStep> fewer = new ArrayList<>(kept.subList(0, at));
        fewer.addAll(kept.subList(Math.min(kept.size(), at + chunk), kept.size()));
        if (kind(RandomLife.run(seed, fewer).failure()).equals(kind)) {
          kept = fewer;
        } else {
          at += chunk;
        }
      }
    }
    return kept;
  }
}
