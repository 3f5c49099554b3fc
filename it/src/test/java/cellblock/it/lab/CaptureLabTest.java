package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.control.CapturePort;
import cellblock.control.KernelPort;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A capture beside a ping, in virtual time. */
class CaptureLabTest {
  private static List<CapturePort.Frame> drain(CapturePort port) throws InterruptedException {
    List<CapturePort.Frame> all = new ArrayList<>();
    CapturePort.Frame f = port.next(Duration.ofMillis(1));
    while (f != null) {
      all.add(f);
      f = port.next(Duration.ofMillis(1));
    }
    return all;
  }

  @Test
  void both_directions_are_seen_and_the_capture_ends_with_its_jail() throws Exception {
    try (Lab lab = new Lab(1)) {
      lab.pair("a", "b");
      lab.kernel().jail("a").run("tcpdump", port -> watch(lab, port));
      lab.all("jail -r a\njail -r b");
    }
  }

  private static boolean watch(Lab lab, KernelPort port) throws Exception {
    CapturePort capture = port.capture("epair0a", 65_535, true);
    lab.ok("jexec a ping -c 2 192.0.2.2");
    List<CapturePort.Frame> frames = drain(capture);
    assertThat(frames.stream().filter(f -> f.bytes()[12] == 8 && f.bytes()[13] == 0)).hasSize(4);
    assertThat(frames.stream().anyMatch(CapturePort.Frame::outbound)).isTrue();
    assertThat(frames.stream().allMatch(CapturePort.Frame::outbound)).isFalse();
    assertThat(capture.received()).isEqualTo(frames.size());
    lab.ok("jexec a ifconfig epair0a destroy");
    assertThat(capture.isOpen()).isFalse();
    assertThat(capture.next(null)).isNull();
    return true;
  }

  @Test
  void a_capture_left_open_is_closed_with_its_process() throws Exception {
    try (Lab lab = new Lab(2)) {
      lab.pair("a", "b");
      CapturePort left =
          lab.kernel()
              .jail("a")
              .run(
                  "tcpdump",
                  port -> {
                    assertThat(drain(port.capture("lo0", 100, false))).isEmpty();
                    return port.capture("epair0a", 100, false);
                  });
      lab.ok("jail -r a");
      assertThat(left.isOpen()).isFalse();
      lab.ok("jail -r b");
    }
  }

  @Test
  void a_command_captures_in_a_jail_and_a_stranger_is_refused() {
    try (Lab lab = new Lab(3)) {
      lab.pair("a", "b");
      assertThat(lab.fails("jexec a tcpdump -i epair9a", 1)).contains("No such device exists");
      assertThat(lab.ok("jexec a tcpdump -D")).contains("epair0a [Up, Running]");
      lab.all("jail -r a\njail -r b");
    }
  }
}
