package cellblock.userland.net.inetd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class InetdConfTest {
  private final List<String> complaints = new ArrayList<>();

  private List<InetdLine> parse(String... lines) throws Exception {
    return new InetdConf("conf", new InetdConf.Defaults(-1, -1, -1), complaints::add)
        .parse(List.of(lines));
  }

  @Test
  void a_line_has_seven_fields() throws Exception {
    List<InetdLine> all =
        parse(
            "# a comment",
            "",
            "echo\tstream\ttcp\tnowait\troot\tinternal",
            "time dgram udp6 wait root internal",
            "4711 stream tcp46 nowait/5/60/2 root:wheel /bin/sh sh -c \"echo 'hi there'\"",
            "ftp stream tcp4 nowait root",
            "\t/bin/cat cat -n");
    assertThat(complaints).isEmpty();
    assertThat(all)
        .extracting(InetdLine::title)
        .containsExactly("echo/tcp", "time/udp", "4711/tcp", "ftp/tcp");
    assertThat(all).extracting(InetdLine::six).containsExactly(false, true, true, false);
    assertThat(all.get(0).builtin()).isEqualTo(Builtin.ECHO);
    assertThat(all.get(1).accept()).isTrue();
    InetdLine third = all.get(2);
    assertThat(third.mapped()).isTrue();
    assertThat(third.argv()).containsExactly("sh", "-c", "echo 'hi there'");
    assertThat(List.of(third.maxChild(), third.maxRate(), third.maxPerSource()))
        .containsExactly(5, 60, 2);
    assertThat(all.get(3).argv()).containsExactly("cat", "-n");
  }

  @Test
  void what_is_wrong_is_told_and_left_out() throws Exception {
    List<InetdLine> all =
        parse(
            "echo stream tcp5 nowait root internal",
            "frob stream tcp nowait root internal",
            "echo stream tcp maybe root internal",
            "echo stream tcp nowait/x root internal",
            "tftp dgram udp nowait root /bin/cat cat",
            "echo stream udp nowait root internal",
            "echo dgram udp wait root internal");
    assertThat(all).hasSize(1);
    assertThat(complaints)
        .containsExactly(
            "bad IP version for tcp5",
            "internal service frob unknown",
            "conf: bad wait/nowait for service echo",
            "conf: bad max-child for service echo",
            "tftp/udp: a program of a datagram service must be waited for",
            "echo/udp: socket: Protocol not supported");
  }

  @Test
  void a_program_that_is_waited_for_has_the_service_to_itself() throws Exception {
    List<InetdLine> all =
        parse("tftp dgram udp wait root /bin/cat cat", "4711 stream tcp6 wait/5 root /bin/cat cat");
    assertThat(complaints).isEmpty();
    assertThat(all).hasSize(2).noneMatch(InetdLine::accept).allMatch(l -> l.maxChild() == 1);
  }

  @Test
  void a_line_that_breaks_off_spoils_the_file() {
    assertThatThrownBy(() -> parse("echo stream tcp"))
        .isInstanceOf(InetdConf.SyntaxError.class)
        .hasMessage("conf: syntax error");
  }

  @Test
  void no_line_is_too_strange() {
    SplittableRandom random = new SplittableRandom(7);
    String alphabet = "echo stream tcp udp46 nowait/1/2 wait root internal \t\"'#/:9";
    for (int i = 0; i < 20_000; i++) {
      StringBuilder line = new StringBuilder();
      for (int n = random.nextInt(60); n > 0; n--) {
        int at = random.nextInt(alphabet.length());
        line.append(alphabet, at, Math.min(alphabet.length(), at + 1 + random.nextInt(9)));
      }
      try {
        parse(line.toString());
      } catch (Exception e) {
        assertThat(e).as("seed 7, line %s", line).isInstanceOf(InetdConf.SyntaxError.class);
      }
    }
  }
}
