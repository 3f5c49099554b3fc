package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.inet.Inet;
import cellblock.inet.socket.Credential;
import cellblock.inet.socket.Socket;
import cellblock.inet.socket.SocketOption;
import cellblock.inet.socket.SocketType;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.vnet.Vnet;
import cellblock.wire.Family;
import cellblock.wire.Ip4Address;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Congestion control and stacks of connections come and go as modules, in virtual time. */
class TcpModulesLabTest {
  private static final long SECOND = 1_000_000_000L;
  private static final String BUSY = "kldunload: can't unload file: Device busy\n";

  private static Vnet vnet(Lab lab, String jail) {
    return Objects.requireNonNull(lab.kernel().jail(jail)).vnet();
  }

  private static Socket stream(Vnet v) throws ErrnoException {
    return v.call(
        () -> Inet.of(v).sockets.open(Family.INET, SocketType.STREAM, 0, Credential.ROOT));
  }

  @Test
  void an_algorithm_is_there_while_its_module_is() {
    try (Lab lab = new Lab(1)) {
      lab.pair("a", "b");
      String none = lab.fails("jexec a sysctl net.inet.tcp.cc.algorithm=htcp", 1);
      assertThat(none).contains("No such process");
      lab.ok("kldload cc_htcp");
      assertThat(lab.ok("sysctl -n net.inet.tcp.cc.available"))
          .containsPattern("newreno +0\\ncubic +\\* 0\\nhtcp +0\\n");
      lab.ok("jexec a sysctl net.inet.tcp.cc.algorithm=htcp");
      assertThat(lab.ok("jexec b sysctl -n net.inet.tcp.cc.algorithm")).isEqualTo("cubic\n");
      assertThat(lab.fails("kldunload cc_htcp", 1)).isEqualTo(BUSY);
      assertThat(lab.fails("kldunload -f cc_htcp", 1)).isEqualTo(BUSY);
      lab.ok("jexec a sysctl net.inet.tcp.cc.algorithm=newreno");
      lab.ok("kldunload cc_htcp");
      assertThat(lab.ok("jexec a sysctl -n net.inet.tcp.cc.available")).doesNotContain("htcp");
      lab.all("kldload cc_htcp\njexec a sysctl net.inet.tcp.cc.algorithm=htcp");
      lab.ok("jail -r a"); // what a dead vnet began with is held no more
      lab.all("kldunload cc_htcp\njail -r b");
    }
  }

  @Test
  void new_vnets_begin_as_the_host_does() {
    try (Lab lab = new Lab(2)) {
      lab.ok("sysctl net.inet.tcp.cc.algorithm=newreno");
      lab.ok("jail -c name=a vnet persist");
      assertThat(lab.ok("jexec a sysctl -n net.inet.tcp.cc.algorithm")).isEqualTo("newreno\n");
      lab.ok("jail -r a");
    }
  }

  @Test
  void a_connection_keeps_its_algorithm_from_being_unloaded() throws ErrnoException {
    try (Lab lab = new Lab(3)) {
      lab.ok("kldload cc_htcp");
      lab.pair("a", "b");
      Socket s = stream(vnet(lab, "a"));
      s.setText(SocketOption.TCP_CONGESTION, "htcp");
      assertThat(lab.fails("kldunload -f cc_htcp", 1)).isEqualTo(BUSY);
      s.setText(SocketOption.TCP_CONGESTION, "cubic");
      s.setText(SocketOption.TCP_CONGESTION, "htcp");
      s.close();
      lab.ok("kldunload cc_htcp");
      lab.all("jail -r a\njail -r b");
    }
  }

  @Test
  void connections_of_a_stack_that_is_unloaded_by_force_go_on_with_the_other()
      throws ErrnoException {
    try (Lab lab = new Lab(4)) {
      lab.ok("kldload tcp_rack");
      lab.pair("a", "b");
      lab.ok("jexec a link epair0a delay 20ms loss 5%");
      lab.ok("jexec a sysctl net.inet.tcp.functions_default=rack");
      Socket server = stream(vnet(lab, "b"));
      server.bind(Ip4Address.ANY, 80);
      server.stream().listen(1);
      Socket client = stream(vnet(lab, "a"));
      client.connect(Ip4Address.parse("192.0.2.2"), 80);
      Socket child = server.stream().accept(10 * SECOND);
      byte[] data = new byte[200_000];
      new SplittableRandom(4).nextBytes(data);
      int sent = client.stream().write(data, 0, data.length, 0);
      lab.sim().stepper().advance(SECOND / 4); // under way, some of it lost
      assertThat(client.getText(SocketOption.TCP_FUNCTION_BLK)).isEqualTo("rack");
      assertThat(lab.fails("kldunload tcp_rack", 1)).isEqualTo(BUSY);
      lab.ok("kldunload -f tcp_rack");
      assertThat(client.getText(SocketOption.TCP_FUNCTION_BLK)).isEqualTo("freebsd");
      assertThat(lab.ok("jexec a sysctl -n net.inet.tcp.functions_default")).isEqualTo("freebsd\n");
      assertThat(lab.ok("sysctl -n net.inet.tcp.functions_available")).doesNotContain("rack");
      byte[] got = new byte[data.length];
      for (int at = 0; at < data.length; ) {
        int n = child.stream().read(got, at, data.length - at, 60 * SECOND);
        assertThat(n).isPositive();
        at += n;
        if (sent < data.length && client.stream().canWrite()) {
          sent += client.stream().write(data, sent, data.length - sent, 0);
        }
      }
      assertThat(got).isEqualTo(data);
      client.close();
      child.close();
      server.close();
      lab.sim().stepper().advance(70 * SECOND);
      lab.all("jail -r a\njail -r b");
    }
  }

  @Test
  void a_signed_connection_needs_the_keys_that_setkey_gave() throws Exception {
    try (Lab lab = new Lab(5)) {
      lab.pair("a", "b");
      String there = "add 192.0.2.1 192.0.2.2 tcp 0x1000 -A tcp-md5 \"secret\" ;";
      String back = "add 192.0.2.2 192.0.2.1 tcp 0x1000 -A tcp-md5 \"secret\" ;";
      byte[] keys = (there + back).getBytes(StandardCharsets.UTF_8);
      assertThat(lab.run("jexec a setkey -c", keys).status()).isZero();
      assertThat(lab.run("jexec b setkey -c", keys).status()).isZero();
      Lab.Running server = lab.start("jexec b nc -S -l 179", new byte[0]);
      Lab.Running unsigned = lab.start("jexec a nc -w 5 192.0.2.2 179", new byte[] {'x'});
      lab.sim().stepper().advance(6 * SECOND);
      assertThat(lab.await(unsigned).status()).isEqualTo(1);
      Lab.Running signed = lab.start("jexec a nc -S -N 192.0.2.2 179", new byte[] {'y', '\n'});
      assertThat(lab.await(server).out()).isEqualTo("y\n");
      assertThat(lab.await(signed).status()).isZero();
      assertThat(lab.ok("jexec a setkey -D")).contains("tcp-md5  73656372 6574");
      lab.all("jexec a setkey -F\njail -r a\njail -r b");
    }
  }

  @Test
  void buffers_timers_and_counts_of_a_connection_are_shown() throws Exception {
    try (Lab lab = new Lab(6)) {
      lab.pair("a", "b");
      Lab.Running server = lab.start("jexec b nc -l 7", new byte[0]);
      lab.ok("jexec a link epair0a loss 100%");
      Socket client = stream(vnet(lab, "a"));
      lab.ok("jexec a link epair0a clear");
      client.connect(Ip4Address.parse("192.0.2.2"), 7);
      lab.ok("jexec a link epair0a loss 100%");
      client.stream().write(new byte[100], 0, 100, SECOND);
      lab.sim().stepper().advance(3 * SECOND);
      String wide = lab.ok("jexec a netstat -xn -p tcp");
      assertThat(wide.lines().skip(1).findFirst().orElseThrow())
          .endsWith(
              "R-HIWA S-HIWA R-LOWA S-LOWA R-BCNT S-BCNT R-BMAX S-BMAX"
                  + "   rexmt persist    keep    2msl  delack rcvtime");
      assertThat(wide).containsPattern("192.0.2.2.7 +65\\d+ +33\\d+ +1 +2048 +0 +1024 ");
      assertThat(lab.ok("jexec a netstat -Tn -p tcp"))
          .containsPattern("Proto Rexmit OOORcv 0-win  Local Address")
          .containsPattern("tcp4 +[1-9]\\d* +0 +0 192.0.2.1.\\d+");
      assertThat(lab.fails("jexec a netstat -xT", 1)).contains("incompatible");
      client.close();
      lab.all("jail -r a\njail -r b");
      lab.await(server);
    }
  }
}
