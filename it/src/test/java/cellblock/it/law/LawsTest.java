package cellblock.it.law;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.ClassModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The laws over the whole project. What each of them catches is shown by {@link LawsOfLawsTest}.
 */
class LawsTest {
  private static final Path RESOURCES = Built.ROOT.resolve("it/src/test/resources");
  private static final Path EDGES = RESOURCES.resolve("package-edges.txt");

  /** The modules that packets pass through, and what composes them. */
  private static final List<String> STACK = List.of("wire", "kern", "net", "inet", "tap", "host");

  private static SortedMap<String, List<ClassModel>> modules;
  private static List<ClassModel> all;
  private static Allowances allowances;
  private static List<Finding> findings;

  @BeforeAll
  static void read() throws IOException {
    modules = Built.modules();
    all = modules.values().stream().flatMap(Collection::stream).toList();
    allowances = Allowances.read(RESOURCES.resolve("allowances.txt"));
    findings = scan();
  }

  private static List<Finding> scan() {
    Universe universe = new Universe(all, allowances.immutableTypes());
    List<Finding> found = new ArrayList<>();
    modules.forEach((module, classes) -> {
      for (ClassModel type : classes) {
        BanScan.of(type, universe).stream()
            .filter(f -> STACK.contains(module) || f.ban() == Ban.NATIVE)
            .forEach(found::add);
      }
    });
    return found;
  }

  @Test
  void every_module_of_the_stack_has_been_built() {
    assertThat(modules).containsKeys(STACK.toArray(String[]::new));
    assertThat(STACK).allSatisfy(module -> assertThat(modules.get(module)).isNotNull());
    assertThat(modules.get("kern")).as("classes of kern").isNotEmpty();
  }

  @Test
  void the_stack_does_nothing_that_is_banned() {
    assertThat(allowances.remaining(findings))
        .as("breaches without a line in it/src/test/resources/allowances.txt")
        .isEmpty();
  }

  @Test
  void no_allowance_has_outlived_its_cause() {
    assertThat(allowances.unused(findings)).as("lines to delete from allowances.txt").isEmpty();
  }

  @Test
  void packages_name_each_other_only_as_listed() throws IOException {
    TreeSet<String> found = PackageEdges.of(all);
    if ("write".equals(System.getProperty("cellblock.edges"))) {
      PackageEdges.write(EDGES, found);
    }
    TreeSet<String> listed = PackageEdges.read(EDGES);
    assertThat(without(found, listed)).as("edges that package-edges.txt does not list").isEmpty();
    assertThat(without(listed, found)).as("edges of package-edges.txt that are gone").isEmpty();
  }

  private static Set<String> without(Set<String> some, Set<String> others) {
    Set<String> rest = new TreeSet<>(some);
    rest.removeAll(others);
    return rest;
  }

  @Test
  void no_type_is_named_after_its_lack_of_a_name() {
    assertThat(all)
        .extracting(Built::name)
        .filteredOn(Names::isBanned)
        .as("types called Manager, Helper, Util, Impl, Abstract or Base")
        .isEmpty();
  }

  @Test
  void every_package_says_what_it_is() {
    Pattern top = Pattern.compile("cellblock(\\.[a-z0-9_]+)+");
    Set<String> silent = new TreeSet<>();
    modules.forEach((module, classes) -> {
      for (ClassModel type : classes) {
        String name = type.thisClass().asSymbol().packageName();
        Path info = Path.of(module, "src/main/java", name.replace('.', '/'), "package-info.java");
        if (!top.matcher(name).matches() || !Built.ROOT.resolve(info).toFile().isFile()) {
          silent.add(info.toString());
        }
      }
    });
    assertThat(silent).as("package-info.java files to write").isEmpty();
  }

  @Test
  void tests_run_on_the_java_that_the_product_is_built_for() {
    assertThat(Runtime.version().feature()).isEqualTo(25);
  }
}
