package cellblock.userland.misc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RcConfTest {
  private static RcConf conf(String text) {
    RcConf conf = RcConf.of(List.of());
    conf.read(text);
    return conf;
  }

  @Test
  void assignments_are_those_of_a_shell() {
    RcConf conf =
        conf("a=1 b=\"two words\"; c='$a' # d=4\n  e=\"${a}2$b\"\nf=x\\\ny\nexport g=1\nh=YES");
    assertThat(conf.get("a")).isEqualTo("1");
    assertThat(conf.get("b")).isEqualTo("two words");
    assertThat(conf.get("c")).isEqualTo("$a");
    assertThat(conf.has("d")).isFalse();
    assertThat(conf.get("e")).isEqualTo("12two words");
    assertThat(conf.get("f")).isEqualTo("xy");
    assertThat(conf.has("g")).isFalse();
    assertThat(conf.yes("h")).isTrue();
    assertThat(conf.yes("a")).isTrue();
    assertThat(conf.words("b")).containsExactly("two", "words");
  }

  @Test
  void random_text_ends_and_never_throws() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    String alphabet = "ab=\"'$\\{}#; \n";
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int k = random.nextInt(40); k > 0; k--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      assertThat(conf(text.toString())).as("seed %d", seed).isNotNull();
    }
  }
}
