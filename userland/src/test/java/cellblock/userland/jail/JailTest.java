package cellblock.userland.jail;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.userland.world.Shell;
import cellblock.userland.world.Shell.Outcome;
import cellblock.userland.world.World;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JailTest {
  @TempDir Path cwd;
  private World world;
  private Shell shell;

  @BeforeEach
  void boot() {
    world = new World();
    shell = new Shell(world, cwd);
  }

  private void conf(String text) {
    shell.file("jail.conf", text);
  }

  private void quietly(String... words) {
    assertThat(shell.run(words)).isEqualTo(new Outcome(0, "", ""));
  }

  private void fails(String message, String... words) {
    assertThat(shell.run(words)).isEqualTo(new Outcome(1, "", message + "\n"));
  }

  private void prints(String out, String... words) {
    assertThat(shell.run(words)).isEqualTo(new Outcome(0, out, ""));
  }

  @Test
  void a_jail_from_the_command_line_says_nothing() {
    quietly("jail", "-c", "name=a", "vnet", "persist");
    assertThat(world.jails()).containsExactly("a");
    quietly("jail", "-r", "a");
    assertThat(world.log()).containsExactly("create a", "remove a");
  }

  @Test
  void i_prints_the_jid_alone() {
    prints("1\n", "jail", "-i", "-c", "name=a", "persist");
  }

  @Test
  void several_removals_are_told_and_begin_with_the_last() {
    quietly("jail", "-c", "name=a", "persist");
    quietly("jail", "-c", "name=b", "persist");
    prints("2: removed\na: removed\n", "jail", "-r", "a", "2");
  }

  @Test
  void an_unknown_jail_cannot_be_removed() {
    fails("jail: \"x\" not found", "jail", "-r", "x");
    fails("jail: \"7\" not found", "jail", "-R", "7");
  }

  @Test
  void unknown_parameters_and_bad_values_are_refused_before_anything_is_made() {
    fails("jail: unknown parameter: foo", "jail", "-c", "name=a", "persist", "foo=1");
    fails("jail: persist: unknown boolean value \"perhaps\"", "jail", "-c", "persist=perhaps");
    fails("jail: vnet: unknown jailsys value \"x\"", "jail", "-c", "persist", "vnet=x");
    fails("jail: children.max: non-integer value \"x\"", "jail", "-c", "children.max=x");
    fails("jail: ip4.addr: not an IPv4 address: 1.2", "jail", "-c", "persist", "ip4.addr=1.2");
    fails("jail: exec.timeout: non-integer value \"x\"", "jail", "-c", "exec.timeout=x");
    fails("jail: exec.clean: unknown boolean value \"x\"", "jail", "-c", "exec.clean=x");
    assertThat(world.log()).isEmpty();
  }

  @Test
  void unknown_parameters_in_a_file_carry_the_name_of_the_jail() {
    conf("x { persist; foo; allow.nofoo; }");
    fails(
        "jail: x: unknown parameter: foo\njail: x: unknown parameter: allow.nofoo",
        "jail",
        "-f",
        "jail.conf",
        "-c",
        "x");
  }

  @Test
  void the_kernels_own_words_are_shown() {
    fails("jail: new jail must persist or attach", "jail", "-c", "name=a");
    quietly("jail", "-c", "name=a", "persist");
    fails("jail: \"a\" already exists", "jail", "-c", "name=a", "persist");
  }

  @Test
  void nested_jails_count_against_children_max() {
    quietly("jail", "-c", "name=base", "persist", "children.max=1");
    quietly("jexec", "base", "jail", "-c", "name=n", "persist");
    assertThat(world.jails()).containsExactly("base", "base.n");
    fails("jail: prison limit exceeded", "jexec", "base", "jail", "-c", "name=second", "persist");
    quietly("jail", "-c", "name=none", "persist");
    fails(
        "jail: jail_set: Operation not permitted",
        "jexec",
        "none",
        "jail",
        "-c",
        "name=n",
        "persist");
    quietly("jexec", "base", "jail", "-r", "n");
    assertThat(world.jails()).containsExactly("base", "none");
  }

  @Test
  void cm_and_rc_choose_by_what_is_there() {
    quietly("jail", "-cm", "name=a", "persist", "ip4.addr=192.0.2.1");
    quietly("jail", "-cm", "name=a", "persist", "host.hostname=new");
    quietly("jail", "-rc", "name=a", "persist", "ip4.addr=192.0.2.1");
    assertThat(world.log()).containsExactly("create a", "remove a", "create a");
    fails("jail: \"b\" not found", "jail", "-m", "name=b", "persist");
  }

  @Test
  void what_is_fixed_at_creation_cannot_be_changed() {
    quietly("jail", "-c", "name=a", "persist", "vnet");
    fails("jail: vnet cannot be changed after creation", "jail", "-m", "name=a", "vnet=inherit");
    quietly("jail", "-m", "name=a", "vnet=new", "meta=x", "meta.key=v");
    quietly("jail", "-cmr", "name=a", "persist", "vnet=inherit");
    assertThat(world.log()).containsExactly("create a", "remove a", "create a");
  }

  @Test
  void a_command_runs_inside_and_the_jail_ends_with_it() {
    prints("hello\n", "jail", "-c", "name=a", "vnet", "command=/bin/sh", "-c", "echo hello");
    assertThat(world.log())
        .containsExactly("create a", "[1] spawn /bin/sh -c echo hello", "remove a");
  }

  @Test
  void a_tool_as_command_needs_no_process_of_the_host() {
    prints("inner\n", "jail", "-c", "host.hostname=inner", "command=/bin/hostname");
    assertThat(world.log()).containsExactly("create 1", "remove 1");
  }

  @Test
  void a_command_that_fails_takes_the_jail_with_it() {
    fails(
        "jail: /bin/sh -c exit 3: failed",
        "jail",
        "-c",
        "name=a",
        "command=/bin/sh",
        "-c",
        "exit 3");
    assertThat(world.jails()).isEmpty();
    Outcome killed = shell.run("jail", "-c", "name=a", "command=/bin/sh", "-c", "kill -9 $$");
    assertThat(killed.err()).isEqualTo("jail: /bin/sh -c kill -9 $$: exited on signal 9\n");
  }

  @Test
  void a_command_that_is_nowhere_is_said_so() {
    fails(
        "jail: exec nosuchprogram: No such file or directory\njail: nosuchprogram: failed",
        "jail",
        "-c",
        "name=a",
        "command=nosuchprogram");
    assertThat(world.jails()).isEmpty();
  }

  @Test
  void the_steps_come_in_freebsds_order() {
    conf(
        """
        exec.prepare = "ifconfig epair0 create";
        interface = "lo0";
        mount.devfs;
        path = "%s";
        exec.prestart = "ifconfig lo0 prestart";
        exec.created = "ifconfig lo0 created";
        exec.start = "ifconfig lo0 start", "ifconfig lo0 start2";
        exec.poststart = "ifconfig lo0 poststart";
        exec.prestop = "ifconfig lo0 prestop";
        exec.stop = "ifconfig lo0 stop";
        exec.poststop = "ifconfig lo0 poststop";
        exec.release = "ifconfig epair0a destroy";
        a { persist; vnet; vnet.interface = epair0b; ip4.addr = 192.0.2.1, "lo0|192.0.2.2/24 up"; }
        """
            .formatted(cwd));
    world.process("", "x", false);
    assertThat(shell.run("jail", "-f", "jail.conf", "-c", "a").out())
        .isEqualTo("epair0a\na: created\n");
    assertThat(world.log())
        .containsExactly(
            "ifconfig epair0 create",
            "ifconfig lo0 inet 192.0.2.1 netmask 255.255.255.255 alias",
            "ifconfig lo0 inet 192.0.2.2/24 up alias",
            "ifconfig lo0 prestart",
            "create a",
            "ifconfig lo0 created",
            "ifconfig epair0b vnet a",
            "[1] ifconfig lo0 start",
            "[1] ifconfig lo0 start2",
            "ifconfig lo0 poststart");
    world.log().clear();
    prints("a: removed\n", "jail", "-f", "jail.conf", "-r", "a");
    assertThat(world.log())
        .containsExactly(
            "ifconfig lo0 prestop",
            "[1] ifconfig lo0 stop",
            "remove a",
            "ifconfig lo0 poststop",
            "ifconfig lo0 inet 192.0.2.2/24 -alias",
            "ifconfig lo0 inet 192.0.2.1 netmask 255.255.255.255 -alias",
            "ifconfig epair0a destroy");
    assertThat(world.home("epair0b")).isEqualTo(-1);
  }

  @Test
  void an_interface_that_is_not_there_undoes_what_was_done() {
    conf("x { vnet; persist; vnet.interface = epair0a, nosuch; exec.created = true; }");
    shell.run("ifconfig", "epair0", "create");
    Outcome outcome = shell.run("jail", "-f", "jail.conf", "-c", "x");
    assertThat(outcome.status()).isEqualTo(1);
    assertThat(outcome.err())
        .isEqualTo(
            "ifconfig: interface nosuch does not exist\n"
                + "jail: x: /sbin/ifconfig nosuch vnet x: failed\n");
    assertThat(outcome.out()).isEqualTo("x: created\nx: removed\n");
    assertThat(world.jails()).isEmpty();
    assertThat(world.home("epair0a")).isZero();
    assertThat(world.log())
        .containsSubsequence("ifconfig epair0a vnet x", "ifconfig epair0a -vnet x", "remove x");
  }

  @Test
  void a_failed_prestart_makes_nothing_and_takes_back_addresses() {
    conf("x { persist; interface = lo0; ip4.addr = 192.0.2.1/24; exec.prestart = false; }");
    assertThat(shell.run("jail", "-f", "jail.conf", "-c", "x"))
        .isEqualTo(new Outcome(1, "", "jail: x: false: failed\n"));
    assertThat(world.log())
        .containsExactly(
            "ifconfig lo0 inet 192.0.2.1/24 alias",
            "spawn false",
            "ifconfig lo0 inet 192.0.2.1/24 -alias");
  }

  @Test
  void a_failed_prestop_leaves_the_jail_alone() {
    conf("x { persist; exec.prestop = false; }");
    prints("x: created\n", "jail", "-f", "jail.conf", "-c", "x");
    fails("jail: x: false: failed", "jail", "-f", "jail.conf", "-r", "x");
    assertThat(world.jails()).containsExactly("x");
  }

  @Test
  void hooks_know_their_jail() {
    conf(
        """
        path = "%s"; persist;
        exec.poststart = 'echo "$JID $JNAME $JPATH"';
        exec.poststop = 'echo "gone $JID"';
        basejail { exec.prestart = 'echo START'; exec.prestop = "echo STOP"; }
        """
            .formatted(cwd));
    prints("START\n1 basejail " + cwd + "\n", "jail", "-f", "jail.conf", "-qc", "basejail");
    prints("STOP\ngone 1\n", "jail", "-f", "jail.conf", "-qr", "1");
  }

  @Test
  void a_jail_may_be_named_by_a_number_and_have_a_name() {
    conf("5309 { name = basejail; persist; exec.prestop = 'echo STOP'; }");
    prints("5309: created\n", "jail", "-f", "jail.conf", "-c", "5309");
    prints("basejail\n", "jls", "-j", "5309", "name");
    prints("STOP\n5309: removed\n", "jail", "-f", "jail.conf", "-r", "5309");
    conf("5310 { host.hostname = \"${name}\"; persist; }");
    prints("5310: created\n", "jail", "-f", "jail.conf", "-c", "5310");
    prints("5310\n", "jls", "-j", "5310", "host.hostname");
    conf("base { jid = 77; persist; }");
    prints("base: created\n", "jail", "-f", "jail.conf", "-c", "base");
    prints("77\n", "jls", "-j", "base", "jid");
    prints("base: removed\n", "jail", "-f", "jail.conf", "-r", "77");
  }

  @Test
  void redefining_a_name_is_a_mistake() {
    conf("a { name = b; persist; }");
    fails("jail: a: cannot redefine parameter \"name\".", "jail", "-f", "jail.conf", "-c", "a");
  }

  @Test
  void variables_are_put_in_for_each_jail() {
    conf(
        """
        $net = "192.0.2"; host.hostname = "${name}.$dom"; persist;
        $dom = "example.org";
        a { $id = 1; ip4.addr = "$net.$id"; }
        b { $id = 2; ip4.addr = "$net.$id", 192.0.2.9; ip4.addr += 192.0.2.10; $dom = "test"; }
        """);
    prints("a: created\nb: created\n", "jail", "-f", "jail.conf", "-c");
    prints("a.example.org 192.0.2.1\n", "jls", "-j", "a", "host.hostname", "ip4.addr");
    prints(
        "b.test 192.0.2.2,192.0.2.9,192.0.2.10\n", "jls", "-j", "b", "host.hostname", "ip4.addr");
  }

  @Test
  void a_list_may_stand_for_a_list_but_not_inside_a_string() {
    conf("$l = 192.0.2.1, 192.0.2.2; a { persist; ip4.addr = $l; }");
    prints("a: created\n", "jail", "-f", "jail.conf", "-c", "a");
    prints("192.0.2.1,192.0.2.2\n", "jls", "-ja", "ip4.addr");
    conf("$l = 1, 2; a { persist; path = \"/$l\"; }");
    fails(
        "jail: a: path: array cannot be substituted inline", "jail", "-f", "jail.conf", "-c", "a");
  }

  @Test
  void unknown_variables_and_loops_are_named_and_the_jail_is_left_out() {
    conf("a { persist; path = \"/$x\"; } b { persist; } $p = \"$q\"; $q = \"$p\";");
    Outcome outcome = shell.run("jail", "-f", "jail.conf", "-c", "b");
    assertThat(outcome.err()).contains("jail: a: path: variable \"x\" not found\n");
    assertThat(outcome.err()).contains("variable loop");
    assertThat(world.jails()).isEmpty();
  }

  @Test
  void a_variable_must_not_be_called_like_a_parameter() {
    conf("a { persist; $path = /; path = /; }");
    fails(
        "jail: a: variable \"$path\" cannot have the same name as a parameter.",
        "jail",
        "-f",
        "jail.conf",
        "-c",
        "a");
  }

  @Test
  void wildcard_sections_give_defaults_before_and_rules_after() {
    conf(
        """
        "*" { host.hostname = first; persist; children.max = 5; }
        a { host.hostname = own; children.max = 6; }
        a.b { allow.mount; }
        "a.*" { host.hostname = below; }
        "*" { children.max = 7; }
        """);
    prints("a: created\na.b: created\n", "jail", "-f", "jail.conf", "-c");
    prints("own 7\n", "jls", "-ja", "host.hostname", "children.max");
    prints("below 7 true\n", "jls", "-ja.b", "host.hostname", "children.max", "allow.mount");
  }

  @Test
  void a_nested_jail_needs_its_parent() {
    conf("persist; children.max = 9; a { b { } } ");
    prints("a: created\na.b: created\n", "jail", "-f", "jail.conf", "-c", "a.b");
    prints("a.b: removed\na: removed\n", "jail", "-f", "jail.conf", "-r", "a");
  }

  @Test
  void dependencies_order_starts_and_removals() {
    conf("persist; a { depend = c; } b { } c { depend = b; } d { depend = nobody; }");
    Outcome start = shell.run("jail", "-f", "jail.conf", "-c", "a");
    assertThat(start.out()).isEqualTo("b: created\nc: created\na: created\n");
    assertThat(start.err()).isEqualTo("jail: d: depends on undefined jail \"nobody\"\n");
    assertThat(shell.run("jail", "-f", "jail.conf", "-r", "b").out())
        .isEqualTo("a: removed\nc: removed\nb: removed\n");
  }

  @Test
  void a_jail_whose_need_failed_is_skipped() {
    conf("persist; a { depend = b; } b { exec.prestart = false; }");
    assertThat(shell.run("jail", "-f", "jail.conf", "-c", "a"))
        .isEqualTo(new Outcome(1, "", "jail: b: false: failed\njail: a: skipped\n"));
  }

  @Test
  void a_loop_of_dependencies_is_found() {
    conf("persist; a { depend = b; } b { depend = a; } c { }");
    Outcome outcome = shell.run("jail", "-f", "jail.conf", "-c");
    assertThat(outcome.status()).isEqualTo(1);
    assertThat(outcome.out()).isEqualTo("c: created\n");
    assertThat(outcome.err()).isEqualTo("jail: a: dependency loop\njail: b: dependency loop\n");
  }

  @Test
  void stars_choose_jails() {
    conf("persist; children.max = 9; a { x { } y { } } b { }");
    shell.run("jail", "-f", "jail.conf", "-c", "*");
    assertThat(world.jails()).hasSize(4);
    prints("a.y: removed\na.x: removed\n", "jail", "-f", "jail.conf", "-r", "a.*");
    prints("b: removed\na: removed\n", "jail", "-f", "jail.conf", "-r", "*");
    quietly("jail", "-f", "jail.conf", "-r", "*");
  }

  @Test
  void without_a_file_stars_mean_what_runs() {
    quietly("jail", "-c", "name=a1", "persist");
    quietly("jail", "-c", "name=a2", "persist");
    prints("a2: removed\na1: removed\n", "jail", "-f", "none", "-r", "*");
  }

  @Test
  void a_mistake_in_the_file_creates_nothing() {
    conf("a { persist; }\nb {\n  persist;\n");
    assertThat(shell.run("jail", "-f", "jail.conf", "-c"))
        .isEqualTo(
            new Outcome(
                1, "", "jail: jail.conf:4: unexpected EOF: no \"}\" for \"b {\" of line 2\n"));
    assertThat(world.log()).isEmpty();
    fails("jail: none: No such file or directory", "jail", "-f", "none", "-c");
  }

  @Test
  void the_configuration_may_come_from_standard_input() {
    assertThat(shell.run(List.of("jail", "-f", "-", "-c"), "a { persist; }").out())
        .isEqualTo("a: created\n");
    assertThat(shell.run(List.of("jail", "-f", "-", "-c"), "a {").err())
        .isEqualTo("jail: STDIN:1: unexpected EOF: no \"}\" for \"a {\" of line 1\n");
  }

  @Test
  void files_are_included_by_pattern() {
    shell.file("conf.d/2.conf", "b { }");
    shell.file("conf.d/1.conf", "a { }");
    conf("persist; .include \"conf.d/*.conf\";");
    prints("a:b\n", "jail", "-f", "jail.conf", "-e", ":");
    prints("a: created\nb: created\n", "jail", "-f", "jail.conf", "-c");
  }

  @Test
  void processes_are_asked_to_end_before_the_jail_goes() {
    quietly("jail", "-c", "name=a", "persist");
    world.process("a", "daemon1", false);
    prints("a: sent SIGTERM to: 101\na: removed\n", "jail", "-v", "-r", "a");
    assertThat(world.log()).containsExactly("create a", "kill TERM daemon1", "remove a");
  }

  @Test
  void stop_timeout_bounds_the_wait() {
    conf("a { persist; stop.timeout = 2; } b { persist; stop.timeout = 0; }");
    shell.run("jail", "-f", "jail.conf", "-c");
    world.process("a", "stubborn", true);
    world.process("b", "quick", false);
    Outcome outcome = shell.run("jail", "-f", "jail.conf", "-v", "-r", "a");
    assertThat(outcome.out()).contains("a: timed out\na: removed\n");
    world.log().clear();
    prints("b: removed\n", "jail", "-f", "jail.conf", "-r", "b");
    assertThat(world.log()).containsExactly("remove b");
  }

  @Test
  void verbose_shows_each_command() {
    conf(
        "a { vnet; exec.start = \"hostname\"; exec.prestart = 'echo $JNAME'; host.hostname = h; }");
    assertThat(shell.run("jail", "-f", "jail.conf", "-v", "-c", "a").out())
        .isEqualTo(
            """
            a: run command: /bin/sh -c echo $JNAME
            a
            a: jail_set(JAIL_CREATE) persist name=a vnet=new host.hostname=h
            a: created
            a: run command in jail: hostname
            h
            a: jail_set(JAIL_UPDATE) jid=1 nopersist
            """);
    assertThat(world.jails()).isEmpty();
  }

  @Test
  void exec_clean_leaves_little_of_the_environment() {
    conf("a { exec.clean; exec.start = 'echo \"$EDITOR|$USER|$HOME|$CELLBLOCK_SOCKET\"'; }");
    shell.export("CELLBLOCK_SOCKET", "/s");
    prints("|root|/|/s\n", "jail", "-f", "jail.conf", "-q", "-c", "a");
  }

  @Test
  void output_of_commands_inside_may_go_to_a_log() throws Exception {
    Path log = cwd.resolve("console.log");
    conf(
        "a { persist; exec.consolelog = \"%s\"; exec.start = hostname, 'echo $0'; }"
            .formatted(log));
    prints("a: created\n", "jail", "-f", "jail.conf", "-c", "a");
    assertThat(Files.readString(log)).isEqualTo("\"\"\n".replace("\"\"", "") + "/bin/sh\n");
    conf("b { persist; exec.consolelog = rel.log; exec.start = hostname; }");
    assertThat(shell.run("jail", "-f", "jail.conf", "-c", "b").err())
        .isEqualTo("jail: b: exec.consolelog: rel.log: not an absolute pathname\n");
  }

  @Test
  void a_command_that_takes_too_long_is_ended() {
    conf("a { persist; exec.timeout = 1; exec.start = \"/bin/sleep 60\"; }");
    assertThat(shell.run("jail", "-f", "jail.conf", "-c", "a").err())
        .isEqualTo("jail: a: /bin/sleep 60: timed out\n");
    assertThat(world.jails()).isEmpty();
  }

  @Test
  void exec_fib_sets_the_fib_of_commands_inside() {
    conf("a { persist; exec.fib = 2; exec.start = \"setfib 3 hostname\", \"/bin/true\"; }");
    assertThat(shell.run("jail", "-f", "jail.conf", "-q", "-c", "a").status()).isZero();
  }

  @Test
  void an_ampersand_runs_a_command_in_the_background() {
    conf("a { persist; exec.start = \"/bin/true &\"; }");
    shell.run("jail", "-f", "jail.conf", "-q", "-c", "a");
    assertThat(world.log()).contains("[1] spawn /bin/true &");
  }

  @Test
  void rc_is_a_stand_in_that_reads_rc_conf_below_the_path() {
    shell.file(
        "root/etc/rc.conf",
        """
        # network
        hostname="in.example.org"
        ifconfig_epair0b="inet 192.0.2.2/24 mtu 1400"; gw=192.0.2.1
        ifconfig_epair0b_alias0="inet 192.0.2.3/32"
        defaultrouter="${gw}"
        static_routes="a b:epair0b"
        route_a="-net 198.51.100.0/24 192.0.2.7" # far
        route_b='-host 203.0.113.1 192.0.2.8'
        gateway_enable="YES"
        """);
    shell.run("ifconfig", "epair0", "create");
    conf(
        """
        a { persist; vnet; path = "%s"; vnet.interface = epair0b;
          exec.start = "/bin/sh /etc/rc"; exec.stop = "/bin/sh /etc/rc.shutdown jail"; }
        """
            .formatted(cwd.resolve("root")));
    world.log().clear();
    prints("a: created\n", "jail", "-f", "jail.conf", "-c", "a");
    assertThat(world.log())
        .containsExactly(
            "create a",
            "ifconfig epair0b vnet a",
            "[1] ifconfig lo0 inet 127.0.0.1/8",
            "[1] ifconfig lo0 up",
            "[1] ifconfig epair0b inet 192.0.2.2/24 mtu 1400",
            "[1] ifconfig epair0b up",
            "[1] ifconfig epair0b inet 192.0.2.3/32 alias",
            "route add default 192.0.2.1",
            "route add -net 198.51.100.0/24 192.0.2.7",
            "route add -host 203.0.113.1 192.0.2.8");
    prints("in.example.org\n", "jexec", "a", "hostname");
    prints("net.inet.ip.forwarding: 1\n", "jexec", "a", "sysctl", "net.inet.ip.forwarding");
    prints("a: removed\n", "jail", "-f", "jail.conf", "-r", "a");
  }

  @Test
  void an_interrupt_leaves_no_half_made_jail() {
    conf("a { persist; vnet; vnet.interface = epair0b; exec.start = 'sleep 100; true'; }");
    shell.run("ifconfig", "epair0", "create");
    shell.whenSpawned("/bin/sh -c sleep 100; true", () -> shell.signal("INT"));
    Outcome outcome = shell.run("jail", "-f", "jail.conf", "-c", "a");
    assertThat(outcome.status()).isEqualTo(130);
    assertThat(world.jails()).isEmpty();
    assertThat(world.home("epair0b")).isZero();
  }

  @Test
  void a_caller_that_goes_away_leaves_no_half_made_jail() {
    conf("a { persist; vnet; vnet.interface = epair0b; exec.start = 'sleep 100; true'; }");
    shell.run("ifconfig", "epair0", "create");
    shell.whenSpawned("/bin/sh -c sleep 100; true", Thread.currentThread()::interrupt);
    Outcome outcome = shell.run("jail", "-f", "jail.conf", "-c", "a");
    assertThat(outcome.status()).isEqualTo(Shell.INTERRUPTED);
    assertThat(world.jails()).isEmpty();
    assertThat(world.home("epair0b")).isZero();
  }

  @Test
  void a_restart_stops_what_needs_the_jail_and_starts_only_the_jail() {
    conf("persist; a { depend = b; } b { } c { }");
    shell.run("jail", "-f", "jail.conf", "-c");
    prints("b: created\n", "jail", "-f", "jail.conf", "-rc", "b");
    assertThat(world.jails()).containsExactly("c", "b");
  }

  @Test
  void the_old_form_still_works() {
    prints("old\n", "jail", "/", "old", "192.0.2.1", "/bin/hostname");
    prints("n\n", "jail", "-n", "n", "/", "x", "", "/bin/sh", "-c", "echo n");
    assertThat(world.log()).contains("create n");
  }

  @Test
  void a_jid_file_describes_the_jail() throws Exception {
    quietly("jail", "-J", "jid", "-c", "name=a", "persist", "host.hostname=a b");
    assertThat(Files.readString(cwd.resolve("jid")))
        .isEqualTo("jid=1 name=a persist host.hostname=\"a b\"\n");
  }

  @Test
  void a_path_must_be_a_folder() {
    fails(
        "jail: path /no/where: No such file or directory",
        "jail",
        "-c",
        "path=/no/where",
        "persist");
    conf("a { persist; path = rel; } b { persist; path = \"/etc/passwd\"; }");
    fails("jail: a: path rel: not an absolute pathname", "jail", "-f", "jail.conf", "-c", "a");
    fails("jail: b: path /etc/passwd: Not a directory", "jail", "-f", "jail.conf", "-c", "b");
  }

  @Test
  void usage_goes_to_standard_error() {
    for (String[] words :
        new String[][] {{"jail"}, {"jail", "-r"}, {"jail", "-r", "a=b"}, {"jail", "-z"}}) {
      Outcome outcome = shell.run(words);
      assertThat(outcome.status()).isEqualTo(1);
      assertThat(outcome.err()).contains("usage: jail [-dhilqv]");
    }
    assertThat(shell.run("jail", "-z").err()).startsWith("jail: illegal option -- z\n");
  }

  @Test
  void cleaning_up_runs_what_follows_a_removal() {
    conf("a { persist; exec.poststop = 'echo post'; exec.prestop = 'echo pre'; }");
    prints("post\n", "jail", "-f", "jail.conf", "-C", "a");
    shell.run("jail", "-f", "jail.conf", "-c");
    fails("jail: \"a\" already exists", "jail", "-f", "jail.conf", "-C", "a");
  }

  @Test
  void a_hundred_cycles_leave_nothing() {
    conf(
        """
        $pair = "epair7"; vnet; persist;
        exec.prestart = "ifconfig ${pair} create";
        vnet.interface = "${pair}b";
        exec.start = "/bin/sh /etc/rc", "ifconfig ${pair}b 192.0.2.2/24";
        exec.poststop = "ifconfig ${pair}a destroy";
        a { }
        """);
    for (int i = 0; i < 100; i++) {
      assertThat(shell.run("jail", "-f", "jail.conf", "-qc", "a").err()).isEmpty();
      assertThat(shell.run("jail", "-f", "jail.conf", "-qr", "a"))
          .isEqualTo(new Outcome(0, "", ""));
    }
    assertThat(world.jails()).isEmpty();
    assertThat(world.home("epair7b")).isEqualTo(-1);
    assertThat(world.log()).noneMatch(line -> line.contains("spawn"));
  }
}
