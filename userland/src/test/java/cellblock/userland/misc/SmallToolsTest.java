package cellblock.userland.misc;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.userland.world.Shell;
import cellblock.userland.world.Shell.Outcome;
import cellblock.userland.world.World;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SmallToolsTest {
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

  private void fails(int status, String message, String... words) {
    assertThat(shell.run(words)).isEqualTo(new Outcome(status, "", message + "\n"));
  }

  @Test
  void kenv_shows_what_the_loader_gave_the_kernel() {
    prints("net.fibs=\"4\"\n", "kenv");
    prints("net.fibs\n", "kenv", "-N");
    prints("", "kenv", "-h");
    prints("4\n", "kenv", "net.fibs");
    prints("net.fibs=\"4\"\n", "kenv", "-v", "net.fibs");
    fails(255, "kenv: unable to get net.none", "kenv", "net.none");
    assertThat(shell.run("kenv", "-q", "net.none")).isEqualTo(new Outcome(255, "", ""));
    fails(255, "kenv: unable to set net.fibs to 5", "kenv", "net.fibs=5");
    fails(255, "kenv: unable to unset net.fibs", "kenv", "-u", "net.fibs");
    assertThat(shell.run("kenv", "-u").err()).startsWith("usage: kenv [-hNq]\n");
  }

  @Test
  void hostname_shows_and_sets_the_name_of_its_jail() {
    prints("host.example.org\n", "hostname");
    prints("host\n", "hostname", "-s");
    prints("example.org\n", "hostname", "-d");
    shell.run("jail", "-c", "name=a", "persist", "host.hostname=in");
    prints("", "jexec", "a", "hostname", "new.test");
    prints("new.test\n", "jexec", "a", "hostname", "-f");
    prints("host.example.org\n", "hostname");
    assertThat(shell.run("hostname", "-sd").status()).isEqualTo(1);
  }

  @Test
  void kldstat_lists_files_and_finds_modules() {
    prints(
        """
        Id Refs Address                Size Name
         1    3 0xffffffff80200000  1d345b0 kernel
         2    1 0xffffffff8261a000     3220 if_epair.ko
        """,
        "kldstat");
    prints(
        """
        Id Refs Address                Size Name
         2    1 0xffffffff8261a000     3220 if_epair.ko (/boot/kernel/if_epair.ko)
        \tContains modules:
        \t\t Id Name
        \t\t  7 if_epair
        """,
        "kldstat",
        "-v",
        "-n",
        "if_epair");
    prints("Id  Refs Name\n  7    1 if_epair\n", "kldstat", "-m", "if_epair");
    prints("", "kldstat", "-q", "-m", "if_epair");
    prints("", "kldstat", "-qn", "if_epair.ko");
    assertThat(shell.run("kldstat", "-q", "-m", "no")).isEqualTo(new Outcome(1, "", ""));
    fails(1, "kldstat: can't find module no: No such file or directory", "kldstat", "-m", "no");
    fails(1, "kldstat: can't find file no: No such file or directory", "kldstat", "-n", "no");
    fails(1, "kldstat: can't stat file id 9: No such file or directory", "kldstat", "-i", "9");
  }

  @Test
  void kldload_tells_what_went_wrong() {
    prints("", "kldload", "if_new");
    prints("Loaded if_new, id=3\n", "kldload", "-v", "if_new");
    prints("", "kldload", "-n", "if_epair");
    fails(
        1,
        "kldload: can't load if_epair: module already loaded or in kernel",
        "kldload",
        "if_epair");
    fails(1, "kldload: can't load no: No such file or directory", "kldload", "no");
    fails(
        1,
        "kldload: an error occurred while loading module broken. Please check dmesg(8) for more"
            + " details.",
        "kldload",
        "broken");
    assertThat(shell.run("kldload", "-q", "no")).isEqualTo(new Outcome(1, "", ""));
    fails(1, "usage: kldload [-nqv] file ...", "kldload");
  }

  @Test
  void kldunload_finds_by_name_and_by_number() {
    prints("Unloading if_epair.ko, id=2\n", "kldunload", "-v", "if_epair");
    fails(1, "kldunload: can't find file if_epair", "kldunload", "if_epair");
    fails(1, "kldunload: can't unload file: Device busy", "kldunload", "-i", "1");
    assertThat(shell.run("kldunload").status()).isEqualTo(64);
  }

  @Test
  void dmesg_leaves_out_what_programs_logged() {
    prints("the kernel\nplain\n", "dmesg");
    prints("a program\nthe kernel\nplain\n", "dmesg", "-a");
  }

  @Test
  void getaddrinfo_knows_numbers_localhost_and_the_host_table() {
    prints(
        "stream inet tcp 192.0.2.1 80\n",
        "getaddrinfo",
        "-t",
        "stream",
        "-s",
        "http/tcp",
        "192.0.2.1");
    prints(
        "dgram inet6 udp ::1 53\n",
        "getaddrinfo",
        "-f",
        "inet6",
        "-p",
        "udp",
        "-s",
        "domain",
        "::1");
    Path root = cwd.resolve("root");
    shell.file("root/etc/hosts", "192.0.2.7 server.test server # x\n2001:db8::7 server\n");
    shell.export("JPATH", root.toString());
    prints(
        "stream inet tcp 192.0.2.7 0\nstream inet6 tcp 2001:db8::7 0\n",
        "getaddrinfo",
        "-t",
        "stream",
        "-p",
        "tcp",
        "SERVER");
    prints(
        "stream inet tcp 127.0.0.1 0\n", "getaddrinfo", "-finet", "-ptcp", "-tstream", "localhost");
    fails(1, "getaddrinfo: Name does not resolve", "getaddrinfo", "no.such.host");
    fails(1, "getaddrinfo: Name does not resolve", "getaddrinfo", "-n", "server");
    fails(
        1,
        "getaddrinfo: Service was not recognized for socket type",
        "getaddrinfo",
        "-s",
        "nosuch",
        "::1");
    assertThat(shell.run("getaddrinfo", "-f", "x", "::1").err())
        .startsWith("getaddrinfo: invalid address family: x\nUsage: getaddrinfo ");
  }

  @Test
  void numeric_addresses_are_told_from_names() {
    for (String good :
        new String[] {"::", "::1", "1::", "1:2:3:4:5:6:7:8", "::1.2.3.4", "fe80::1%e0"}) {
      assertThat(Addresses.isInet6(good)).as(good).isTrue();
    }
    for (String bad :
        new String[] {"", ":", ":::", "1:2", "1::2::3", "g::", "1:2:3:4:5:6:7:8:9", "1.2.3.4"}) {
      assertThat(Addresses.isInet6(bad)).as(bad).isFalse();
    }
    assertThat(Addresses.isInet("255.0.0.1")).isTrue();
    assertThat(Addresses.isInet("256.0.0.1")).isFalse();
    assertThat(Addresses.isInet("1.2.3")).isFalse();
  }
}
