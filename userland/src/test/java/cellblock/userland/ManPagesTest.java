package cellblock.userland;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.userland.world.Shell;
import cellblock.userland.world.World;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples of the manual pages, run in order in one fresh model kernel a page. */
class ManPagesTest {
  private static final Path PAGES = Path.of("..", "docs", "man");
  private static final Pattern WORD = Pattern.compile("'([^']*)'|\"([^\"]*)\"|([^\\s'\"]+)");

  @TempDir Path cwd;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jail",
        "jls",
        "jexec",
        "setfib",
        "killall",
        "daemon",
        "hostname",
        "kldload",
        "kldunload",
        "kldstat",
        "dmesg",
        "getaddrinfo",
        "sysctl",
        "rc"
      })
  void the_examples_of_a_page_print_what_it_says(String page) throws Exception {
    World world = new World();
    Shell shell = new Shell(world, cwd);
    List<String> text = Files.readAllLines(PAGES.resolve(page + ".md"));
    assertThat(text).contains("## NAME", "## SYNOPSIS", "## DESCRIPTION", "## EXAMPLES");
    assertThat(text).contains("## DIFFERENCES").doesNotContain("TODO");
    StringBuilder expected = new StringBuilder();
    StringBuilder printed = new StringBuilder();
    boolean inside = false;
    int commands = 0;
    for (String line : text) {
      if (line.startsWith("```")) {
        inside = line.equals("```console");
      } else if (inside) {
        expected.append(line).append('\n');
        if (line.startsWith("$ ")) {
          commands++;
          printed.append(line).append('\n').append(run(world, shell, line.substring(2)));
        }
      }
    }
    assertThat(commands).isPositive();
    assertThat(printed.toString()).isEqualTo(expected.toString());
  }

  private String run(World world, Shell shell, String line) throws Exception {
    String command = line.replaceFirst(" (\\|\\| echo \\$\\?|>/dev/null)$", "");
    List<String> words = words(command);
    if (!world.knows(words.getFirst())) {
      return host(line);
    }
    Shell.Outcome outcome = shell.run(words, "");
    String status = line.endsWith("|| echo $?") ? outcome.status() + "\n" : "";
    String out = line.endsWith(">/dev/null") ? "" : outcome.out();
    return out + outcome.err() + status;
  }

  private String host(String line) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder("/bin/sh", "-c", line)
            .directory(cwd.toFile())
            .redirectErrorStream(true)
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(line).isZero();
    return out;
  }

  private static List<String> words(String line) {
    List<String> words = new ArrayList<>();
    Matcher matcher = WORD.matcher(line);
    while (matcher.find()) {
      for (int group = 1; group <= 3; group++) {
        if (matcher.group(group) != null) {
          words.add(matcher.group(group));
        }
      }
    }
    return words;
  }
}
