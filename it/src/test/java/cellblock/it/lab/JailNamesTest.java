package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Names of jails that are made at the same time. */
class JailNamesTest {
  @Test
  void of_two_who_make_a_jail_of_one_name_at_once_one_is_told_that_it_exists() {
    for (long seed = 1; seed <= 40; seed++) {
      try (Lab lab = new Lab(seed)) {
        List<String> said = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
          lab.begin(
              "jail -c name=a vnet persist",
              r -> said.add(r.status() + r.err()),
              e -> said.add(e.toString()));
        }
        lab.sim().stepper().settle();
        assertThat(said)
            .as("seed %d", seed)
            .containsExactlyInAnyOrder("0", "1jail: jail \"a\" already exists\n");
        assertThat(lab.ok("jls name")).as("seed %d", seed).isEqualTo("a\n");
        lab.ok("jail -r a");
        assertThat(lab.ok("jls -d name")).as("seed %d", seed).isEmpty();
      }
    }
  }
}
