package cellblock.it.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What shell scripts do with jails and what lives in them, by the real client and daemon. */
@Timeout(600)
final class JailScriptsTest {
  /** How often the jails of {@link #CONF} come and go; 200 in the profile "soak". */
  private static final int CYCLES = Integer.getInteger("cellblock.shell.cycles", 3);

  /** In the style of the files that people use to crash a host with. */
  private static final String CONF =
      """
      # defaults of every jail
      path = "/";
      exec.clean;
      persist;
      vnet = new;
      $net = "192.0.2";
      vnet.interface = "epair${unit}b";
      exec.prestart  = "/sbin/ifconfig epair${unit} create";
      exec.prestart += "/sbin/ifconfig epair${unit}a inet ${net}.${host}/30 up";
      exec.start  = "/bin/sh /etc/rc";
      exec.start += "/sbin/ifconfig epair${unit}b inet ${net}.${peer}/30";
      exec.start += "/sbin/route add default ${net}.${host}";
      exec.stop  = "/bin/sh /etc/rc.shutdown";
      exec.poststop = "/sbin/ifconfig epair${unit}a destroy";

      north { $unit = 7; $host = 1; $peer = 2; }
      south { $unit = 8; $host = 5; $peer = 6; }
      """;

  @TempDir private static Path folder;
  private static Tree tree;

  @BeforeAll
  static void build() throws Exception {
    tree = new Tree(folder);
  }

  /** A script's output and, last, its status. */
  private static String sh(String script) throws Exception {
    Tree.Result result = tree.script("exec 2>&1\n" + script);
    return result.out() + "#" + result.status();
  }

  @Test
  void jails_of_a_jail_conf_come_are_pinged_and_go_again_and_again() throws Exception {
    Files.writeString(tree.work().resolve("jail.conf"), CONF);
    String cycle =
        """
        i=0
        while [ $i -lt %d ]; do
          i=$((i + 1))
          jail -q -f jail.conf -c >made || { echo "cycle $i: create"; cat made; exit 1; }
          ping -q -c 1 -t 5 192.0.2.2 >pinged || { echo "cycle $i: ping"; cat pinged; exit 1; }
          jexec south ping -q -c 1 -t 5 192.0.2.5 >pinged || { echo "cycle $i: jexec ping"; exit 1; }
          jail -q -f jail.conf -r north south || { echo "cycle $i: remove"; exit 1; }
        done
        ifconfig -l
        jls -d jid
        netstat -rn -f inet | awk '$1 ~ /^192/'
        """
            .formatted(CYCLES);
    assertThat(sh(cycle)).isEqualTo("lo0\n#0");
  }

  @Test
  void a_jail_runs_a_shell_and_makes_a_jail_inside_and_both_end_with_it() throws Exception {
    assertThat(
            sh(
                """
                jail -c host.hostname=test path=/ children.max=4 vnet command=/bin/sh -c '
                  hostname; ifconfig -l; sysctl -n security.jail.children.max
                  jail -c name=in host.hostname=inner path=/ vnet command=/bin/sh -c "hostname; jls name"
                  jls name; echo out'
                echo "status $?"
                jls -d name
                """))
        .isEqualTo("test\nlo0\n4\ninner\nout\nstatus 0\n#0");
  }

  @Test
  void the_shell_in_a_jail_has_the_terminal() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "script(1) is not installed");
    assertThat(
            sh(
                """
                cat >typed <<'END'
                stty -echo; PS1=; tty >/dev/null && echo a terminal
                hostname
                exit
                END
                script -qec "jail -c host.hostname=test path=/ children.max=4 vnet command=/bin/sh" \
                  /dev/null <typed >seen
                echo "status $?"
                grep -c 'a terminal' seen
                tr -d '\\r' <seen | grep -x 'test'
                jls -d name
                """))
        .endsWith("test\n#0")
        .startsWith("status 0\n");
  }

  @Test
  void a_jail_without_persist_ends_with_its_last_process() throws Exception {
    assertThat(
            sh(
                """
                mkfifo door
                jail -c name=brief path=/ vnet command=/bin/sh -c "read line <$PWD/door >/dev/null 2>&1 &"
                jls name
                echo go >door
                while jls -d -j brief >/dev/null 2>&1; do :; done
                echo gone
                """))
        .isEqualTo("brief\ngone\n#0");
  }

  @Test
  void jexec_is_the_process_that_the_shell_sees() throws Exception {
    assertThat(
            sh(
                """
                jail -c name=a vnet persist
                jexec a sh -c 'exit 7'; echo "exit $?"
                rm -f up; mkfifo up
                jexec a sh -c 'echo x >up; exec sleep 1000' & read x <up; kill $!; wait $!; echo "TERM $?"
                jexec a sh -c 'echo x >up; exec sleep 1000' & read x <up; kill -9 $!; wait $!; echo "KILL $?"
                jexec a sh -c 'echo x >up; exec sleep 1000' & read x <up; jail -r a; echo "removed $?"
                wait $!; echo "died $?"
                jail -c name=b vnet persist
                timeout 2 jexec b sleep 1000; echo "timeout $?"
                timeout 2 jexec b ping -q 127.0.0.1 >/dev/null 2>&1; echo "timeout $?"
                """))
        .contains("exit 7\n", "TERM 143\n", "KILL 137\n", "removed 0\n", "died 143\n")
        .endsWith("timeout 124\ntimeout 124\n#0");
  }

  @Test
  void an_interrupted_ping_prints_its_statistics_and_ends_with_its_own_status() throws Exception {
    String heard =
        sh(
            """
            mkfifo heard
            # interrupt COMMAND...: when it has printed two lines
            interrupt() {
              "$@" >heard 2>&1 &
              { read -r one; read -r two; kill -INT $!; cat; } <heard
              wait $!; echo "status $?"
            }
            interrupt ping -i 0.2 127.0.0.1
            interrupt ping 203.0.113.9
            """);
    assertThat(heard)
        .contains("0.0% packet loss\nround-trip min/avg/max/stddev = ", " ms\nstatus 0\n")
        .contains("0 packets received, 100.0% packet loss\n")
        .endsWith("status 2\n#0");
  }

  @Test
  void an_interrupted_jail_leaves_nothing_half_made() throws Exception {
    String heard =
        sh(
            """
            ifconfig epair create
            for hook in prestart created start poststart; do
              # timeout has a process group of its own: all of it is told, as by a terminal
              timeout --preserve-status 1000 jail -c name=half vnet persist vnet.interface=epair0b \\
                exec.$hook="kill -INT 0; sleep 1000"
              [ $? -ne 0 ] || echo "$hook: status 0"
              jls -d name
              ifconfig -l
            done
            """);
    assertThat(heard.lines().filter(l -> l.startsWith("lo0")).toList()).hasSize(4);
    assertThat(heard.lines().filter(l -> l.startsWith("lo0")))
        .allSatisfy(l -> assertThat(l).contains("epair0a", "epair0b"));
    assertThat(heard).doesNotContain("half\n", "status 0").endsWith("#0");
  }

  @Test
  void mistakes_get_a_message_and_a_status_and_harm_nobody() throws Exception {
    String heard =
        sh(
            """
            jail -c name=ok vnet persist
            try() { "$@" && echo "status 0: $*"; }
            try ifconfig no0
            try ifconfig no0 destroy
            try jail -r no
            try jexec no true
            try kldunload no
            try kldload ./no.jar
            echo garbage >broken.jar; try kldload ./broken.jar
            try jail -c name=ok persist
            try ifconfig lo0 vnet no
            printf 'a { persist;\\nb { persist; }\\n' >bad.conf; try jail -f bad.conf -c
            try jail -c name=plain vnet ip4.addr=192.0.2.1 persist
            jls name
            """);
    assertThat(heard)
        .contains(
            "ifconfig: interface no0 does not exist\n",
            "jail: \"no\" not found\n",
            "jexec: jail \"no\" not found\n",
            "kldunload: can't find file no\n",
            "kldload: can't load ./no.jar: No such file or directory\n",
            "kldload: an error occurred while loading module ./broken.jar. Please check dmesg(8)",
            "jail: \"ok\" already exists\n",
            "bad.conf:3: ",
            "jail: vnet jails cannot have IP address restrictions\n")
        .doesNotContain("status 0", "Exception", "\tat ")
        .endsWith("ok\n#0");
  }
}
