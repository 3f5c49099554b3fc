package cellblock.userland.misc;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.userland.world.Shell;
import cellblock.userland.world.Shell.Outcome;
import cellblock.userland.world.World;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SysctlTest {
  @TempDir Path cwd;
  private World world;
  private Shell shell;

  @BeforeEach
  void boot() {
    world = new World();
    shell = new Shell(world, cwd);
  }

  private void prints(String out, String... words) {
    assertThat(shell.run(words)).isEqualTo(new Outcome(0, out, ""));
  }

  private void fails(String message, String... words) {
    assertThat(shell.run(words)).isEqualTo(new Outcome(1, "", "sysctl: " + message + "\n"));
  }

  @Test
  void reading_shows_name_and_value() {
    prints("net.inet.ip.ttl: 64\n", "sysctl", "net.inet.ip.ttl");
    prints("64\n", "sysctl", "-n", "net.inet.ip.ttl");
    prints("net.inet.ip.ttl=64\n", "sysctl", "-e", "net.inet.ip.ttl");
    prints("net.inet.ip.ttl\n", "sysctl", "-N", "net.inet.ip.ttl");
    prints("net.inet.ip.ttl: What net.inet.ip.ttl is\n", "sysctl", "-d", "net.inet.ip.ttl");
    prints("net.inet.ip.ttl: integer\n", "sysctl", "-t", "net.inet.ip.ttl");
    prints("net.inet.ip.ttl: 0x00000040\n", "sysctl", "-x", "net.inet.ip.ttl");
    prints("64", "sysctl", "-b", "net.inet.ip.ttl");
    prints("kern.ostype: FreeBSD\nnet.fibs: 4\n", "sysctl", "kern.ostype", "net.fibs");
  }

  @Test
  void setting_shows_the_old_and_the_new_value() {
    prints("net.inet.ip.forwarding: 0 -> 1\n", "sysctl", "net.inet.ip.forwarding=1");
    prints("1 -> 0\n", "sysctl", "-n", "net.inet.ip.forwarding=0");
    prints("net.inet.ip.ttl: 64 -> 16\n", "sysctl", "net.inet.ip.ttl=0x10");
    prints("net.inet.ip.ttl: 16 -> 8\n", "sysctl", "-w", "net.inet.ip.ttl=010");
  }

  @Test
  void a_branch_shows_all_below_it() {
    prints("net.inet.ip.forwarding: 0\nnet.inet.ip.ttl: 64\n", "sysctl", "net.inet");
    prints("net.inet.ip.forwarding\nnet.inet.ip.ttl\n", "sysctl", "-N", "net.inet.");
    assertThat(shell.run("sysctl", "-a").out()).contains("kern.ostype: FreeBSD\n", "net.fibs: 4\n");
    prints("kern.msgbuf_clear\nnet.inet.ip.forwarding\nnet.inet.ip.ttl\n", "sysctl", "-aNW");
    prints("net.fibs\n", "sysctl", "-aNT");
    assertThat(shell.run("sysctl", "-aNV").out()).doesNotContain("kern.ostype");
  }

  @Test
  void unknown_names_are_counted() {
    fails("unknown oid 'net.no'", "sysctl", "net.no");
    fails("unknown oid 'net.no'", "sysctl", "net.no=1");
    assertThat(shell.run("sysctl", "-q", "net.no")).isEqualTo(new Outcome(1, "", ""));
    assertThat(shell.run("sysctl", "-qn", "net.no")).isEqualTo(new Outcome(1, "", ""));
    assertThat(shell.run("sysctl", "-i", "-n", "net.no")).isEqualTo(new Outcome(0, "", ""));
    assertThat(shell.run("sysctl", "-iW", "net.no")).isEqualTo(new Outcome(0, "", ""));
    assertThat(shell.run("sysctl", "a", "net.fibs", "b"))
        .isEqualTo(
            new Outcome(2, "net.fibs: 4\n", "sysctl: unknown oid 'a'\nsysctl: unknown oid 'b'\n"));
  }

  @Test
  void what_cannot_be_set_is_told_why() {
    fails("oid 'kern.ostype' is read only", "sysctl", "kern.ostype=x");
    fails(
        "oid 'net.fibs' is a read only tunable\nsysctl: Tunable values are set in /boot/loader.conf",
        "sysctl",
        "net.fibs=2");
    fails("oid 'net.inet' isn't a leaf node", "sysctl", "net.inet=1");
    fails("invalid integer 'x'", "sysctl", "net.inet.ip.ttl=x");
    fails("empty numeric value", "sysctl", "net.inet.ip.ttl=");
    assertThat(shell.run("sysctl", "net.inet.ip.ttl=999"))
        .isEqualTo(
            new Outcome(1, "net.inet.ip.ttl: 64\n", "sysctl: net.inet.ip.ttl: Invalid argument\n"));
  }

  @Test
  void a_file_sets_many() {
    shell.file(
        "c", "# comment\nnet.inet.ip.ttl = 32\n\nnet.no=1 # x\nnet.inet.ip.forwarding=\"1\"\n");
    assertThat(shell.run("sysctl", "-f", "c"))
        .isEqualTo(
            new Outcome(
                1,
                "net.inet.ip.ttl: 64 -> 32\nnet.inet.ip.forwarding: 0 -> 1\n",
                "sysctl: unknown oid 'net.no' at line 4\n"));
    fails("none: No such file or directory", "sysctl", "-f", "none");
  }

  @Test
  void temperatures_are_shown_in_celsius() {
    world.variable("dev.t", "3001", "int", "IK", false, false);
    prints("dev.t: 26.9C\n", "sysctl", "dev.t");
  }

  @Test
  void usage_is_an_error() {
    assertThat(shell.run("sysctl").err()).startsWith("usage: sysctl ");
    assertThat(shell.run("sysctl", "-Nn", "x").status()).isEqualTo(1);
    assertThat(shell.run("sysctl", "-Z").err()).startsWith("sysctl: illegal option -- Z\nusage");
  }
}
