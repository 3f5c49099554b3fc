package cellblock.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code ./cellblock} in a tree of its own, already built: the jars are those of this build, the
 * kernel is {@link TestDoor}. The folder's name has a space and a quote in it.
 */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class LauncherTest {
  @TempDir Path folder;
  private Path root;
  private Path socket;

  @BeforeEach
  void tree() throws Exception {
    Path source = Path.of("..").toAbsolutePath().normalize();
    root = Files.createDirectories(folder.resolve("it's a tree"));
    socket = folder.resolve("k/control");
    Files.copy(source.resolve("cellblock"), root.resolve("cellblock"));
    assertThat(root.resolve("cellblock").toFile().setExecutable(true)).isTrue();
    Files.createDirectories(root.resolve("etc"));
    Files.writeString(root.resolve("pom.xml"), "<project/>");
    for (String file : List.of("build", "java-options", "find-jdk")) {
      Files.copy(source.resolve("etc/" + file), root.resolve("etc/" + file));
    }
    Path lib = Files.createDirectories(root.resolve("build/lib"));
    jar(lib.resolve("cellblock-control.jar"), cellblock.control.session.Frame.class, false);
    jar(lib.resolve("cellblock-client.jar"), Class.forName("cellblock.client.Main"), false);
    jar(lib.resolve("cellblock-kern.jar"), cellblock.kern.Machine.class, false);
    jar(lib.resolve("cellblock-daemon.jar"), Main.class, false);
    jar(lib.resolve("cellblock-host.jar"), TestDoor.class, true);
    TestDoor door = new TestDoor(new HostProcesses(1));
    Files.write(root.resolve("build/tools"), door.toolNames());
    Files.writeString(root.resolve("build/jdk"), System.getProperty("java.home") + "\n");
    assertThat(run("./cellblock", "shims", root + "/build/bin")).isEqualTo("#0");
  }

  @AfterEach
  void stop() throws Exception {
    run("./cellblock", "stop");
  }

  private static void jar(Path jar, Class<?> one, boolean service) throws Exception {
    Path classes = Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI());
    if (Files.isRegularFile(classes)) {
      Files.copy(classes, jar);
      return;
    }
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out);
        Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        entries.putNextEntry(new JarEntry(classes.relativize(file).toString()));
        Files.copy(file, entries);
      }
      if (service) {
        entries.putNextEntry(new JarEntry("META-INF/services/" + Door.Maker.class.getName()));
        entries.write(TestDoor.Boot.class.getName().getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  private Process start(String... command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(root.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("CELLBLOCK_"));
    builder.environment().put("CELLBLOCK_SOCKET", socket.toString());
    builder.environment().put("TMPDIR", folder.toString());
    return builder.redirectErrorStream(true).start();
  }

  private String run(String... command) throws Exception {
    Process process = start(command);
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return text + "#" + process.waitFor();
  }

  private String script(String text, String... args) throws Exception {
    Path file = Files.writeString(folder.resolve("script"), text);
    List<String> command = new ArrayList<>(List.of("./cellblock", "sh", file.toString()));
    command.addAll(List.of(args));
    return run(command.toArray(String[]::new));
  }

  /** Waits until the private kernels of {@code cellblock sh} have removed their folders. */
  private void awaitPrivateKernels() throws IOException {
    boolean left = true;
    while (left) {
      Thread.onSpinWait();
      try (Stream<Path> files = Files.list(folder)) {
        left = files.anyMatch(file -> file.getFileName().toString().startsWith("cellblock-sh."));
      }
    }
  }

  @Test
  void a_script_has_the_tools_its_arguments_and_its_own_status() throws Exception {
    assertThat(script("echo \"$2\"\nwhere\nexit 7\n", "a", "b  c"))
        .isEqualTo("b  c\njid 0 fib 0 tty false\n#7");
    awaitPrivateKernels();
  }

  @Test
  void what_a_script_left_in_a_jail_dies_with_its_kernel() throws Exception {
    String left = script("enter 3 sleep 1000 >/dev/null 2>&1 &\necho $!\nenter 3 true\n").strip();
    awaitPrivateKernels();
    long pid = Long.parseLong(left.substring(0, left.indexOf('#')).strip());
    ProcTable.Entry entry = ProcTable.entry(pid);
    assertThat(entry == null || entry.zombie()).isTrue();
  }

  @Test
  void what_enters_a_jail_while_its_kernel_stops_is_refused() throws Exception {
    String script =
        """
        mkfifo "$1/late"
        late 3 sleep 1000 >/dev/null 2>"$1/late" &
        echo $!
        read line <"$1/late"
        """;
    String late = script(script, folder.toString()).strip();
    awaitPrivateKernels();
    long pid = Long.parseLong(late.substring(0, late.indexOf('#')).strip());
    for (ProcTable.Entry entry = ProcTable.entry(pid); entry != null && !entry.zombie(); ) {
      String command = ProcessHandle.of(pid).flatMap(p -> p.info().command()).orElse("");
      assertThat(command).doesNotEndWith("sleep");
      entry = ProcTable.entry(pid);
    }
  }

  @Test
  void a_killed_script_takes_its_kernel_with_it() throws Exception {
    Path file = Files.writeString(folder.resolve("script"), "echo up; read x");
    Process shell = start("./cellblock", "sh", file.toString());
    assertThat(shell.inputReader().readLine()).isEqualTo("up");
    shell.destroyForcibly();
    awaitPrivateKernels();
  }

  @Test
  void a_kernel_in_the_background_starts_answers_and_stops() throws Exception {
    assertThat(run("./cellblock", "status"))
        .isEqualTo("cellblock: no kernel at " + socket + " (cellblock start)\n#69");
    assertThat(run("./cellblock", "start")).isEqualTo("#0");
    assertThat(run("./cellblock", "status")).startsWith("running").endsWith("#0");
    assertThat(run("./cellblock", "echo", "a  b")).isEqualTo("a  b\n#0");
    assertThat(run("sh", "-c", "eval \"$(./cellblock env)\"; cd /; echo x; where"))
        .isEqualTo("x\njid 0 fib 0 tty false\n#0");
    assertThat(run("./cellblock", "start"))
        .isEqualTo("cellblock: a kernel is already running at " + socket + "\n#1");
    assertThat(run("./cellblock", "stop")).isEqualTo("#0");
    assertThat(socket).doesNotExist();
    assertThat(run("./cellblock", "start")).isEqualTo("#0");
  }

  @Test
  void the_environment_of_a_kernel_comes_from_the_command_line_and_from_files() throws Exception {
    Files.writeString(root.resolve("my.conf"), "# mine\na.b=\"1 2\"\nc.d=3 # three\n\n");
    assertThat(run("./cellblock", "start", "--loader-conf", "my.conf", "-o", "c.d=4 'x'"))
        .isEqualTo("#0");
    assertThat(run("./cellblock", "kenv")).isEqualTo("a.b=1 2\nc.d=4 'x'\n#0");
    assertThat(run("./cellblock", "sh", "-o", "e.f=5", "-o", "noglob", "-c", "kenv; echo *"))
        .isEqualTo("e.f=5\n*\n#0");
    assertThat(run("env", "CELLBLOCK_LOADER_CONF=my.conf", "./cellblock", "sh", "-c", "kenv"))
        .isEqualTo("a.b=1 2\nc.d=3\n#0");
    awaitPrivateKernels();
  }

  @Test
  void a_kernel_whose_environment_is_malformed_is_not_booted() throws Exception {
    assertThat(run("./cellblock", "start", "-o", "a.b"))
        .isEqualTo("cellblock: tunable a.b: not of the form name=value\n#1");
    assertThat(run("./cellblock", "start", "--tunable", "a b=1"))
        .isEqualTo("cellblock: tunable a b=1: bad name of a variable: 'a b'\n#1");
    assertThat(run("./cellblock", "start", "--loader-conf", "none.conf"))
        .isEqualTo("cellblock: " + root + "/none.conf: No such file or directory\n#1");
    Files.writeString(root.resolve("my.conf"), "a=1\nwhat is this\n");
    assertThat(run("./cellblock", "start", "--loader-conf=my.conf"))
        .isEqualTo(
            "cellblock: " + root + "/my.conf:2: not of the form name=\"value\": what is this\n#1");
    assertThat(run("./cellblock", "start", "a.b=1")).startsWith("usage: ").endsWith("#64");
    assertThat(run("./cellblock", "start", "--tunable"))
        .isEqualTo("cellblock: option --tunable needs a value\n#64");
    assertThat(run("./cellblock", "status")).endsWith("#69");
  }

  @Test
  void a_command_that_is_misused_says_how_it_is_used() throws Exception {
    for (String command : List.of("stop", "status", "env")) {
      assertThat(run("./cellblock", command, "x"))
          .isEqualTo("usage: cellblock " + command + "\n#64");
    }
    assertThat(run("./cellblock", "shims")).isEqualTo("usage: cellblock shims DIR\n#64");
    assertThat(run("./cellblock", "shims", "a", "b")).isEqualTo("usage: cellblock shims DIR\n#64");
    assertThat(run("./cellblock", "demo", "1", "2")).isEqualTo("usage: cellblock demo [SEED]\n#64");
    assertThat(run("./cellblock", "sim")).startsWith("usage: cellblock sim [-o").endsWith("#64");
  }

  @ParameterizedTest
  @ValueSource(strings = {"demo", "sh", "sim", "start", "stop", "status", "env", "shims", "bench"})
  void a_command_that_is_asked_for_help_says_how_it_is_used(String command) throws Exception {
    assertThat(run("./cellblock", command, "--help"))
        .startsWith("usage: cellblock " + command)
        .endsWith("\n#0");
  }

  @Test
  void a_new_commit_is_noticed_in_a_worktree_too() throws Exception {
    Path own = Files.createDirectories(folder.resolve("repo/.git/worktrees/tree/logs"));
    Files.writeString(root.resolve(".git"), "gitdir: " + own.getParent() + "\n");
    Path log = Files.writeString(own.resolve("HEAD"), "");
    FileTime built = Files.getLastModifiedTime(root.resolve("build/jdk"));
    Files.setLastModifiedTime(log, FileTime.fromMillis(built.toMillis() - 10_000));
    assertThat(run("./cellblock", "status")).endsWith("#69");
    Files.setLastModifiedTime(log, FileTime.fromMillis(built.toMillis() + 10_000));
    assertThat(run("./cellblock", "status")).contains("cellblock: building with ");
    Files.delete(log);
  }

  @Test
  void what_a_killed_kernel_left_is_cleared_by_the_next() throws Exception {
    assumeTrue(Files.isReadable(Path.of("/proc/self/limits")));
    assertThat(run("./cellblock", "start")).isEqualTo("#0");
    Process orphan = start("./cellblock", "enter", "3", "sh", "-c", "echo up; exec sleep 1000");
    assertThat(orphan.inputReader().readLine()).isEqualTo("up");
    ProcessHandle.allProcesses()
        .filter(p -> p.info().commandLine().orElse("").contains(root + "/build/lib"))
        .filter(p -> p.info().commandLine().orElse("").contains("cellblock.daemon.Main"))
        .forEach(ProcessHandle::destroyForcibly);
    String started = "";
    while (!started.equals("#0")) {
      started = run("./cellblock", "start"); // until the killed one's lock is gone
    }
    assertThat(orphan.waitFor()).isEqualTo(137);
    assertThat(run("./cellblock", "status")).startsWith("running, 0").endsWith("#0");
  }

  @Test
  void mistakes_are_told_in_a_line() throws Exception {
    assertThat(run("./cellblock", "frobnicate"))
        .isEqualTo("cellblock: frobnicate: no such command or tool (./cellblock help)\n#64");
    assertThat(run("./cellblock", "shims")).isEqualTo("usage: cellblock shims DIR\n#64");
    assertThat(run("./cellblock", "help")).startsWith("usage: ./cellblock COMMAND").endsWith("#0");
    socket = folder.resolve("k".repeat(100)).resolve("control");
    assertThat(run("./cellblock", "start")).startsWith("cellblock: socket path too long");
    socket = Path.of("/proc/nowhere/control");
    assertThat(run("./cellblock", "start")).doesNotContain("Exception").endsWith("#1");
  }

  @Test
  void the_jvms_own_variables_neither_speak_nor_get_lost() throws Exception {
    assertThat(run("./cellblock", "start")).isEqualTo("#0");
    String call = "JAVA_TOOL_OPTIONS=-Da=b ./build/bin/enter 3 sh -c 'echo $JAVA_TOOL_OPTIONS'";
    assertThat(run("sh", "-c", call)).isEqualTo("-Da=b\n#0");
  }
}
