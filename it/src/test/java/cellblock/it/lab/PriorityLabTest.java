package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.control.CapturePort;
import cellblock.control.KernelPort;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Priority code points: of an interface, of a socket, and how the other end sees them. */
class PriorityLabTest {
  private static final int NONE = -1;

  @Test
  void frames_carry_the_priority_of_their_interface_or_of_their_socket_and_no_second_tag() {
    try (Lab lab = new Lab(1)) {
      lab.pair("a", "b");
      lab.kernel().jail("b").run("tcpdump", port -> watch(lab, port));
      lab.all("jail -r a\njail -r b");
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static boolean watch(Lab lab, KernelPort port) throws Exception {
    CapturePort capture = port.capture("epair0b", 65_535, true);
    lab.ok("jexec a ping -c 1 192.0.2.2");
    assertThat(priorities(capture)).containsOnly(NONE);
    lab.ok("jexec a ifconfig epair0a pcp 3");
    assertThat(lab.ok("jexec a ifconfig epair0a")).contains("\n\tpcp 3\n");
    lab.ok("jexec a ping -c 1 192.0.2.2");
    assertThat(priorities(capture)).containsOnly(3);
    lab.ok("jexec a ping -C 5 -c 1 192.0.2.2");
    assertThat(priorities(capture)).containsOnly(5);
    lab.ok("jexec a ping -c 1 -s 4000 -C 6 192.0.2.2");
    assertThat(priorities(capture)).hasSize(3).containsOnly(6);
    lab.ok("jexec a ifconfig epair0a -pcp");
    assertThat(lab.ok("jexec a ifconfig epair0a")).doesNotContain("pcp");
    lab.ok("jexec a ping -C 0 -c 1 192.0.2.2");
    assertThat(priorities(capture)).containsOnly(0);
    assertThat(lab.fails("jexec a ifconfig epair0a pcp 8", 1))
        .isEqualTo("ifconfig: value for pcp out of range\n");
    assertThat(lab.fails("jexec a ifconfig epair0a pcp x", 1))
        .isEqualTo("ifconfig: invalid value for pcp\n");
    assertThat(lab.fails("jexec a ifconfig lo0 pcp 1", 1))
        .isEqualTo("ifconfig: ioctl(SIOCSLANPCP): Invalid argument\n");
    capture.close();
    return true;
  }

  /** Of the frames of IPv4 and ARP that came in since the last look. */
  private static List<Integer> priorities(CapturePort port) throws InterruptedException {
    List<Integer> all = new ArrayList<>();
    for (CapturePort.Frame f = port.next(Duration.ofMillis(1));
        f != null;
        f = port.next(Duration.ofMillis(1))) {
      if (!f.outbound()) {
        byte[] b = f.bytes();
        boolean tagged = (b[12] & 0xff) == 0x81 && b[13] == 0;
        assertThat(b[tagged ? 16 : 12]).isEqualTo((byte) 8);
        all.add(tagged ? (b[14] & 0xff) >> 5 : NONE);
      }
    }
    return all;
  }
}
