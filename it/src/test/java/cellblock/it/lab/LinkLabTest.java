package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** link(8) between two jails. */
class LinkLabTest {
  private static final Pattern TIME = Pattern.compile("icmp_seq=2 ttl=64 time=([0-9.]+) ms");

  @Test
  void a_delay_each_way_is_the_round_trip_that_ping_prints() {
    try (Lab lab = new Lab(1)) {
      lab.pair("a", "b");
      lab.ok("jexec a link epair0a delay 20ms");
      lab.ok("jexec b link epair0b delay 5ms");
      assertThat(time(lab.ok("jexec a ping -c 3 192.0.2.2"))).isBetween(25.0, 25.1);
      lab.ok("jexec a link epair0a clear");
      lab.ok("jexec b link epair0b clear");
      assertThat(time(lab.ok("jexec a ping -c 3 192.0.2.2"))).isLessThan(1.0);
      assertThat(lab.ok("jexec a link")).isEmpty();
    }
  }

  private static double time(String ping) {
    Matcher m = TIME.matcher(ping);
    assertThat(m.find()).as(ping).isTrue();
    return Double.parseDouble(m.group(1));
  }

  @Test
  void a_jail_dies_with_frames_under_way() {
    try (Lab lab = new Lab(2)) {
      lab.pair("a", "b");
      lab.ok("jexec a link epair0a delay 10s");
      assertThat(lab.run("jexec a ping -c 1 -W 100 192.0.2.2").status()).isEqualTo(2);
      lab.all("jail -r a\njail -r b");
    }
  }

  @Test
  void half_of_the_packets_are_lost_when_half_of_them_should_be() {
    try (Lab lab = new Lab(3)) {
      lab.pair("a", "b");
      lab.ok("jexec a ping -c 1 192.0.2.2");
      lab.ok("jexec a link epair0a loss 50%");
      String said = lab.run("jexec a ping -c 100 -i 0.1 192.0.2.2").out();
      Matcher m = Pattern.compile("(\\d+) packets received").matcher(said);
      assertThat(m.find()).as(said).isTrue();
      assertThat(Integer.parseInt(m.group(1))).isBetween(25, 75);
      assertThat(lab.ok("jexec a link epair0a")).contains("epair0a: loss 50%\n\tframes 100 lost");
    }
  }
}
