package cellblock.packetdrill;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The project's own scripts: events by states, one file for both families. Each runs on IPv4, on
 * IPv6 and on IPv4 from an IPv6 socket, and must leave nothing behind.
 */
class ScriptsTest {
  private static Path folder() throws URISyntaxException {
    return Path.of(Objects.requireNonNull(ScriptsTest.class.getResource("/scripts")).toURI());
  }

  static List<Path> scripts() throws IOException, URISyntaxException {
    try (Stream<Path> files = Files.walk(folder())) {
      return files.filter(f -> f.toString().endsWith(".pkt")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("scripts")
  void a_script_passes_in_both_families_and_leaves_nothing_behind(Path script) {
    for (String version : List.of("ipv4", "ipv6")) {
      pass(script, version);
    }
    if (!script.toString().contains("udp")) { // a datagram socket of IPv6 takes no mapped address
      pass(script, "ipv4-mapped-ipv6");
    }
  }

  private static void pass(Path script, String version) {
    Result r = new Packetdrill(Map.of("ip_version", version), true, true).run(script);
    assertThat(r.failure()).as("%s, %s: %s", script, version, r.log()).isNull();
    assertThat(r.warnings()).as("%s, %s", script, version).isEmpty();
  }

  @Test
  void every_event_has_its_states() throws IOException, URISyntaxException {
    assertThat(scripts()).hasSizeGreaterThan(100);
    try (Stream<Path> events = Files.list(folder())) {
      assertThat(events.map(f -> f.getFileName().toString()))
          .contains("open", "close", "data", "time-wait", "icmp", "udp", "reset-in-window");
    }
  }
}
