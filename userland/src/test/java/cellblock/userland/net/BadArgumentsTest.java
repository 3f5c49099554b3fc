package cellblock.userland.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What nc, inetd, fetch and traceroute refuse: FreeBSD's words and statuses. */
class BadArgumentsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          nc -l -p 1 2             | 1  | nc: cannot use -p and -l
          nc -l -s 192.0.2.1 2     | 1  | nc: cannot use -s and -l
          nc -lz 2                 | 1  | nc: cannot use -z and -l
          nc -k 192.0.2.1 2        | 1  | nc: must use -l with -k
          nc 192.0.2.1 0           | 1  | nc: port number too small: 0
          nc 192.0.2.1 5-99999     | 1  | nc: port number too large: 99999
          nc 192.0.2.1 echo        | 1  | nc: port number invalid: echo
          nc -w -1 192.0.2.1 2     | 1  | nc: timeout too small: -1
          nc -i x 192.0.2.1 2      | 1  | nc: interval invalid: x
          nc -I 0 192.0.2.1 2      | 1  | nc: TCP receive window too small: 0
          nc -T nothing 192.0.2.1 2 | 1 | nc: illegal tos value nothing
          nc -X 6 192.0.2.1 2      | 1  | nc: unsupported proxy protocol
          nc -n localhost 2        | 1  | nc: getaddrinfo: Name does not resolve
          fetch -T x y             | 1  | fetch: invalid timeout (x)
          fetch -S x y             | 1  | fetch: invalid size (x)
          fetch -m -r y            | 1  | fetch: the -m and -r flags are mutually exclusive
          fetch gopher:            | 1  | fetch: gopher:: Invalid URL scheme
          fetch https://192.0.2.1/ | 1  | fetch: https://192.0.2.1/: Invalid URL scheme
          fetch http://[::1        | 1  | fetch: http://[::1: parse error
          traceroute -m 0 x        | 1  | traceroute: max ttl must be > 0
          traceroute -f 5 -m 4 x   | 1  | traceroute: first ttl (5) may not be greater than max ttl (4)
          traceroute -w x y        | 1  | traceroute: "x" bad value for wait time
          traceroute 192.0.2.1 27  | 1  | traceroute: packet length must be > 27
          traceroute6 -p 0 x       | 1  | traceroute6: port out of range.
          traceroute6 -q 0 x       | 1  | traceroute6: nprobes must be >0.
          traceroute6 192.0.2.1    | 1  | traceroute6: Address family for hostname not supported
          """)
  void refusals_say_why(String line, int status, String words) {
    ToolRun run = ToolRun.of(new ModelKernel(), line.strip());
    assertThat(run.err().strip()).isEqualTo(words);
    assertThat(run.status()).isEqualTo(status);
    assertThat(run.out()).isEmpty();
  }

  @Test
  void usage_goes_to_standard_error() {
    for (String line :
        new String[] {"nc", "nc -l", "nc host", "fetch", "traceroute", "traceroute6"}) {
      boolean listens = line.equals("nc -l");
      ToolRun run = ToolRun.of(new ModelKernel(), line);
      assertThat(run.err().toLowerCase(Locale.ROOT)).as(line).contains("usage: ");
      assertThat(run.out()).as(line).isEmpty();
      assertThat(run.status()).as(line + listens).isOne();
    }
    ToolRun inetd = ToolRun.of(new ModelKernel(), "inetd -Z");
    assertThat(inetd.err()).contains("usage: inetd [-dlwW]");
    assertThat(inetd.status()).isEqualTo(64);
  }
}
