package cellblock.it.module;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.it.lab.Lab;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What README shows is what happens. */
class ReadmeTest {
  private static final Path README = Path.of("").toAbsolutePath().resolveSibling("README.md");

  @TempDir Path dir;

  private static String block(String language) throws IOException {
    Matcher block =
        Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(README));
    assertThat(block.find()).as("a block of " + language).isTrue();
    return block.group(1);
  }

  @Test
  void the_session_prints_what_it_shows() throws IOException {
    List<String> printed = new ArrayList<>();
    String shown = block("console");
    try (Lab lab = new Lab(41)) {
      for (String line : shown.lines().toList()) {
        if (line.startsWith("$ ")) {
          printed.add(line);
          lab.ok(line.substring(2)).lines().forEach(printed::add);
        }
      }
    }
    assertThat(timeless(String.join("\n", printed))).isEqualTo(timeless(shown.stripTrailing()));
  }

  /** How long a packet takes is up to the machine. */
  private static String timeless(String text) {
    return text.replaceAll("time=[0-9.]+", "time=T").replaceAll("= [0-9./]+ ms", "= T ms");
  }

  @Test
  void the_program_compiles_runs_and_prints_what_it_is_said_to_print() throws Exception {
    String source = ModuleJar.source("QuickStart.java");
    assertThat(block("java")).isEqualTo(source);
    Path jar = ModuleJar.build(dir, "quick.jar", source, "example.QuickStart");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream before = System.out;
    URL[] urls = {jar.toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(urls, getClass().getClassLoader())) {
      System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
      loader
          .loadClass("example.QuickStart")
          .getMethod("main", String[].class)
          .invoke(null, (Object) new String[0]);
    } finally {
      System.setOut(before);
    }
    List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
    assertThat(lines)
        .containsExactly("hello from 192.0.2.2", "left(1) is GONE, it left behind: {}");
    lines.forEach(line -> assertThat(markdown()).contains("`" + line + "`"));
  }

  private static String markdown() {
    try {
      return Files.readString(README);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
