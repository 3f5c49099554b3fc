package cellblock.it.module;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.it.lab.Lab;
import cellblock.kern.Machine;
import cellblock.kern.module.LinkerFile;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kldload and kldunload of jars, good and bad, by the tools, on a kernel with jails. */
class ModuleJarTest {
  @TempDir static Path dir;
  private static Path mymod;

  @BeforeAll
  static void build() throws IOException {
    mymod = skeleton("mymod.jar");
  }

  private static Path skeleton(String name) throws IOException {
    return ModuleJar.build(
        dir, name, ModuleJar.source("MyMod.java"), "example.mymod.MyMod", "example.mymod.MyMod");
  }

  /** A module that needs another, and breaks where it is told to. */
  private static Path faulty(String name, String where, String needs) throws IOException {
    String source =
        ModuleJar.source("Faulty.java")
            .replace("%WHERE%", where)
            .replace("%NAME%", name)
            .replace("%NEEDS%", needs);
    return ModuleJar.build(
        dir, name + ".jar", source, "example.faulty.Faulty", "example.faulty.Faulty");
  }

  private static void jails(Lab lab) {
    lab.all(
        """
        jail -c name=a vnet persist
        jail -c name=b vnet persist
        """);
  }

  private static List<String> files(Lab lab) {
    return lab.kernel().linker().files().stream().map(LinkerFile::name).toList();
  }

  private static String dmesg(Lab lab) {
    return String.join("\n", lab.kernel().machine().messages().lines());
  }

  @Test
  void a_jar_is_loaded_used_in_every_jail_and_unloaded() {
    try (Lab lab = new Lab(11)) {
      jails(lab);
      lab.ok("kldload " + mymod);
      assertThat(lab.ok("kldstat")).contains("mymod.jar");
      assertThat(lab.ok("jexec a sysctl net.mymod.mode=5")).isEqualTo("net.mymod.mode: 3 -> 5\n");
      assertThat(lab.ok("jexec a sysctl -n net.mymod.mode")).isEqualTo("5\n");
      assertThat(lab.ok("jexec b sysctl -n net.mymod.mode")).isEqualTo("3\n");
      assertThat(lab.ok("sysctl -n net.mymod.mode")).isEqualTo("3\n");
      lab.ok("jail -c name=later vnet persist");
      assertThat(lab.ok("jexec later sysctl -n net.mymod.mode")).isEqualTo("3\n");
      lab.ok("jail -r a");
      assertThat(dmesg(lab)).contains("mymod: vnet_shutdown a", "mymod: vnet_uninit a");
      lab.ok("kldunload mymod");
      assertThat(files(lab)).containsExactly("kernel");
      assertThat(lab.run("sysctl net.mymod.mode").status()).isNotZero();
      lab.all("jail -r b\njail -r later");
    }
  }

  @Test
  void what_all_vnets_share_is_the_hosts_to_set_and_a_jail_may_not_load() {
    try (Lab lab = new Lab(12)) {
      jails(lab);
      lab.ok("kldload " + mymod);
      assertThat(lab.fails("jexec a sysctl net.mymod.debug=1", 1))
          .contains("Operation not permitted");
      assertThat(lab.fails("jexec a kldunload mymod", 1)).contains("Operation not permitted");
      lab.ok("sysctl net.mymod.debug=1");
      assertThat(lab.fails("kldunload mymod", 1)).contains("Device busy");
      assertThat(files(lab)).contains("mymod.jar");
      assertThat(lab.ok("jexec b sysctl -n net.mymod.debug")).isEqualTo("1\n");
      lab.ok("kldunload -f mymod");
      lab.all("jail -r a\njail -r b");
    }
  }

  @Test
  void the_same_module_twice_exists() throws IOException {
    Path copy = dir.resolve("copy.jar");
    Files.copy(mymod, copy);
    try (Lab lab = new Lab(13)) {
      lab.ok("kldload " + mymod);
      assertThat(lab.fails("kldload " + mymod, 1)).contains("already loaded");
      assertThat(lab.fails("kldload " + copy, 1)).contains("already loaded");
      lab.ok("kldunload mymod");
      lab.ok("kldload " + copy);
      lab.ok("kldunload copy.jar");
      assertThat(files(lab)).containsExactly("kernel");
    }
  }

  @Test
  void broken_jars_are_refused_in_a_line_and_leave_nothing() throws IOException {
    Path garbage = Files.writeString(dir.resolve("garbage.jar"), "this is no jar");
    Path empty =
        ModuleJar.build(dir, "empty.jar", "package x; public class Nothing {}", "x.Nothing");
    Path missing =
        ModuleJar.build(
            dir, "missing.jar", "package x; public class Nothing {}", "x.Nothing", "x.Absent");
    Path other =
        ModuleJar.build(
            dir, "other.jar", "package x; public class Nothing {}", "x.Nothing", "x.Nothing");
    try (Lab lab = new Lab(14)) {
      for (Path jar : List.of(garbage, empty, missing, other)) {
        assertThat(lab.fails("kldload " + jar, 1))
            .as(jar.getFileName().toString())
            .contains("Please check dmesg(8)")
            .doesNotContain("\tat ");
        assertThat(dmesg(lab)).contains(jar.getFileName().toString());
      }
      assertThat(lab.fails("kldload ./nowhere.jar", 1)).contains("No such file or directory");
      assertThat(files(lab)).containsExactly("kernel");
      lab.ok("kldload " + mymod);
      lab.ok("kldunload mymod");
    }
  }

  @Test
  void a_missing_dependency_and_a_circle_of_them_are_refused() throws IOException {
    Path lonely = faulty("lonely", "nowhere", "nobody");
    Path egg = faulty("egg", "nowhere", "hen");
    Path hen = faulty("hen", "nowhere", "egg");
    try (Lab lab = new Lab(15)) {
      for (Path jar : List.of(lonely, egg, hen)) {
        assertThat(lab.fails("kldload " + jar, 1)).contains("Please check dmesg(8)");
      }
      assertThat(dmesg(lab)).contains("depends on nobody", "depends on hen", "depends on egg");
      assertThat(files(lab)).containsExactly("kernel");
    }
  }

  @Test
  void a_file_that_another_needs_stays_until_that_one_is_gone() throws IOException {
    Path user = faulty("user", "nowhere", "mymod");
    try (Lab lab = new Lab(16)) {
      lab.all("kldload " + mymod + "\nkldload " + user);
      assertThat(lab.fails("kldunload -f mymod", 1)).contains("Device busy");
      lab.all("kldunload user\nkldunload mymod");
      assertThat(files(lab)).containsExactly("kernel");
    }
  }

  @Test
  void a_module_that_breaks_while_it_is_loaded_is_refused_and_harms_nobody() throws IOException {
    try (Lab lab = new Lab(17)) {
      lab.pair("a", "b");
      lab.ok("ifconfig lo0 inet 127.0.0.1/8 up");
      for (String where :
          List.of("declare", "LOAD", "sysinit", "constructor vnet0", "constructor a")) {
        Path jar = faulty("early", where, "net");
        assertThat(lab.fails("kldload " + jar, 1))
            .contains("Please check dmesg(8)")
            .doesNotContain("\tat ");
        assertThat(dmesg(lab)).contains("told to break in " + where).doesNotContain("panic");
        assertThat(files(lab)).containsExactly("kernel");
        lab.ok("ping -c 1 127.0.0.1");
        lab.ok("jexec a ping -c 1 192.0.2.2");
      }
      lab.all("jail -r a\njail -r b\nifconfig epair0a destroy");
    }
  }

  @Test
  void a_module_that_breaks_in_a_turn_quarantines_that_vnet_alone() throws IOException {
    Path jar = faulty("turn", "callout a", "net");
    Lab lab = new Lab(18);
    lab.pair("b", "c");
    lab.ok("jail -c name=a vnet persist");
    lab.ok("kldload " + jar);
    lab.sim().stepper().advance(1_000_000);
    Machine machine = lab.kernel().machine();
    assertThat(lab.kernel().jail("a").vnet().lane().fault())
        .hasMessageContaining("told to break in callout a");
    assertThat(machine.vnet0().lane().fault()).isNull();
    assertThat(machine.kernelLane().fault()).isNull();
    lab.ok("jexec b ping -c 1 192.0.2.2");
    lab.ok("jail -r a");
    lab.ok("kldunload turn");
    lab.all("jail -r b\njail -r c");
    assertThat(files(lab)).containsExactly("kernel");
    assertThat(machine.vnets().list()).hasSize(1);
  }

  @Test
  void a_module_that_breaks_while_a_jail_dies_does_not_keep_it_from_dying() throws IOException {
    for (String where : List.of("shutdown a", "second a", "destructor a")) {
      Path jar = faulty("late", where, "net");
      try (Lab lab = new Lab(19)) {
        lab.pair("b", "c");
        lab.ok("jail -c name=a vnet persist");
        lab.ok("kldload " + jar);
        lab.run("jail -r a");
        assertThat(dmesg(lab)).contains("told to break in " + where);
        assertThat(lab.ok("jls -d name")).doesNotContain("a\n");
        lab.ok("jexec b ping -c 1 192.0.2.2");
        lab.ok("kldunload late");
        assertThat(files(lab)).containsExactly("kernel");
        lab.all("jail -r b\njail -r c\nifconfig epair0a destroy");
      }
    }
  }

  @Test
  void a_module_that_breaks_while_it_is_unloaded_goes_all_the_same() throws IOException {
    for (String where : List.of("shutdown a", "second a", "destructor a", "sysuninit")) {
      Path jar = faulty("leaving", where, "net");
      try (Lab lab = new Lab(21)) {
        lab.pair("b", "c");
        lab.ok("jail -c name=a vnet persist");
        lab.ok("kldload " + jar);
        lab.ok("kldunload leaving");
        assertThat(dmesg(lab)).contains("told to break in " + where);
        assertThat(files(lab)).containsExactly("kernel");
        assertThat(lab.kernel().jail("a").vnet().lane().fault() == null)
            .isEqualTo(where.equals("sysuninit"));
        lab.ok("jexec b ping -c 1 192.0.2.2");
        lab.all("jail -r a\njail -r b\njail -r c\nifconfig epair0a destroy");
      }
    }
  }

  @Test
  void a_module_that_breaks_when_asked_to_leave_stays() throws IOException {
    for (String where : List.of("QUIESCE", "UNLOAD")) {
      Path jar = faulty("staying", where, "net");
      try (Lab lab = new Lab(22)) {
        lab.ok("kldload " + jar);
        assertThat(lab.fails("kldunload staying", 1)).isNotBlank();
        assertThat(files(lab)).contains("staying.jar");
        lab.ok("jail -c name=a vnet persist");
        lab.ok("jail -r a");
      }
    }
  }

  @Test
  void a_load_that_fails_holds_on_to_none_of_the_files_that_it_needed() throws IOException {
    Path user =
        ModuleJar.build(
            dir,
            "both.jar",
            ModuleJar.source("Faulty.java")
                .replace("%WHERE%", "nowhere")
                .replace("%NAME%", "both")
                .replace(
                    "new ModuleInfo.Dependency(\"%NEEDS%\", 1, 1, 9)",
                    "new ModuleInfo.Dependency(\"mymod\", 1, 1, 9),"
                        + " new ModuleInfo.Dependency(\"nobody\", 1, 1, 9)"),
            "example.faulty.Faulty",
            "example.faulty.Faulty");
    try (Lab lab = new Lab(23)) {
      lab.ok("kldload " + mymod);
      lab.fails("kldload " + user, 1);
      lab.ok("kldunload mymod");
    }
  }

  @Test
  void what_is_compiled_in_is_there_already() {
    try (Lab lab = new Lab(24)) {
      lab.ok("kldload -n if_epair");
      assertThat(lab.fails("kldload if_epair", 1)).contains("module already loaded or in kernel");
      assertThat(lab.fails("kldload nonsense", 1)).contains("No such file or directory");
    }
  }

  @Test
  void modules_are_loaded_again_and_again_and_no_class_stays() throws Exception {
    try (Lab lab = new Lab(20)) {
      jails(lab);
      List<WeakReference<Object>> loaders = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        loaders.add(loadAndUnload(lab));
      }
      for (int i = 0; i < 100 && loaders.stream().anyMatch(r -> r.get() != null); i++) {
        System.gc();
        lab.sim().stepper().settle();
      }
      assertThat(loaders).allSatisfy(r -> assertThat(r.get()).isNull());
      lab.all("jail -r a\njail -r b");
    }
  }

  /** In a frame of its own, so that no local variable of the test keeps the loader. */
  private static WeakReference<Object> loadAndUnload(Lab lab) throws Exception {
    lab.ok("kldload " + mymod);
    lab.ok("jexec a sysctl net.mymod.mode=4");
    lab.ok("jexec b sysctl net.mymod.frames");
    Object reader = lab.kernel().sysctls().find("net.mymod.frames").reader();
    WeakReference<Object> loader = new WeakReference<>(reader.getClass().getClassLoader());
    lab.ok("kldunload mymod");
    return loader;
  }
}
