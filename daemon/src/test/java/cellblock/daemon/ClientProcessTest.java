package cellblock.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cellblock.control.session.Frame;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real client processes against a server in this JVM. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ClientProcessTest {
  private static final int KERNEL = 0x7e57;

  @TempDir Path folder;
  private Path path;
  private HostProcesses processes;
  private TestDoor door;
  private ControlServer server;

  @BeforeEach
  void start() throws Exception {
    path = folder.resolve("control");
    processes = new HostProcesses(KERNEL);
    door = new TestDoor(processes);
    processes.open(door);
    server = ControlServer.start(SocketPath.claim(path, KERNEL), door, processes, "", line -> {});
  }

  @AfterEach
  void stop() throws Exception {
    for (int jid = 1; jid < 9; jid++) {
      assertThat(processes.killAll(jid, Duration.ofSeconds(20))).isTrue();
    }
    server.close();
  }

  private static String classes(Class<?> one) throws Exception {
    CodeSource source = one.getProtectionDomain().getCodeSource();
    return Path.of(source.getLocation().toURI()).toString();
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  private static List<String> command(String... args) throws Exception {
    String classPath =
        classes(Class.forName("cellblock.client.Main")) + File.pathSeparator + classes(Frame.class);
    List<String> command = new ArrayList<>(List.of(java(), "-XX:+UseSerialGC"));
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-XX:-MaxFDLimit", "-cp", classPath, "cellblock.client.Main"));
    command.addAll(List.of(args));
    return command;
  }

  private Process client(String... args) throws Exception {
    return start(command(args));
  }

  private Process start(List<String> command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("CELLBLOCK_"));
    builder.environment().put("CELLBLOCK_SOCKET", path.toString());
    return builder.redirectErrorStream(true).start();
  }

  /** Output and status of a whole run. */
  private static String all(Process process) throws Exception {
    try (InputStream in = process.getInputStream()) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return text + "#" + process.waitFor();
    }
  }

  private static String line(Process process) throws IOException {
    BufferedReader reader = process.inputReader();
    return reader.readLine();
  }

  private static void signal(String name, long pid) throws Exception {
    assertThat(new ProcessBuilder("kill", "-s", name, Long.toString(pid)).start().waitFor())
        .isZero();
  }

  @Test
  void a_call_prints_and_ends_as_its_tool_does() throws Exception {
    assertThat(all(client("echo", "a b", "ü", ""))).isEqualTo("a b ü \n#0");
  }

  @Test
  void without_a_kernel_one_line_says_so() throws Exception {
    server.close();
    assertThat(all(client("echo")))
        .isEqualTo("echo: no kernel at " + path + " (cellblock start)\n#69");
  }

  @Test
  void a_tool_that_reads_a_line_leaves_the_rest_to_the_shell() throws Exception {
    Path input = Files.writeString(folder.resolve("input"), "one\ntwo\n");
    String script = String.join(" ", quoted(command("first"))) + "; cat";
    ProcessBuilder builder = new ProcessBuilder("sh", "-c", script);
    builder.environment().put("CELLBLOCK_SOCKET", path.toString());
    assertThat(all(builder.redirectInput(input.toFile()).start())).isEqualTo("one\ntwo\n#0");
  }

  /** A zombie is dead: nobody may be there to reap it. */
  private static void awaitDeath(long pid) {
    ProcTable.Entry entry = ProcTable.entry(pid);
    while (entry != null && !entry.zombie()) {
      Thread.onSpinWait();
      entry = ProcTable.entry(pid);
    }
  }

  private static List<String> quoted(List<String> words) {
    List<String> quoted = new ArrayList<>();
    words.forEach(word -> quoted.add("'" + word + "'"));
    return quoted;
  }

  @Test
  void an_interrupt_that_the_tool_catches_decides_nothing_by_itself() throws Exception {
    Process client = client("wait");
    assertThat(line(client)).isEqualTo("waiting");
    signal("INT", client.pid());
    assertThat(line(client)).isEqualTo("told");
    assertThat(client.waitFor()).isEqualTo(3);
  }

  @Test
  void a_signal_that_the_tool_does_not_catch_kills_the_client() throws Exception {
    Map<String, Integer> numbers = Map.of("HUP", 1, "INT", 2, "TERM", 15);
    for (String name : List.of("HUP", "INT", "TERM")) {
      int number = numbers.get(name);
      if (ignoredHere(number)) {
        System.out.println(
            "SIG" + name + " is ignored by whoever started this test, so by all below");
        continue;
      }
      Process client = client("hang");
      assertThat(line(client)).isEqualTo("hanging");
      signal(name, client.pid());
      assertThat(client.waitFor()).isEqualTo(128 + number);
    }
  }

  /**
   * Whether a signal is ignored in this process (nohup, a shell's background), and inherited so.
   */
  private static boolean ignoredHere(int number) throws IOException {
    Path status = Path.of("/proc/self/status");
    for (String line : Files.exists(status) ? Files.readAllLines(status) : List.<String>of()) {
      if (line.startsWith("SigIgn:")) {
        long mask = Long.parseUnsignedLong(line.substring(7).strip(), 16);
        return (mask >>> (number - 1) & 1) != 0;
      }
    }
    return false;
  }

  @Test
  void jexec_becomes_the_program_with_its_pid_status_and_descriptors() throws Exception {
    Process client = client("enter", "5", "sh", "-c", "echo $$ $CELLBLOCK_JAIL; exit 42");
    assertThat(all(client)).isEqualTo(client.pid() + " 5\n#42");
    assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")));
    assertThat(all(client("enter", "5", "ls", "/proc/self/fd")).split("\n"))
        .as("the listing has one of its own")
        .hasSizeBetween(4, 5)
        .contains("0", "1", "2", "3");
  }

  @Test
  void without_native_access_a_child_stands_for_the_program() throws Exception {
    List<String> command = command("enter", "5", "sh", "-c", "echo $CELLBLOCK_JAIL; exit 42");
    command.remove("--enable-native-access=ALL-UNNAMED");
    command.add(1, "--illegal-native-access=deny");
    assertThat(all(start(command))).isEqualTo("5\n#42");
    command.set(command.size() - 1, "trap 'echo term; exit 9' TERM; echo up; read x");
    Process client = start(command);
    assertThat(line(client)).isEqualTo("up");
    signal("TERM", client.pid());
    assertThat(line(client)).isEqualTo("term");
    assertThat(client.waitFor()).isEqualTo(9);
    command.set(command.indexOf("enter"), "run");
    command.set(command.size() - 1, "exit 6");
    assertThat(all(start(command))).isEqualTo("status 6\n#6");
  }

  @Test
  void a_program_that_does_not_exist_is_reported_by_the_tool() throws Exception {
    assertThat(all(client("enter", "5", "/no/such")))
        .isEqualTo("enter: execvp(): /no/such: No such file or directory\n#1");
    assertThat(all(client("run", "5", "nosuchprogram")))
        .isEqualTo("run: exec nosuchprogram: No such file or directory\nstatus 1\n#1");
  }

  @Test
  void a_script_without_an_interpreter_line_is_the_shells() throws Exception {
    Path script = Files.writeString(folder.resolve("script"), "echo script $1\n");
    assertThat(script.toFile().setExecutable(true)).isTrue();
    assertThat(all(client("enter", "5", script.toString(), "x"))).isEqualTo("script x\n#0");
    assertThat(all(client("run", "5", script.toString(), "x"))).isEqualTo("script x\nstatus 0\n#0");
  }

  @Test
  void signals_go_to_the_program_itself() throws Exception {
    Process client =
        client("enter", "5", "sh", "-c", "trap 'echo term; exit 9' TERM; echo up; read x");
    assertThat(line(client)).isEqualTo("up");
    signal("TERM", client.pid());
    assertThat(line(client)).isEqualTo("term");
    assertThat(client.waitFor()).isEqualTo(9);
  }

  @Test
  void a_child_has_the_callers_streams_and_its_status_comes_back() throws Exception {
    Process client =
        client("run", "5", "sh", "-c", "read x; echo got $x in $CELLBLOCK_JAIL; exit 4");
    client.outputWriter().append("line\n").close();
    assertThat(all(client)).isEqualTo("got line in 5\nstatus 4\n#4");
    assertThat(all(client("run", "5", "sh", "-c", "kill -9 $$"))).isEqualTo("status 137\n#137");
  }

  @Test
  void killing_a_client_kills_the_child_that_it_runs() throws Exception {
    Process client = client("run", "5", "sh", "-c", "echo $$; exec sleep 1000");
    long child = Long.parseLong(line(client));
    while (door.running.values().stream().noneMatch(p -> p.hostPid() == child)) {
      Thread.onSpinWait(); // until the daemon knows of it
    }
    client.destroyForcibly();
    awaitDeath(child);
  }

  @Test
  void a_jail_finds_and_kills_what_belongs_to_it() throws Exception {
    Process client = client("enter", "5", "sh", "-c", "sleep 1000 & echo up; read x");
    assertThat(line(client)).isEqualTo("up");
    assertThat(processes.of(5)).hasSize(2);
    assertThat(processes.of(6)).isEmpty();
    assertThat(processes.killAll(5, Duration.ofSeconds(20))).isTrue();
    assertThat(client.waitFor()).isEqualTo(137);
    assertThat(processes.of(5)).isEmpty();
  }

  @Test
  void a_process_that_left_session_parents_and_environment_is_still_found() throws Exception {
    assumeTrue(Files.isReadable(Path.of("/proc/self/limits")));
    String runaway = "(env -i setsid sh -c 'echo $$; exec sleep 1000 >/dev/null 2>&1' &)";
    Process client = client("enter", "5", "sh", "-c", runaway);
    long pid = Long.parseLong(line(client));
    assertThat(client.waitFor()).isZero();
    ProcessHandle left = ProcessHandle.of(pid).orElseThrow();
    assertThat(processes.of(5)).contains(left);
    assertThat(processes.killAll(5, Duration.ofSeconds(20))).isTrue();
    awaitDeath(pid);
  }

  @Test
  void what_an_ended_program_leaves_behind_keeps_the_jail_inhabited() throws Exception {
    Process client = client("enter", "5", "sh", "-c", "sleep 1000 >/dev/null 2>&1 & echo $!");
    long left = Long.parseLong(line(client));
    assertThat(client.waitFor()).isZero();
    while (door.running.values().stream().noneMatch(p -> p.hostPid() == left && p.jid() == 5)) {
      Thread.onSpinWait(); // until it was adopted
    }
    assertThat(processes.killAll(5, Duration.ofSeconds(20))).isTrue();
    while (!door.running.isEmpty()) {
      Thread.onSpinWait();
    }
  }

  @Test
  void a_dying_jail_is_empty_only_when_its_runaways_are_dead() throws Exception {
    String runaway = "(setsid sh -c 'echo $$; exec sleep 1000 >/dev/null 2>&1' &); read x";
    Process client = client("enter", "5", "sh", "-c", runaway);
    long left = Long.parseLong(line(client));
    door.dying.add(5);
    while (door.running.values().stream().noneMatch(p -> p.hostPid() != 0)) {
      Thread.onSpinWait();
    }
    door.running.values().forEach(process -> process.signalled().signal("KILL"));
    while (!door.running.isEmpty()) {
      Thread.onSpinWait();
    }
    ProcTable.Entry entry = ProcTable.entry(left);
    assertThat(entry == null || entry.zombie()).isTrue();
  }

  @Test
  void a_tool_called_in_a_jail_acts_in_that_jail() throws Exception {
    String where = String.join(" ", quoted(command("where")));
    assertThat(all(client("where"))).startsWith("jid 0 ");
    assertThat(all(client("enter", "5", "sh", "-c", where))).startsWith("jid 5 ");
    assertThat(all(client("run", "6", "sh", "-c", where))).startsWith("jid 6 ");
    assertThat(all(client("enter", "5", "sh", "-c", "unset CELLBLOCK_JAIL; " + where)))
        .startsWith("jid 5 ");
    assumeTrue(Files.isReadable(Path.of("/proc/self/limits")));
    assertThat(all(client("enter", "5", "env", "-i", "sh", "-c", where + "; :")))
        .as("the socket is found by the mark")
        .contains("jid 5 ");
  }

  @Test
  void a_process_without_an_environment_has_the_fib_of_the_one_it_descends_from() throws Exception {
    String where = String.join(" ", quoted(command("where")));
    Process shell =
        start(List.of("sh", "-c", "read x; env -i CELLBLOCK_SOCKET=" + path + " " + where));
    processes.register(5, 1, shell.pid(), "sh");
    shell.outputWriter().append("go\n").close();
    assertThat(all(shell)).startsWith("jid 5 fib 1 ");
  }

  @Test
  void a_tool_that_is_executed_runs_in_place_in_the_jail() throws Exception {
    assertThat(all(client("enter", "5", "where"))).startsWith("jid 5 ");
    assertThat(all(client("enter", "5", "/sbin/where"))).startsWith("jid 5 ");
    assertThat(all(client("enter", "99", "where"))).endsWith("#1");
  }
}
