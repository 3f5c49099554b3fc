package cellblock.userland.net;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.control.IfRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArpTest {
  private final ModelKernel kernel = new ModelKernel().withEpair();

  private ToolRun run(String line) {
    return ToolRun.of(kernel, line);
  }

  private void neighbor(String address, String link, long expires) {
    kernel.neighbors.put(
        address,
        new IfRequest.NeighborInfo(address, link, "epair0a", expires < 0, false, expires, "reachable"));
  }

  @Test
  void the_table_has_a_line_for_each_neighbour() {
    neighbor("192.0.2.1", "02:00:00:00:00:01", -1);
    neighbor("192.0.2.2", "02:00:00:00:00:02", 1187);
    neighbor("192.0.2.3", null, 0);
    assertThat(run("arp -an").out())
        .isEqualTo(
            """
            ? (192.0.2.1) at 02:00:00:00:00:01 on epair0a permanent [ethernet]
            ? (192.0.2.2) at 02:00:00:00:00:02 on epair0a expires in 1187 seconds [ethernet]
            ? (192.0.2.3) at (incomplete) on epair0a expired [ethernet]
            """);
    assertThat(run("arp -ni epair0a 192.0.2.2").out()).startsWith("? (192.0.2.2) at ");
    assertThat(run("arp -ni epair0b -a").out()).isEmpty();
  }

  @Test
  void an_address_without_an_entry_is_told_on_stdout() {
    assertThat(run("arp -n 192.0.2.9"))
        .isEqualTo(new ToolRun(1, "192.0.2.9 (192.0.2.9) -- no entry\n", ""));
    assertThat(run("arp -n -i epair0a 192.0.2.9").out())
        .isEqualTo("192.0.2.9 (192.0.2.9) -- no entry on epair0a\n");
  }

  @Test
  void entries_are_set_and_deleted() {
    assertThat(run("arp -s 192.0.2.7 2:0:0:0:0:7")).isEqualTo(new ToolRun(0, "", ""));
    assertThat(run("arp -n 192.0.2.7").out())
        .isEqualTo("? (192.0.2.7) at 02:00:00:00:00:07 on epair0a permanent [ethernet]\n");
    assertThat(run("arp -S 192.0.2.7 02:00:00:00:00:08 temp pub only"))
        .isEqualTo(new ToolRun(0, "192.0.2.7 (192.0.2.7) deleted\n", ""));
    assertThat(run("arp -an").out())
        .isEqualTo(
            "? (192.0.2.7) at 02:00:00:00:00:08 on epair0a expires in 1200 seconds published [ethernet]\n");
    assertThat(run("arp -nd 192.0.2.7").out()).isEqualTo("192.0.2.7 (192.0.2.7) deleted\n");
    assertThat(run("arp -d 192.0.2.7"))
        .isEqualTo(new ToolRun(1, "", "arp: delete 192.0.2.7: No such file or directory\n"));
  }

  @Test
  void deleting_all_leaves_the_own_addresses() {
    run("ifconfig epair0a 192.0.2.5/24");
    neighbor("192.0.2.5", "02:00:00:00:00:0a", -1);
    neighbor("192.0.2.6", "02:00:00:00:00:06", 10);
    assertThat(run("arp -d -a").out()).isEqualTo("192.0.2.6 (192.0.2.6) deleted\n");
  }

  @Test
  void proxy_arp_finds_the_interface_of_the_network() {
    run("ifconfig epair0a 192.0.2.5/24");
    assertThat(run("arp -s 192.0.2.44 auto pub"))
        .isEqualTo(
            new ToolRun(0, "using interface epair0a for proxy with address 02:00:00:00:00:0a\n", ""));
    assertThat(run("arp -s 10.0.0.1 auto pub"))
        .isEqualTo(new ToolRun(1, "", "arp: no interface found for 10.0.0.1\n"));
  }

  @Test
  void a_file_is_taken_line_by_line(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("hosts"), "# comment\n192.0.2.8 02:00:00:00:00:08\nbad\n");
    ToolRun run = ToolRun.of(kernel, List.of("arp", "-f", "hosts"), folder);
    assertThat(run).isEqualTo(new ToolRun(1, "", "arp: bad line: bad\n"));
    assertThat(kernel.neighbors).containsKey("192.0.2.8");
  }

  @Test
  void the_table_as_json() {
    neighbor("192.0.2.1", "02:00:00:00:00:01", -1);
    assertThat(run("arp -an --libxo json").out())
        .isEqualTo(
            "{\"__version\": \"1\", \"arp\": {\"arp-cache\": [{\"hostname\":\"?\",\"ip-address\":\"192.0.2.1\","
                + "\"mac-address\":\"02:00:00:00:00:01\",\"interface\":\"epair0a\",\"permanent\":true,"
                + "\"type\":\"ethernet\"}]}}\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "arp -i foo -a|1|arp: interface foo does not exist",
        "arp -i lo0 -s 192.0.2.1 2:0:0:0:0:1|1|arp: -i not applicable to this operation",
        "arp -s 192.0.2.1 nonsense|1|arp: invalid Ethernet address 'nonsense'",
        "arp -s nonsense 2:0:0:0:0:1|1|arp: nonsense: Unknown host",
        "arp -s 192.0.2.1 2:0:0:0:0:1 reject blackhole|1|arp: Choose one of blackhole or reject, not both.",
        "arp -f missing|1|arp: cannot open missing: No such file or directory",
      })
  void mistakes_have_freebsds_words_and_status(String line, int status, String message) {
    assertThat(run(line)).isEqualTo(new ToolRun(status, "", message + "\n"));
    assertThat(run("arp").err()).startsWith("usage: arp [-n] [-i interface] hostname\n");
    assertThat(run("arp -d -s").status()).isOne();
  }
}
