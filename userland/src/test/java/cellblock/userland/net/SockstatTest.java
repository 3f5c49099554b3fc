package cellblock.userland.net;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.control.StatRequest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SockstatTest {
  private final ModelKernel kernel = new ModelKernel();

  @BeforeEach
  void sockets() {
    socket("udp4", "0.0.0.0", 514, null, 0, 0);
    socket("udp4", "192.0.2.1", 2000, "192.0.2.2", 53, 77);
    socket("udp6", "::", 514, null, 0, 0);
    socket("icm4", "0.0.0.0", 0, null, 0, 0);
  }

  private void socket(String protocol, String local, int port, String far, int farPort, int pid) {
    kernel.sockets.add(
        new StatRequest.SocketInfo(protocol, local, port, far, farPort, null, 0, 0, pid, "nc", 0));
  }

  private ToolRun run(String line) {
    return ToolRun.of(kernel, line);
  }

  @Test
  void columns_are_freebsds() {
    assertThat(run("sockstat -4 -P udp").out())
        .isEqualTo(
            """
            USER     COMMAND    PID   FD  PROTO  LOCAL ADDRESS         FOREIGN ADDRESS
            ?        ?          ?     ?   udp4   *:514                 *:*
            root     nc         77    ?   udp4   192.0.2.1:2000        192.0.2.2:53
            """);
  }

  @Test
  void options_choose() {
    assertThat(run("sockstat -q").out().lines()).hasSize(4);
    assertThat(run("sockstat -q6").out()).contains("udp6").doesNotContain("udp4");
    assertThat(run("sockstat -q4lp 514").out().lines()).hasSize(1);
    assertThat(run("sockstat -qc").out().lines()).hasSize(1);
    socket("tcp4", "127.0.0.1", 80, "127.0.0.1", 3000, 9);
    socket("tcp6", "::1", 80, "::1", 3000, 9);
    assertThat(run("sockstat -q").out().lines()).hasSize(6);
    assertThat(run("sockstat -qL").out().lines()).as("none of them on loopback").hasSize(4);
    assertThat(run("sockstat -qLc").out().lines()).hasSize(1);
    assertThat(run("sockstat -q -p 50-60").out()).contains("192.0.2.2:53");
    assertThat(run("sockstat -q -P icmp,tcp").out().lines()).hasSize(3);
    assertThat(run("sockstat -p 9-8").err()).isEqualTo("sockstat: Parsing ports: invalid range\n");
    assertThat(run("sockstat -p x").err()).isEqualTo("sockstat: syntax error in port range\n");
    assertThat(run("sockstat -y").status()).isEqualTo(1);
  }
}
