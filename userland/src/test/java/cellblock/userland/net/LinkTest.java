package cellblock.userland.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinkTest {
  private final ModelKernel kernel = new ModelKernel().withEpair();

  private ToolRun run(String line) {
    return ToolRun.of(kernel, line);
  }

  @ParameterizedTest
  @CsvSource({
    "delay 20, delay 20ms",
    "delay 1500us, delay 1.5ms",
    "delay 7us, delay 7us",
    "delay 15ns, delay 15ns",
    "delay 2s, delay 2s",
    "loss .0001%, loss 0.0001%",
    "loss 100, loss 100%",
    "rate 56Kbit/s, rate 56Kbit",
    "rate 1.5gbit, rate 1.5Gbit",
    "rate 100, rate 100bit",
    "queue 10, queue 10",
  })
  void values_are_read_and_shown(String words, String shown) {
    assertThat(run("link epair0a " + words)).isEqualTo(new ToolRun(0, "", ""));
    assertThat(run("link epair0a").out().lines().findFirst()).contains("epair0a: " + shown);
  }

  @Test
  void what_is_not_named_keeps_its_value_and_the_other_end_is_untouched() {
    run("link epair0a delay 20ms loss 1%");
    run("link epair0a loss 2%");
    assertThat(run("link").out()).startsWith("epair0a: delay 20ms loss 2%\n\tframes 0 lost 0");
    assertThat(run("link epair0b").out()).isEqualTo("epair0b: no link model\n");
    run("link epair0a clear rate 1Mbit");
    assertThat(run("link epair0a").out()).startsWith("epair0a: rate 1Mbit\n");
    run("link epair0a clear");
    assertThat(run("link")).isEqualTo(new ToolRun(0, "", ""));
  }

  @ParameterizedTest
  @CsvSource({
    "delay, link: delay: value missing",
    "delay 5min, link: delay 5min: not a time such as 20ms",
    "loss x, link: loss x: not a chance such as 1%",
    "loss -1%, link: loss -1%: not a chance such as 1%",
    "queue 1.5, link: queue 1.5: not a number of frames",
    "rate fast, link: rate fast: not a rate such as 10Mbit",
    "reorder 1%, link: reorder: needs a delay that frames can be spared",
  })
  void mistakes_are_named(String words, String message) {
    ToolRun r = run("link epair0a " + words);
    assertThat(r).isEqualTo(new ToolRun(1, "", message + "\n"));
    assertThat(run("link epair9a").err()).isEqualTo("link: epair9a: Device not configured\n");
    assertThat(run("link epair0a bend 3").err()).startsWith("usage: link [interface]\n");
  }
}
