package cellblock.tunnel.wg.noise;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The window of RFC 6479. */
class ReplayWindowTest {
  @Test
  void it_answers_as_a_set_of_all_counters_does() {
    long seed = 20261121;
    Random random = new Random(seed);
    for (int run = 0; run < 40; run++) {
      ReplayWindow window = new ReplayWindow();
      Set<Long> seen = new HashSet<>();
      long newest = -1;
      for (int i = 0; i < 5000; i++) {
        long jump = random.nextInt(20) == 0 ? 20_000 : 200;
        long counter = Math.max(0, newest + random.nextLong(2 * jump) - jump);
        boolean old = counter + 1 + ReplayWindow.SIZE < newest + 1;
        boolean expected = !old && !seen.contains(counter);
        assertThat(window.accept(counter))
            .as("seed %d run %d step %d counter %d newest %d", seed, run, i, counter, newest)
            .isEqualTo(expected);
        if (expected) {
          seen.add(counter);
          newest = Math.max(newest, counter);
        }
      }
    }
  }

  @Test
  void the_last_counters_are_refused() {
    ReplayWindow window = new ReplayWindow();
    assertThat(window.accept(0)).isTrue();
    assertThat(window.accept(ReplayWindow.LIMIT)).isFalse();
    assertThat(window.accept(-1)).isFalse();
    assertThat(window.accept(ReplayWindow.LIMIT - 1)).isTrue();
    assertThat(window.exhausted()).isTrue();
    assertThat(window.accept(ReplayWindow.LIMIT - 2)).isFalse();
  }
}
