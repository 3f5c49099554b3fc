package cellblock.userland.jexec;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.userland.world.Shell;
import cellblock.userland.world.Shell.Outcome;
import cellblock.userland.world.World;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JexecTest {
  @TempDir Path cwd;
  private World world;
  private Shell shell;

  @BeforeEach
  void boot() {
    world = new World();
    shell = new Shell(world, cwd);
    shell.run("jail", "-c", "name=a", "persist", "host.hostname=a.test", "children.max=2");
    shell.run("jexec", "a", "jail", "-c", "name=b", "persist", "host.hostname=b.test");
    world.log().clear();
  }

  private void prints(String out, String... words) {
    assertThat(shell.run(words)).isEqualTo(new Outcome(0, out, ""));
  }

  @Test
  void tools_and_programs_run_inside() {
    prints("a.test\n", "jexec", "a", "hostname");
    prints("a.test\n", "jexec", "1", "/bin/hostname");
    prints("b.test\n", "jexec", "a.b", "hostname");
    prints("b.test\n", "jexec", "a", "jexec", "b", "hostname");
    prints("x\n", "jexec", "a", "sh", "-c", "echo x");
    assertThat(world.log()).containsExactly("[1] spawn sh -c echo x");
  }

  @Test
  void rc_inside_reads_the_jails_own_files() {
    shell.file("root/etc/rc.conf", "hostname=booted\n");
    shell.run("jail", "-c", "name=r", "persist", "path=root");
    prints("", "jexec", "r", "/bin/sh", "/etc/rc");
    prints("booted\n", "jexec", "r", "hostname");
  }

  @Test
  void the_status_is_that_of_the_program() {
    assertThat(shell.run("jexec", "a", "sh", "-c", "exit 7").status()).isEqualTo(7);
    assertThat(shell.run("jexec", "a", "sysctl", "-q", "no.such").status()).isEqualTo(1);
  }

  @Test
  void without_a_command_there_is_a_shell() {
    shell.run("jexec", "a");
    assertThat(world.log()).containsExactly("[1] spawn /bin/sh -i");
  }

  @Test
  void an_unknown_jail_or_program_is_an_error() {
    assertThat(shell.run("jexec", "x", "hostname"))
        .isEqualTo(new Outcome(1, "", "jexec: jail \"x\" not found\n"));
    assertThat(shell.run("jexec", "77", "hostname"))
        .isEqualTo(new Outcome(1, "", "jexec: jail 77 not found\n"));
    assertThat(shell.run("jexec", "a", "nosuchprogram"))
        .isEqualTo(new Outcome(1, "", "jexec: execvp: nosuchprogram: No such file or directory\n"));
    assertThat(shell.run("jexec").err()).startsWith("usage: jexec ");
  }

  @Test
  void l_cleans_the_environment_and_e_adds_to_it() {
    prints("|root|1\n", "jexec", "-l", "-e", "X=1", "a", "sh", "-c", "echo \"$EDITOR|$USER|$X\"");
    prints("ed\n", "jexec", "a", "sh", "-c", "echo $EDITOR");
  }

  @Test
  void setfib_takes_a_number_in_three_forms() {
    for (String form : new String[] {"2", "-2", "-F2"}) {
      prints("x\n", "setfib", form, "sh", "-c", "echo x");
    }
    prints("a.test\n", "jexec", "a", "setfib", "1", "hostname");
    assertThat(shell.run("setfib", "4", "hostname"))
        .isEqualTo(new Outcome(1, "", "setfib: 4: invalid FIB (max 3)\n"));
    assertThat(shell.run("setfib", "1", "nosuchprogram"))
        .isEqualTo(new Outcome(127, "", "setfib: nosuchprogram: No such file or directory\n"));
    assertThat(shell.run("setfib", "1").err()).isEqualTo("usage: setfib [-[F]]value command\n");
  }
}
