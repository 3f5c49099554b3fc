package cellblock.it.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Shell scripts in virtual time, by the real launcher, client and daemon. */
@Timeout(300)
final class SimScriptsTest {
  private static final String PAIR =
      """
      ifconfig epair create >/dev/null
      jail -c name=a vnet persist vnet.interface=epair0a exec.start="ifconfig epair0a 192.0.2.1/24"
      jail -c name=b vnet persist vnet.interface=epair0b exec.start="ifconfig epair0b 192.0.2.2/24"
      """;

  /** A capture, two pings, a pipe, a substitution, an orphan, and losses. */
  private static final String BUSY =
      PAIR
          + """
          jexec a link epair0a delay 20ms jitter 5ms loss 10%
          jexec b link epair0b delay 20ms loss 5% dup 2%
          jexec b tcpdump -i epair0b -w out.pcap 2>captured &
          capture=$!
          (jexec a ping -q -c 20 -i .5 192.0.2.2 >one; echo "one $?" >>one) &
          one=$!
          jexec b ping -c 10 -i .7 192.0.2.1 | while read -r line; do echo "b: $line"; done >two &
          two=$!
          sleep 5
          echo "$(jexec a ping -q -c 3 192.0.2.2 | grep received)"
          ( (sleep 3; echo orphan; jexec a arp -an) >three & )
          wait $one $two
          kill -INT $capture
          wait $capture
          echo "capture $?"
          sleep 1h
          cat one two three captured
          """;

  @TempDir private static Path folder;
  private static Tree tree;

  @BeforeAll
  static void build() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/self/wchan")), "processes can be seen on Linux only");
    tree = new Tree(folder);
  }

  /** What a run leaves: its output, the bytes of its capture, its trace. */
  private record Left(String out, List<Byte> capture, String trace) {
    static Left of(long seed) throws Exception {
      Tree.Result result = tree.simulated(seed, BUSY);
      assertThat(result.status()).as(result.out()).isZero();
      byte[] bytes = Files.readAllBytes(tree.work().resolve("out.pcap"));
      List<Byte> capture = new ArrayList<>();
      for (byte b : bytes) {
        capture.add(b);
      }
      return new Left(result.out(), capture, Files.readString(tree.work().resolve("trace")));
    }
  }

  @Test
  void the_same_seed_gives_the_same_bytes_and_another_one_others() throws Exception {
    Left first = Left.of(7);
    assertThat(first.out())
        .contains("20 packets transmitted", "b: 10 packets transmitted", "orphan", "capture 0\n")
        .contains("packets captured", "0 packets dropped by kernel");
    Left second = Left.of(7);
    assertThat(second.out()).isEqualTo(first.out());
    assertThat(second.trace()).isEqualTo(first.trace());
    assertThat(second.capture()).isEqualTo(first.capture());
    Left other = Left.of(8);
    assertThat(other.capture()).isNotEqualTo(first.capture());
    assertThat(other.out()).isNotEqualTo(first.out());
  }

  @Test
  void an_hour_of_keepalives_takes_seconds_and_misses_nothing() throws Exception {
    long start = System.nanoTime();
    Tree.Result result =
        tree.simulated(
            1,
            PAIR
                + """
                jexec b tcpdump -n -i epair0b icmp >seen 2>/dev/null &
                jexec a ping -c 360 -i 10 192.0.2.2 >/dev/null
                grep -c 'echo request' seen
                sleep .5 1m 2h 1d; sleep -1; sleep 0
                sleep x; echo "usage $?"
                jexec a sleep 1h
                exit 7
                """);
    assertThat(result)
        .isEqualTo(
            new Tree.Result(
                7,
                """
                360
                usage: sleep number[unit] [...]
                Unit can be 's' (seconds, the default), m (minutes), h (hours), or d (days).
                usage 1
                """));
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMinutes(2));
    String trace = Files.readString(tree.work().resolve("trace"));
    long end =
        Long.parseLong(
            trace.substring(trace.lastIndexOf('\n', trace.length() - 2) + 1).split(" ")[0]);
    assertThat(Duration.ofNanos(end)).isGreaterThan(Duration.ofHours(28));
  }

  @Test
  void a_script_that_waits_for_ever_is_ended_with_a_message() throws Exception {
    Tree.Result result =
        tree.simulated(2, PAIR + "jexec b tcpdump -i epair0b -w out.pcap 2>/dev/null & wait\n");
    assertThat(result.status()).isEqualTo(128 + 15);
    assertThat(result.out()).contains("cellblock: sim: nothing").contains("tool tcpdump");
  }

  @Test
  void where_processes_cannot_be_seen_scripts_without_background_jobs_run() throws Exception {
    String script = PAIR + "sleep 1h; jexec a ping -q -c 3 192.0.2.2 | grep packets; exit 3";
    Tree.Result result = tree.simulatedBlindly(4, script);
    assertThat(result.out())
        .startsWith("cellblock: sim: processes cannot be seen on this system")
        .contains("only scripts without & are promised")
        .endsWith("\n3 packets transmitted, 3 packets received, 0.0% packet loss\n");
    assertThat(result.status()).isEqualTo(3);
  }

  @Test
  void host_programs_stop_time_while_they_run() throws Exception {
    Tree.Result result =
        tree.simulated(
            3,
            PAIR
                + """
                sleep 100 &
                # a tenth of a second of the host's time, and none of the script's
                i=0; while [ $i -lt 20000 ]; do i=$((i + 1)); done
                jexec a sh -c 'i=0; while [ $i -lt 20000 ]; do i=$((i + 1)); done; ping -c 1 192.0.2.2' |
                  grep -c 'time=0.000 ms'
                wait
                """);
    assertThat(result).isEqualTo(new Tree.Result(0, "1\n"));
    String trace = Files.readString(tree.work().resolve("trace"));
    assertThat(trace).contains("0 # call jexec a sh -c").contains("0 # call ping -c 1");
  }
}
