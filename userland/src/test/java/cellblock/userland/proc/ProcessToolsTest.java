package cellblock.userland.proc;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.userland.world.Shell;
import cellblock.userland.world.Shell.Outcome;
import cellblock.userland.world.World;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessToolsTest {
  @TempDir Path cwd;
  private World world;
  private Shell shell;

  @BeforeEach
  void boot() {
    world = new World();
    shell = new Shell(world, cwd);
    shell.run("jail", "-c", "name=a", "persist");
    world.process("", "ping 192.0.2.1", false);
    world.process("a", "/sbin/ping 192.0.2.2", false);
    world.process("a", "inetd", false);
    world.log().clear();
  }

  @Test
  void killall_reaches_only_its_own_jail() {
    assertThat(shell.run("jexec", "a", "killall", "ping")).isEqualTo(new Outcome(0, "", ""));
    assertThat(world.log()).containsExactly("kill TERM /sbin/ping 192.0.2.2");
  }

  @Test
  void killall_takes_signals_and_patterns() {
    assertThat(shell.run("killall", "-s", "-KILL", "inetd").out()).isEqualTo("kill -KILL 103\n");
    shell.run("killall", "-9", "-m", "^pi");
    shell.run("killall", "-SIGHUP", "-j", "a", "inetd");
    assertThat(world.log())
        .containsExactly(
            "kill KILL ping 192.0.2.1", "kill KILL /sbin/ping 192.0.2.2", "kill HUP inetd");
  }

  @Test
  void killall_says_when_there_is_nothing() {
    assertThat(shell.run("killall", "nosuch"))
        .isEqualTo(new Outcome(1, "", "No matching processes were found\n"));
    assertThat(shell.run("killall", "-q", "nosuch")).isEqualTo(new Outcome(1, "", ""));
    assertThat(shell.run("killall", "-NOSIG", "x").err())
        .startsWith("killall: unknown signal NOSIG; valid signals:\nHUP INT QUIT");
    assertThat(shell.run("killall").err()).startsWith("usage: killall ");
    assertThat(shell.run("killall", "-l").out()).contains("TERM URG STOP");
  }

  @Test
  void daemon_writes_pid_files_and_output() throws Exception {
    Outcome outcome =
        shell.run(
            "daemon",
            "-p",
            "pid",
            "-o",
            "out",
            "/bin/sh",
            "-c",
            "until [ -s pid ]; do :; done; cat pid; echo $$");
    assertThat(outcome.status()).isZero();
    String[] pids = Files.readString(cwd.resolve("out")).split("\n");
    assertThat(pids).hasSize(2);
    assertThat(pids[0]).isEqualTo(pids[1]);
    assertThat(cwd.resolve("pid")).doesNotExist();
    assertThat(world.log().getFirst()).endsWith(" &");
  }

  @Test
  void daemon_complains_of_what_it_cannot_do() {
    assertThat(shell.run("daemon").err()).startsWith("usage: daemon ");
    assertThat(shell.run("daemon", "-R", "x", "true"))
        .isEqualTo(new Outcome(6, "", "daemon: invalid restart delay\n"));
    assertThat(shell.run("daemon", "-o", "no/dir/x", "true"))
        .isEqualTo(new Outcome(7, "", "daemon: open: No such file or directory\n"));
  }
}
