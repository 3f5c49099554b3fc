package cellblock.userland.jls;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.userland.world.Shell;
import cellblock.userland.world.Shell.Outcome;
import cellblock.userland.world.World;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JlsTest {
  @TempDir Path cwd;
  private World world;
  private Shell shell;

  @BeforeEach
  void boot() {
    world = new World();
    shell = new Shell(world, cwd);
    shell.run(
        "jail",
        "-c",
        "name=web",
        "persist",
        "vnet",
        "host.hostname=web.example.org",
        "cpuset.id=2");
    shell.run(
        "jail", "-c", "name=db", "persist", "ip4.addr=192.0.2.1,192.0.2.2", "meta=a b c", "env=1");
  }

  private void prints(String out, String... words) {
    assertThat(shell.run(words)).isEqualTo(new Outcome(0, out, ""));
  }

  @Test
  void the_default_table_is_aligned_as_freebsds() {
    prints(
        """
           JID  IP Address      Hostname                      Path
             1                  web.example.org               /
             2  192.0.2.1                                     /
        """,
        "jls");
  }

  @Test
  void n_shows_names_in_the_place_of_numbers() {
    prints(
        " JID             IP Address      Hostname                      Path\n"
            + " web                             web.example.org               /\n",
        "jls",
        "-N",
        "-j",
        "web");
  }

  @Test
  void verbose_takes_several_lines() {
    prints(
        """
           JID  Hostname                      Path
                Name                          State
                CPUSetID
                IP Address(es)
             1  web.example.org               /
                web                           ACTIVE
                2
             2                                /
                db                            ACTIVE
                0
                192.0.2.1
                192.0.2.2
        """,
        "jls",
        "-v");
  }

  @Test
  void a_dying_jail_is_shown_only_on_request_and_tells_what_holds_it() {
    world.startDying("web");
    assertThat(shell.run("jls").out()).doesNotContain("web");
    assertThat(shell.run("jls", "-d").out()).contains("web.example.org");
    assertThat(shell.run("jls", "-dv").out()).contains("DYING SHUTDOWN: 1 udp socket\n");
    prints("true\n", "jls", "-d", "-j1", "dying");
  }

  @Test
  void named_parameters_are_printed_in_their_order() {
    prints("1\n", "jls", "-j", "web", "jid");
    prints("web 1 new true\n", "jls", "-j1", "name", "jid", "vnet", "persist");
    prints("- \"\"\n", "jls", "-jweb", "ip4.addr", "osrelease");
    prints("a b c 192.0.2.1,192.0.2.2\n", "jls", "-jdb", "meta", "ip4.addr");
    prints("\"a b c\" 1\n", "jls", "-q", "-jdb", "meta", "env");
  }

  @Test
  void one_line_of_a_buffer_has_a_name_of_its_own() {
    shell.run("jail", "-c", "name=m", "persist", "meta=a=1\nb=2 3\n");
    prints("2 3\n", "jls", "-jm", "meta.b");
    prints("\"\" 1\n", "jls", "-jm", "meta.c", "meta.a");
  }

  @Test
  void booleans_are_flags_in_name_value_form() {
    prints("persist allow.noraw_sockets\n", "jls", "-n", "-jweb", "persist", "allow.raw_sockets");
    prints("persist\n", "jls", "-n", "-jweb", "nopersist");
    prints("jid=2 ip4.addr=192.0.2.1,192.0.2.2\n", "jls", "-n", "-jdb", "jid", "ip4.addr");
  }

  @Test
  void all_parameters_begin_with_those_without_a_dot() {
    String line = shell.run("jls", "-n", "-jdb").out();
    assertThat(line)
        .startsWith("nodying env=1 host=\"\" ip4=\"\" jid=2 meta=a b c name=db")
        .contains(" vnet=inherit allow.nomount allow.noraw_sockets children.cur=\"\"");
    assertThat(shell.run("jls", "-h", "-jdb").out())
        .startsWith(
            "dying env host ip4 jid meta name osrelease path persist securelevel vnet allow");
  }

  @Test
  void s_leaves_out_what_cannot_be_set() {
    String line = shell.run("jls", "-s", "-jdb").out();
    assertThat(line).doesNotContain("dying", "children.cur", "ip4.addr").contains("meta=\"a b c\"");
  }

  @Test
  void c_only_returns_a_status() {
    assertThat(shell.run("jls", "-c", "-j", "web")).isEqualTo(new Outcome(0, "", ""));
    assertThat(shell.run("jls", "-cj", "5309")).isEqualTo(new Outcome(1, "", ""));
  }

  @Test
  void an_absent_jail_and_an_unknown_parameter_are_errors() {
    assertThat(shell.run("jls", "-j", "x"))
        .isEqualTo(new Outcome(1, "", "jls: jail \"x\" not found\n"));
    assertThat(shell.run("jls", "-j", "9"))
        .isEqualTo(new Outcome(1, "", "jls: jail 9 not found\n"));
    assertThat(shell.run("jls", "foo"))
        .isEqualTo(new Outcome(1, "", "jls: unknown parameter: foo\n"));
    assertThat(shell.run("jls", "-z").err())
        .isEqualTo("jls: illegal option -- z\njls: " + JlsOptions.USAGE + "\n");
  }

  @Test
  void json_is_that_of_libxo() {
    prints(
        "{\"__version\": \"2\", \"jail-information\": {\"jail\":"
            + " [{\"name\":\"db\",\"meta\":\"a b c\"}]}}\n",
        "jls",
        "-jdb",
        "--libxo",
        "json",
        "name",
        "meta");
    prints(
        "{\"__version\": \"2\", \"jail-information\": {\"jail\":"
            + " [{\"jid\":1,\"ipv4\":\"\",\"hostname\":\"web.example.org\",\"path\":\"/\"},"
            + " {\"jid\":2,\"ipv4\":\"192.0.2.1\",\"hostname\":\"\",\"path\":\"/\"}]}}\n",
        "jls",
        "--libxo=json");
    prints(
        "{\"__version\": \"2\", \"jail-information\": {\"jail\": [{\"jid\":2,\"hostname\":\"\","
            + "\"path\":\"/\",\"name\":\"db\",\"state\":\"ACTIVE\",\"cpusetid\":0,"
            + " \"ipv4_addrs\": [\"192.0.2.1\",\"192.0.2.2\"]}]}}\n",
        "jls",
        "--libxo:J",
        "-v",
        "-jdb");
    prints(
        "{\"__version\": \"2\", \"jail-information\": {\"jail\":"
            + " [{\"persist\":true, \"ip4.addr\": []}]}}\n",
        "jls",
        "--libxo",
        "json",
        "-n",
        "-jweb",
        "persist",
        "ip4.addr");
  }

  @Test
  void pretty_json_and_xml_are_indented_by_two() {
    prints(
        """
        {
          "__version": "2",
          "jail-information": {
            "jail": [
              {
                "name": "db",
                "jid": "2"
              }
            ]
          }
        }
        """,
        "jls",
        "--libxo",
        "json,pretty",
        "-jdb",
        "name",
        "jid");
    prints(
        """
        <jail-information __version="2">
          <jail>
            <name>db</name>
          </jail>
        </jail-information>
        """,
        "jls",
        "--libxo",
        "xml,pretty",
        "-jdb",
        "name");
    prints(
        "<jail-information __version=\"2\"><jail><name>db</name></jail></jail-information>\n",
        "jls",
        "--libxo",
        "xml",
        "-jdb",
        "name");
  }
}
