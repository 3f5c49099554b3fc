package cellblock.userland.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PingTest {
  private static final long SECOND = 1_000_000_000L;
  private final ModelKernel kernel = new ModelKernel().withEpair();

  private ToolRun run(String line) {
    return ToolRun.of(kernel, line);
  }

  @Test
  void replies_and_statistics() {
    kernel.network.hosts.put("192.0.2.1", "reply");
    assertThat(run("ping -c 2 192.0.2.1"))
        .isEqualTo(
            new ToolRun(
                0,
                """
                PING 192.0.2.1 (192.0.2.1): 56 data bytes
                64 bytes from 192.0.2.1: icmp_seq=0 ttl=64 time=0.250 ms
                64 bytes from 192.0.2.1: icmp_seq=1 ttl=64 time=0.250 ms

                --- 192.0.2.1 ping statistics ---
                2 packets transmitted, 2 packets received, 0.0% packet loss
                round-trip min/avg/max/stddev = 0.250/0.250/0.250/0.000 ms
                """,
                ""));
  }

  @Test
  void joined_options_and_localhost() {
    kernel.network.hosts.put("127.0.0.1", "reply");
    assertThat(run("ping -nqc1 -t6 localhost").out())
        .isEqualTo(
            """
            PING localhost (127.0.0.1): 56 data bytes

            --- localhost ping statistics ---
            1 packets transmitted, 1 packets received, 0.0% packet loss
            round-trip min/avg/max/stddev = 0.250/0.250/0.250/0.000 ms
            """);
  }

  @Test
  void silence_is_status_two() {
    kernel.network.hosts.put("192.0.2.1", "silent");
    assertThat(run("ping -c 2 -i .1 -W 500 192.0.2.1"))
        .isEqualTo(
            new ToolRun(
                2,
                """
                PING 192.0.2.1 (192.0.2.1): 56 data bytes

                --- 192.0.2.1 ping statistics ---
                2 packets transmitted, 0 packets received, 100.0% packet loss
                """,
                ""));
  }

  @Test
  void no_route_is_told_for_each_packet() {
    ToolRun run = run("ping -c 2 -W 10 203.0.113.1");
    assertThat(run.err()).isEqualTo("ping: sendto: No route to host\n".repeat(2));
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out())
        .contains("2 packets transmitted, 0 packets received, 100.0% packet loss\n");
  }

  @Test
  void errors_of_routers_are_printed_with_the_header_they_quote() {
    kernel.network.hosts.put("192.0.2.1", "ttl");
    assertThat(run("ping -c 1 -m 1 -t 1 192.0.2.1").out())
        .isEqualTo(
            """
            PING 192.0.2.1 (192.0.2.1): 56 data bytes
            36 bytes from 10.0.0.254: Time to live exceeded
            Vr HL TOS  Len   ID Flg  off TTL Pro  cks      Src       Dst
             4  5  00 001c 0000   0 0000  40  01 0000 10.0.0.1 192.0.2.1


            --- 192.0.2.1 ping statistics ---
            1 packets transmitted, 0 packets received, 100.0% packet loss
            """);
    assertThat(kernel.network.options).containsEntry("IP_TTL", 1);
    assertThat(run("ping -Q -c 1 -m 1 -t 1 192.0.2.1").out()).doesNotContain("exceeded");
  }

  @Test
  void duplicates_are_marked_and_counted() {
    kernel.network.hosts.put("192.0.2.1", "twice");
    assertThat(run("ping -c 2 192.0.2.1").out())
        .contains("icmp_seq=0 ttl=64 time=0.500 ms (DUP!)\n")
        .contains("2 packets transmitted, 2 packets received, +1 duplicates, 0.0% packet loss\n");
  }

  @Test
  void an_interrupt_prints_the_statistics() {
    kernel.network.hosts.put("192.0.2.1", "reply");
    kernel.signalAt = kernel.clock.nanos + 3 * SECOND / 2;
    ToolRun run = run("ping 192.0.2.1");
    assertThat(run.status()).isZero();
    assertThat(run.out())
        .endsWith(
            """
            2 packets transmitted, 2 packets received, 0.0% packet loss
            round-trip min/avg/max/stddev = 0.250/0.250/0.250/0.000 ms
            """);
  }

  @Test
  void siginfo_prints_the_statistics_so_far() {
    kernel.network.hosts.put("192.0.2.1", "reply");
    kernel.signal = "INFO";
    kernel.signalAt = kernel.clock.nanos + SECOND / 2;
    ToolRun run = run("ping -c 2 192.0.2.1");
    assertThat(run.err()).contains("1 packets transmitted, 1 packets received");
    assertThat(run.out()).contains("2 packets transmitted, 2 packets received");
  }

  @Test
  void one_reply_is_enough_with_o() {
    kernel.network.hosts.put("192.0.2.1", "reply");
    assertThat(run("ping -o 192.0.2.1").out())
        .contains("1 packets transmitted, 1 packets received");
  }

  @Test
  void sizes_below_the_time_stamp_are_not_timed() {
    kernel.network.hosts.put("192.0.2.1", "reply");
    assertThat(run("ping -c 1 -s 4 192.0.2.1").out())
        .contains("12 bytes from 192.0.2.1: icmp_seq=0 ttl=64\n")
        .doesNotContain("round-trip");
    assertThat(run("ping -c 1 -s 1400 192.0.2.1").out())
        .contains("1408 bytes from 192.0.2.1: icmp_seq=0 ");
    assertThat(kernel.network.lastSent).hasSize(1408);
  }

  @Test
  void a_header_of_our_own_carries_flags_and_options() {
    kernel.network.hosts.put("192.0.2.1", "reply");
    assertThat(run("ping -D -z 16 -c 1 192.0.2.1").status()).isZero();
    byte[] sent = kernel.network.lastSent;
    assertThat(sent).hasSize(84);
    assertThat(new int[] {sent[0], sent[1], sent[6], sent[8]}).containsExactly(0x45, 16, 0x40, 64);
    run("ping -R -c 1 192.0.2.1");
    assertThat(kernel.network.lastSent).hasSize(124).startsWith(0x4f);
    assertThat(kernel.network.lastSent[20]).isEqualTo((byte) 7);
  }

  @Test
  void a_pattern_fills_the_data() {
    kernel.network.hosts.put("192.0.2.1", "reply");
    assertThat(run("ping -c 1 -p feed 192.0.2.1").out())
        .startsWith("PATTERN: 0xfeed\nPING 192.0.2.1")
        .contains("64 bytes from")
        .doesNotContain("wrong data");
  }

  @Test
  void a_flood_prints_dots_and_takes_them_back() {
    kernel.network.hosts.put("192.0.2.1", "reply");
    ToolRun run = run("ping -f -c 3 192.0.2.1");
    assertThat(run.out())
        .contains("\n.\b.\b.\b\n--- 192.0.2.1")
        .contains("3 packets transmitted, 3 packets received");
  }

  @Test
  void a_sweep_grows_the_packet() {
    kernel.network.hosts.put("192.0.2.1", "reply");
    assertThat(run("ping -g 16 -G 48 -h 16 192.0.2.1").out())
        .startsWith("PING 192.0.2.1 (192.0.2.1): (16 ... 48) data bytes\n24 bytes from")
        .contains("40 bytes from", "56 bytes from", "3 packets transmitted");
  }

  @Test
  void a_source_address_is_bound() {
    kernel.network.hosts.put("192.0.2.1", "reply");
    kernel.network.hosts.put("192.0.2.5", "own");
    assertThat(run("ping -c1 -S 192.0.2.5 192.0.2.1").out())
        .startsWith("PING 192.0.2.1 (192.0.2.1) from 192.0.2.5: 56 data bytes\n");
    assertThat(run("ping -c1 -S 192.0.2.6 192.0.2.1"))
        .isEqualTo(new ToolRun(1, "", "ping: bind: Can't assign requested address\n"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ping nonsense|68|ping: cannot resolve nonsense: Name does not resolve",
        "ping -4 nonsense|68|ping: cannot resolve nonsense: Unknown host",
        "ping -4 -6 localhost|1|ping: -4 and -6 cannot be used simultaneously",
        "ping -c 0 192.0.2.1|64|ping: invalid count of packets to transmit: `0'",
        "ping -c x 192.0.2.1|64|ping: invalid count of packets to transmit: `x'",
        "ping -m 256 192.0.2.1|64|ping: invalid TTL: `256'",
        "ping -i x 192.0.2.1|64|ping: invalid timing interval: `x'",
        "ping -s 65508 192.0.2.1|64|ping: packet size too large: 65508 > 65507",
        "ping -t 0 192.0.2.1|64|ping: invalid timeout: `0'",
        "ping -t 3601 192.0.2.1|64|ping: invalid timeout: `3601' > 3600",
        "ping -f -i 1 192.0.2.1|64|ping: -f and -i: incompatible options",
        "ping -L 192.0.2.1|64|ping: -I, -L, -T flags cannot be used with unicast destination",
        "ping -p xyz 192.0.2.1|64|ping: patterns must be specified as hex digits",
        "ping -M x 192.0.2.1|64|ping: invalid message: `x'",
        "ping -g 8 192.0.2.1|64|ping: Maximum sweep size must be specified",
      })
  void mistakes_have_freebsds_words_and_status(String line, int status, String message) {
    assertThat(run(line)).isEqualTo(new ToolRun(status, "", message + "\n"));
    assertThat(run("ping").err()).startsWith("usage:\n\tping [-4AaDdfHnoQqRrv]");
    assertThat(run("ping").status()).isOne();
  }
}
