package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** wg(4) between two jails with a router between them. */
class WgLabTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void both_versions_of_ip_travel_inside_either(boolean six) {
    try (WgLab w = new WgLab(1, folder)) {
      w.both(six);
      w.pings();
      assertThat(w.tunnels.counter("a", "net.link.wg.nexthop_hits")).isGreaterThanOrEqualTo(5);
      assertThat(w.tunnels.counter("a", "net.link.wg.nexthop_misses")).isLessThanOrEqualTo(2);
      assertThat(w.last("a", "latest-handshakes")).isNotEqualTo("0");
      assertThat(w.last("b", "latest-handshakes")).isNotEqualTo("0");
    }
  }
}
