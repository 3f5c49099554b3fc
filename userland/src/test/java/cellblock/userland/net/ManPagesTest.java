package cellblock.userland.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples of the manual pages, run in order against the model kernel. */
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
        "sockstat"
      })
  void examples_print_what_the_page_says(String tool) throws IOException {
    ModelKernel kernel = new ModelKernel();
    kernel.network.hosts.put("127.0.0.1", "reply");
    boolean example = false;
    StringBuilder expected = new StringBuilder();
    StringBuilder printed = new StringBuilder();
    int commands = 0;
    List<String> lines = Files.readAllLines(page(tool));
    for (String line : lines) {
      if (line.startsWith("```")) {
        example = line.equals("```console");
      } else if (example) {
        expected.append(line).append('\n');
        if (line.startsWith("$ ")) {
          printed.append(line).append('\n').append(ToolRun.merged(kernel, line.substring(2)));
          commands++;
        }
      }
    }
    assertThat(commands).isPositive();
    assertThat(printed.toString()).isEqualTo(expected.toString());
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
        "sockstat"
      })
  void pages_have_all_sections(String tool) throws IOException {
    assertThat(Files.readString(page(tool)))
        .contains(
            "## NAME\n", "## SYNOPSIS\n", "## DESCRIPTION\n", "## EXAMPLES\n", "## DIFFERENCES\n");
  }
}
