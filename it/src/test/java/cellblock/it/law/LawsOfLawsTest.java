package cellblock.it.law;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.classfile.ClassModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the laws must find in the fixtures, and what they must not: each ban is shown to bite. */
class LawsOfLawsTest {
  private static final String PACKAGE = "cellblock.it.law.fixture.";
  private static final List<Finding> FINDINGS = new ArrayList<>();
  private static List<ClassModel> fixtures;

  @BeforeAll
  static void scan() throws IOException {
    fixtures = Built.fixtures();
    Universe universe = new Universe(fixtures, Set.of());
    FINDINGS.clear();
    fixtures.forEach(type -> FINDINGS.addAll(BanScan.of(type, universe)));
  }

  @ParameterizedTest(name = "{1} finds {2} in {0}")
  @CsvSource({
    "WallClock, wall-clock, call reference instant clock date",
    "Sleeping, sleep, thread unit",
    "Randomness, random, random math threadLocal secure unseeded",
    "Ambient, thread-local, made",
    "Ambient$Own, thread-local, <init>",
    "Monitors, monitor, method block waiting",
    "Threads, new-thread, plain virtual pool",
    "Threads$Worker, new-thread, <init>",
    "StaticState, mutable-static, counter TABLE ATOMIC LIST BOX",
    "Unordered, unordered, map set salted saltedMap saltedArray collected",
    "Barrier, barrier, call ticket reference",
    "NativeAccess, native, linker",
  })
  void a_ban_finds_its_breaches_and_no_other(String fixture, String ban, String places) {
    assertThat(FINDINGS)
        .filteredOn(f -> f.type().equals(PACKAGE + fixture))
        .allSatisfy(f -> assertThat(f.ban().label).isEqualTo(ban))
        .extracting(f -> f.place().replaceFirst(":\\d+$", ""))
        .containsOnly(places.split(" "));
  }

  @Test
  void every_ban_has_a_fixture() {
    assertThat(FINDINGS).extracting(Finding::ban).contains(Ban.values());
  }

  @Test
  void what_is_allowed_is_left_alone() {
    assertThat(fixtures).extracting(Built::name).contains(PACKAGE + "Innocent");
    assertThat(FINDINGS).filteredOn(f -> f.type().startsWith(PACKAGE + "Innocent")).isEmpty();
  }

  @Test
  void a_finding_names_the_line() {
    assertThat(FINDINGS)
        .filteredOn(f -> f.type().equals(PACKAGE + "Barrier"))
        .first()
        .asString()
        .matches(".*Barrier\\.call:\\d+: barrier: cellblock\\.kern\\.epoch\\.Epoch\\.barrier");
  }

  @Test
  void an_allowance_covers_its_class_what_is_nested_there_and_that_ban_alone() {
    Allowances allowances =
        Allowances.parse(
            List.of(
                "# remark",
                "",
                PACKAGE + "Threads new-thread the composition root",
                "a.* sleep x y"));
    assertThat(allowances.remaining(FINDINGS))
        .hasSizeLessThan(FINDINGS.size())
        .noneMatch(f -> f.type().contains(".Threads"));
    assertThat(allowances.unused(FINDINGS)).containsExactly("a.* sleep x y");
  }

  @Test
  void an_allowance_may_cover_a_package() {
    Allowances allowances = Allowances.parse(List.of("cellblock.it.* sleep a reason"));
    assertThat(allowances.remaining(FINDINGS)).noneMatch(f -> f.ban() == Ban.SLEEP).isNotEmpty();
  }

  @Test
  void an_allowance_may_vouch_for_a_type() throws IOException {
    Allowances allowances = Allowances.parse(List.of(PACKAGE + "StaticState$Box immutable a key"));
    Universe universe = new Universe(fixtures, allowances.immutableTypes());
    ClassModel state =
        fixtures.stream()
            .filter(c -> Built.name(c).endsWith("StaticState"))
            .findFirst()
            .orElseThrow();
    assertThat(BanScan.of(state, universe)).extracting(Finding::place).doesNotContain("BOX");
  }

  @Test
  void an_allowance_needs_a_known_ban_and_a_reason() {
    assertThatThrownBy(() -> Allowances.parse(List.of("a.B sleeping because")))
        .hasMessageContaining("sleeping");
    assertThatThrownBy(() -> Allowances.parse(List.of("a.B sleep")))
        .hasMessageContaining("class ban reason");
  }

  @Test
  void an_edge_is_found_from_a_call_and_not_from_a_text() {
    assertThat(PackageEdges.of(fixtures))
        .containsExactly("cellblock.it.law.fixture -> cellblock.kern.epoch");
  }

  @Test
  void edges_are_rewritten_below_the_remarks(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("edges.txt");
    Files.write(file, List.of("# why", "a -> b"));
    PackageEdges.write(file, new TreeSet<>(Set.of("c -> d", "a -> c")));
    assertThat(file).hasContent("# why\na -> c\nc -> d");
    assertThat(PackageEdges.read(file)).containsExactly("a -> c", "c -> d");
  }

  @ParameterizedTest
  @CsvSource({
    "a.IfnetManager, true",
    "a.RouteUtils, true",
    "a.AbstractTool, true",
    "a.Base, true",
    "a.BaseTool, true",
    "a.Outer$RibImpl, true",
    "a.Baseline, false",
    "a.Abstraction, false",
    "a.Implied, false",
    "a.Util.Good, false",
  })
  void a_name_says_what_a_type_is(String name, boolean banned) {
    assertThat(Names.isBanned(name)).isEqualTo(banned);
  }
}
