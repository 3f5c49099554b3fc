package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.daemon.KernelDoor;
import cellblock.daemon.LocalShell;
import cellblock.host.Kernel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** rtadvd(8) in a router between two hosts that use rtsol(8): three jails in real time. */
class RouterAdvertTest {
  @TempDir Path folder;

  private static String ok(LocalShell shell, String command) {
    LocalShell.Result r = shell.line(command);
    assertThat(r.err()).as("stderr of %s", command).isEmpty();
    assertThat(r.status()).as("status of %s", command).isZero();
    return r.out();
  }

  private static String autoconf(LocalShell shell, String jail, String ifname) {
    String all = ok(shell, "jexec " + jail + " ifconfig " + ifname + " inet6");
    Matcher m =
        Pattern.compile("inet6 (2001:\\S+) prefixlen 64 autoconf pltime \\d+ vltime \\d+")
            .matcher(all);
    assertThat(m.find()).as(all).isTrue();
    return m.group(1);
  }

  @Test
  void hosts_make_addresses_and_routes_of_what_a_router_advertises() throws Exception {
    Path conf = folder.resolve("rtadvd.conf");
    Files.writeString(
        conf,
        """
        # both links
        default:\\
        \t:maxinterval#30:rltime#600:vltime#3600:pltime#1800:\\
        \t:raflags="o":mtu#1400:
        """);
    try (Kernel kernel = Kernel.boot(Kernel.Config.defaults(41))) {
      LocalShell shell = new LocalShell(KernelDoor.of(kernel), folder);
      setUp(shell);
      Thread daemon =
          Thread.ofPlatform()
              .start(() -> shell.line("jexec r rtadvd -f -c rtadvd.conf epair0b epair1a"));
      assertThat(shell.line("jexec h rtsol -d epair0a").err()).contains("received RA from fe80::");
      ok(shell, "jexec i rtsol epair1b");
      String h = autoconf(shell, "h", "epair0a");
      String i = autoconf(shell, "i", "epair1b");
      assertThat(h).startsWith("2001:db8:1:");
      assertThat(i).startsWith("2001:db8:2:");
      assertThat(ok(shell, "jexec h ping -6 -c 1 " + i)).contains("hlim=63").contains(" " + h);
      assertThat(ok(shell, "jexec h ndp -r"))
          .containsPattern("^fe80::\\S+%epair0a if=epair0a, flags=O, pref=medium, expire=9m5\\ds");
      assertThat(ok(shell, "jexec h ndp -p"))
          .containsPattern(
              "2001:db8:1::/64 if=epair0a\\nflags=LAO vltime=3600, pltime=1800, expire=59m5\\ds, "
                  + "ref=1\\n  advertised by\\n    fe80::\\S+%epair0a \\(reachable\\)");
      assertThat(ok(shell, "jexec r netstat -s -p icmp6")).contains("router advertisement: ");
      daemon.interrupt();
      assertThat(daemon.join(Duration.ofSeconds(30))).isTrue();
      long end = System.nanoTime() + 10_000_000_000L;
      while (!ok(shell, "jexec h ndp -r").isEmpty() && System.nanoTime() < end) {
        Thread.onSpinWait();
      }
      assertThat(ok(shell, "jexec h ndp -r")).as("after the router's farewell").isEmpty();
      assertThat(ok(shell, "jexec h netstat -rn -f inet6")).doesNotContain("default");
    }
  }

  private static void setUp(LocalShell shell) {
    """
    jail -c name=h vnet persist
    jail -c name=r vnet persist
    jail -c name=i vnet persist
    ifconfig epair create
    ifconfig epair create
    ifconfig epair0a vnet h
    ifconfig epair0b vnet r
    ifconfig epair1a vnet r
    ifconfig epair1b vnet i
    jexec h sysctl net.inet6.ip6.dad_count=0
    jexec r sysctl net.inet6.ip6.dad_count=0
    jexec i sysctl net.inet6.ip6.dad_count=0
    jexec r sysctl net.inet6.ip6.forwarding=1
    jexec r ifconfig epair0b inet6 2001:db8:1::1/64 up
    jexec r ifconfig epair1a inet6 2001:db8:2::1/64 up
    jexec h ifconfig epair0a inet6 -ifdisabled accept_rtadv up
    jexec i ifconfig epair1b inet6 -ifdisabled accept_rtadv up
    """
        .lines()
        .forEach(line -> ok(shell, line));
  }

  @Test
  void a_configuration_that_does_not_parse_is_named_with_its_line() throws Exception {
    Files.writeString(folder.resolve("bad.conf"), "# one\nepair0a:\\\n\t:rltime#soon:\n");
    try (Kernel kernel = Kernel.boot(Kernel.Config.defaults(42))) {
      LocalShell shell = new LocalShell(KernelDoor.of(kernel), folder);
      LocalShell.Result r = shell.line("rtadvd -f -c bad.conf lo0");
      assertThat(r.err()).isEqualTo("rtadvd: bad.conf:2: rltime: not a number\n");
      assertThat(r.status()).isEqualTo(1);
    }
  }
}
