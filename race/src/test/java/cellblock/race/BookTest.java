package cellblock.race;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * The book of races is what the scenarios do today; {@code -Dcellblock.book=write} prints it anew.
 */
class BookTest {
  private static final Path BOOK = Path.of("..", "docs", "races.md");

  @Test
  void the_book_of_races_tells_what_the_scenarios_do() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8)) {
      new Book(out).print();
    }
    String printed = bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    if ("write".equals(System.getProperty("cellblock.book"))) {
      Files.writeString(BOOK, printed);
    }
    assertThat(Files.readString(BOOK))
        .as("docs/races.md; -Dcellblock.book=write prints it anew")
        .isEqualTo(printed);
  }
}
