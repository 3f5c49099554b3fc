package cellblock.it.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The examples of every manual page, run in order by the host's shell on one real kernel a page:
 * each line behind {@code $} in a {@code console} block, standard error with standard output. What
 * is printed is what the page says, literally.
 */
@Timeout(180)
final class ManPagesTest {
  private static final Path PAGES = Path.of("..", "docs", "man");

  /** Of the launcher itself; race has a test of its own. */
  private static final List<String> NOT_TOOLS = List.of("cellblock.md", "race.md");

  @TempDir private static Path folder;
  private static Tree tree;

  @BeforeAll
  static void build() throws Exception {
    tree = new Tree(folder);
  }

  static List<String> pages() throws Exception {
    try (Stream<Path> files = Files.list(PAGES)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".md") && !NOT_TOOLS.contains(name))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void examples_print_what_the_page_says(String page) throws Exception {
    StringBuilder expected = new StringBuilder();
    StringBuilder script = new StringBuilder("exec 2>&1\n");
    script.append("cellblock() { ../tree/cellblock \"$@\"; }\n");
    boolean example = false;
    for (String line : Files.readAllLines(PAGES.resolve(page))) {
      if (line.startsWith("```")) {
        example = line.equals("```console");
      } else if (example) {
        expected.append(line).append('\n');
        if (line.startsWith("$ ")) {
          script.append("cat <<'COMMAND'\n").append(line).append("\nCOMMAND\n");
          script.append(line.substring(2)).append('\n');
        }
      }
    }
    assertThat(expected.toString()).as("examples of %s", page).contains("$ ");
    script.append("exit 0\n");
    Tree.Result result = tree.script(script.toString());
    assertThat(result.out()).as("examples of %s", page).isEqualTo(expected.toString());
    assertThat(result.status()).isZero();
  }
}
