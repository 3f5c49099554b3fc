package cellblock.packetdrill;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunnerTest {
  private static final String OPEN =
      """
      0   socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
      +0  fcntl(3, F_SETFL, O_RDWR | O_NONBLOCK) = 0
      +0  connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
      +0  > S 0:0(0) win 65535 <mss 1460,nop,wscale 6,sackOK,TS val 100 ecr 0>
      +.1 < S. 0:0(0) ack 1 win 5000 <mss 1000>
      """;

  private static Result run(String text) {
    return new Packetdrill(Map.of(), true, true).run(Path.of("x.pkt"), text);
  }

  private static String failure(String text) {
    Result r = run(text);
    assertThat(r.passed()).as("passed, though it should not: %s", text).isFalse();
    return String.valueOf(r.failure());
  }

  @Test
  void what_is_expected_and_what_came_stand_one_above_the_other() {
    assertThat(failure(OPEN + "+0 > . 1:1(0) ack 1 win 1\n"))
        .isEqualTo(
            """
            x.pkt:6:1: win: expected 1, actual 65535
              expected: 0.100000 > . 1:1(0) ack 1 win 1
              actual:   0.100000 > . 1:1(0) ack 1 win 65535\
            """);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          +0 > P. 1:1(0) ack 1                     | flag P: expected
          +0 > . 2:2(0) ack 1                      | seq: expected 2, actual 1
          +0 > . 1:1(0) ack 2                      | ack: expected 2, actual 1
          +0 > . 1:2(1) ack 1                      | payload length: expected 1, actual 0
          +0 > . 1:1(0) ack 1 urg 7                | urg: expected 7, actual 0
          +0 > . 1:1(0) ack 1 <nop,nop,nop,nop>    | options: expected 4, actual 0
          +0 > (ttl 7) . 1:1(0) ack 1              | ttl: expected 7, actual 64
          +0 > (tos 0x10) . 1:1(0) ack 1           | tos: expected 0x10, actual 0x00
          +0 > [ect0] . 1:1(0) ack 1               | tos: expected 0x02, actual 0x00
          +0 > . 1:1(0) ack 1/udp(1 > 2)           | udp encapsulation: expected 1 > 2, actual none
          +.5 > . 1:1(0) ack 1                     | time: expected 0.600000, actual 0.100000
          +0~+.001 > F. 1:1(0) ack 1               | flag F: expected
          +0 > udp (5)                             | expected a datagram
          +0 > icmp unreachable                    | outbound ICMP messages cannot be expected
          """)
  void a_packet_that_differs_is_named_by_its_first_difference(String event, String message) {
    assertThat(failure(OPEN + event + "\n")).startsWith("x.pkt:6:1: " + message.strip());
  }

  @Test
  void a_packet_that_never_comes_is_a_failure() {
    assertThat(failure(OPEN + "+0 > . 1:1(0) ack 1\n+1 > . 1:1(0) ack 1\n"))
        .startsWith("x.pkt:7:1: no packet came")
        .contains("nothing until 1.150000");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          read(3, ..., 10) = 5                                  | expected 5, actual -1 EAGAIN
          write(3, ..., 10) = 11                                | expected 11, actual 10
          close(9) = 0                                          | expected 0, actual -1 EBADF
          bogus(3) = 0                                          | unknown system call bogus
          listen(3) = 0                                         | expected 2 arguments, found 1
          setsockopt(3, IPPROTO_TCP, TCP_BOGUS, [1], 4) = 0     | unknown socket option TCP_BOGUS
          getsockopt(3, SOL_SOCKET, SO_RCVBUF, [1], [4]) = 0    | value: expected 1, actual 66000
          getsockopt(3, SOL_SOCKET, SO_ERROR, [EPIPE], [4]) = 0 | value: expected 32, actual 0
          fcntl(3, F_GETFL) = 2                                 | expected 2, actual 6
          %{ assert tcpi_state == TCPI_CLOSED }%                | expected 0, actual 4
          `sysctl net.inet.tcp.bogus=1`                         | status 1: sysctl: net.inet.tcp.bogus=1
          `bogus`                                               | status 127: bogus: not found
          `false && true`                                       | status 1
          """)
  void a_call_or_command_that_differs_is_a_failure(String call, String message) {
    assertThat(failure(OPEN + "+.1 " + call + "\n"))
        .startsWith("x.pkt:6:1: ")
        .contains(message.strip());
  }

  @Test
  void a_blocking_call_must_block_and_must_return_in_time() {
    String socket = "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n";
    String answer = "+.3 < S. 0:0(0) ack 1 win 5000 <mss 1000>\n+1 close(3) = 0\n";
    String syn = "+0 > S 0:0(0) <...>\n";
    assertThat(run(socket + "+0...0.3 connect(3, ..., ...) = 0\n" + syn + answer).failure())
        .isNull();
    assertThat(failure(socket + "+0...0.1 connect(3, ..., ...) = 0\n" + syn + answer))
        .contains("expected to return at 0.100000, returned at 0.300000");
    assertThat(failure(socket + "+0...0.5 connect(3, ..., ...) = 0\n" + syn + answer))
        .contains("expected to return at 0.500000, returned at 0.300000");
    assertThat(failure(socket + "+0...0.5 close(3) = 0\n")).contains("returned at once");
  }

  @Test
  void pipelines_and_lists_of_commands_work() {
    assertThat(
            run("0 `false || echo a b | grep -c b | grep 1 && true; sysctl -n kern.ostype | grep -q"
                    + " FreeBSD`\n0 `sleep 3 && ifconfig tun0 | grep -q 'mtu 1500'`\n")
                .failure())
        .isNull();
  }

  @Test
  void a_difference_that_is_not_fatal_is_a_warning() {
    Result r =
        run("--non_fatal=packet,syscall\n" + OPEN + "+0 > . 1:1(0) ack 1 win 1\n+0 close(9) = 0\n");
    assertThat(r.failure()).isNull();
    assertThat(r.warnings()).hasSize(2);
  }

  @Test
  void the_same_script_runs_the_same_way_twice() {
    String text =
        OPEN + "+0 > . 1:1(0) ack 1\n+0 write(3, ..., 5000) = 5000\n* > . 1:1001(1000) ack 1\n";
    assertThat(run(text).log()).isEqualTo(run(text).log()).isNotEmpty();
  }

  @Test
  void a_script_does_not_see_what_another_one_did() {
    assertThat(run("0 `sysctl net.inet.tcp.sack.enable=0`\n").failure()).isNull();
    assertThat(run("0 `sysctl -n net.inet.tcp.sack.enable | grep -q 1`\n").failure()).isNull();
  }

  @Test
  void options_that_make_no_sense_fail_the_script() {
    assertThat(failure("--ip_version=ipv5\n0 `true`\n"))
        .isEqualTo("x.pkt:1:1: bad --ip_version: ipv5");
    assertThat(failure("--mtu=many\n0 `true`\n")).isEqualTo("x.pkt:1:1: bad --mtu: many");
  }
}
