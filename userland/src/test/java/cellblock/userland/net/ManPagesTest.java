package cellblock.userland.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The form of the manual pages; their examples are run against a real kernel by module it. */
class ManPagesTest {
  private static Path page(String tool) {
    Path here = Path.of("docs", "man", tool + ".md");
    return Files.exists(here) ? here : Path.of("..").resolve(here);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ifconfig",
        "route",
        "netstat",
        "arp",
        "ping",
        "ifmcstat",
        "link",
        "tcpdump",
        "setkey",
        "sockstat",
        "nc",
        "inetd",
        "fetch",
        "traceroute",
        "traceroute6"
      })
  void pages_have_all_sections(String tool) throws IOException {
    assertThat(Files.readString(page(tool)))
        .contains(
            "## NAME\n", "## SYNOPSIS\n", "## DESCRIPTION\n", "## EXAMPLES\n", "## DIFFERENCES\n");
  }
}
