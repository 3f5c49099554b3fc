package cellblock.it.size;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.it.size.Sizes.Size;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Prints the report on the project's main sources, and shows that its counts are right. */
class SizeReportTest {
  @Test
  void the_ten_longest_files_and_methods_are_printed() throws IOException {
    Path root = Path.of("").toAbsolutePath().getParent();
    List<Path> sources = new ArrayList<>();
    try (Stream<Path> modules = Files.list(root)) {
      for (Path module : modules.sorted().toList()) {
        Path main = module.resolve("src/main/java");
        if (Files.isDirectory(main)) {
          try (Stream<Path> files = Files.walk(main)) {
            files.filter(f -> f.toString().endsWith(".java")).sorted().forEach(sources::add);
          }
        }
      }
    }
    Sizes sizes = Sizes.of(root, sources);
    System.out.print("Size report\n" + sizes.report(10));
    assertThat(sizes.files()).hasSameSizeAs(sources);
    assertThat(sizes.methods()).isNotEmpty();
  }

  @Test
  void lines_are_counted_from_a_members_first_word_to_its_last_brace(@TempDir Path folder)
      throws IOException {
    Path file = folder.resolve("A.java");
    Files.writeString(
        file,
        """
        /** Not counted with the method. */
        class A {
          /** Nor is this. */
          @Deprecated
          int two() {
            return 2;
          }

          static class B {
            void one() {}
          }
        }
        """);
    Sizes sizes = Sizes.of(folder, List.of(file));
    assertThat(sizes.files()).containsExactly(new Size(12, "A.java"));
    assertThat(sizes.methods())
        .containsExactly(new Size(4, "A.two  A.java"), new Size(1, "A.B.one  A.java"));
    assertThat(sizes.report(1))
        .isEqualToNormalizingNewlines(
            """
            1 files: 12 lines, median 12, p90 12; the longest:
                12  A.java
            2 methods: 5 lines, median 4, p90 4; the longest:
                 4  A.two  A.java
            """);
  }
}
