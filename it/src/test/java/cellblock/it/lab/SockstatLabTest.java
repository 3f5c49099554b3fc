package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.control.KernelPort;
import cellblock.control.SocketPort;
import org.junit.jupiter.api.Test;

/** Whose sockets sockstat(8) shows. */
class SockstatLabTest {
  @Test
  void a_socket_is_shown_with_the_process_that_holds_it() throws Exception {
    try (Lab lab = new Lab(1)) {
      lab.ok("jail -c name=a vnet persist");
      lab.kernel().jail("a").run("named", port -> serve(lab, port));
      assertThat(lab.ok("jexec a sockstat -q4l")).isEmpty();
      lab.ok("jail -r a");
    }
  }

  private static boolean serve(Lab lab, KernelPort port) throws Exception {
    SocketPort socket = port.socket(SocketPort.Domain.INET, SocketPort.Type.DGRAM, 0);
    socket.bind("0.0.0.0", 53);
    assertThat(lab.ok("jexec a sockstat -q4l").strip().split(" +"))
        .containsExactly("root", "named", "" + port.pid(), "?", "udp4", "*:53", "*:*");
    return true;
  }
}
