package cellblock.it.module;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What the documents promise can be looked up: links lead somewhere, names exist, code is the code.
 */
class DocumentsTest {
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern JAVA_BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final Pattern MEMBER = Pattern.compile("`([A-Z]\\w+)\\.([a-z]\\w+)[`(]");

  private record Link(Path document, String target) {
    Path file() {
      String path = target.replaceFirst("#.*", "");
      Path folder = document.getParent();
      return (path.isEmpty() ? document : folder.resolve(path)).normalize();
    }

    String fragment() {
      int hash = target.indexOf('#');
      return hash < 0 ? "" : target.substring(hash + 1);
    }

    @Override
    public String toString() {
      return ROOT.relativize(document) + " -> " + target;
    }
  }

  private static List<Path> documents() throws IOException {
    List<Path> found = new ArrayList<>();
    try (Stream<Path> top = Files.list(ROOT);
        Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
      Stream.concat(top, docs)
          .filter(p -> p.toString().endsWith(".md"))
          .sorted()
          .forEach(found::add);
    }
    return found;
  }

  private static List<Link> links(Path document) throws IOException {
    String text = Files.readString(document).replaceAll("(?s)```.*?```", "");
    List<Link> found = new ArrayList<>();
    Matcher link = LINK.matcher(text);
    while (link.find()) {
      if (!link.group(1).matches("(https?|mailto):.*")) {
        found.add(new Link(document, link.group(1)));
      }
    }
    return found;
  }

  @Test
  void the_skeleton_in_the_guide_is_the_skeleton_that_is_built() throws IOException {
    String guide = Files.readString(ROOT.resolve("docs/writing-a-module.md"));
    List<String> blocks = new ArrayList<>();
    Matcher block = JAVA_BLOCK.matcher(guide);
    while (block.find()) {
      blocks.add(block.group(1));
    }
    assertThat(blocks).last().isEqualTo(ModuleJar.source("MyMod.java"));
  }

  @Test
  void every_link_leads_to_a_file() throws IOException {
    List<Link> broken = new ArrayList<>();
    int seen = 0;
    for (Path document : documents()) {
      for (Link link : links(document)) {
        seen++;
        if (!Files.exists(link.file())) {
          broken.add(link);
        }
      }
    }
    assertThat(broken).isEmpty();
    assertThat(seen).isGreaterThan(50);
  }

  @Test
  void every_link_to_a_test_names_a_test_that_exists() throws IOException {
    List<Link> broken = new ArrayList<>();
    for (Path document : documents()) {
      for (Link link : links(document)) {
        if (link.target().contains(".java#")
            && !Files.readString(link.file()).contains("void " + link.fragment() + "(")) {
          broken.add(link);
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  @Test
  void whatever_parity_says_works_or_differs_is_shown_by_a_test() throws IOException {
    List<String> unproved = new ArrayList<>();
    int rows = 0;
    for (String line : Files.readAllLines(ROOT.resolve("docs/parity.md"))) {
      if (line.matches("\\|.*\\| (works|differs|absent) \\|.*")) {
        rows++;
        if (!line.contains("| absent |") && !line.matches(".*Test\\.java(#\\w+)?\\).*")) {
          unproved.add(line);
        }
      }
    }
    assertThat(unproved).isEmpty();
    assertThat(rows).isGreaterThan(40);
  }

  @Test
  void the_floor_plan_names_methods_that_exist() throws IOException {
    Map<String, String> sources = sources();
    List<String> wrong = new ArrayList<>();
    Matcher member = MEMBER.matcher(Files.readString(ROOT.resolve("ARCHITECTURE.md")));
    int seen = 0;
    while (member.find()) {
      seen++;
      String source = sources.get(member.group(1));
      if (source == null || !source.contains(" " + member.group(2) + "(")) {
        wrong.add(member.group());
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(seen).isGreaterThan(20);
  }

  private static Map<String, String> sources() throws IOException {
    Map<String, String> byName = new TreeMap<>();
    try (Stream<Path> modules = Files.list(ROOT)) {
      for (Path main : modules.map(m -> m.resolve("src/main/java")).sorted().toList()) {
        if (Files.isDirectory(main)) {
          try (Stream<Path> files = Files.walk(main)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
              String name = String.valueOf(file.getFileName()).replace(".java", "");
              byName.merge(name, Files.readString(file), String::concat);
            }
          }
        }
      }
    }
    return byName;
  }

  @Test
  void the_floor_plan_is_short() throws IOException {
    assertThat(Files.readAllLines(ROOT.resolve("ARCHITECTURE.md"))).hasSizeLessThan(300);
  }

  @Test
  void every_decision_says_its_price_and_how_it_could_be_wrong() throws IOException {
    try (Stream<Path> decisions = Files.list(ROOT.resolve("docs/adr"))) {
      assertThat(decisions.sorted().toList())
          .isNotEmpty()
          .allSatisfy(adr ->
              assertThat(Files.readString(adr).toLowerCase(Locale.ROOT))
                  .contains("price")
                  .contains("wrong"));
    }
  }
}
