package cellblock.userland.net;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.userland.NetTools;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Command lines at random from the tools' own words: whatever they are, they end as commands end.
 */
class FuzzTest {
  private static final List<String> WORDS =
      List.of(
          "-a",
          "-l",
          "-n",
          "-r",
          "-s",
          "-i",
          "-d",
          "-f",
          "-j",
          "-c",
          "-q",
          "-v",
          "-W",
          "-b",
          "-4",
          "-6",
          "-S",
          "-M",
          "-p",
          "-t",
          "-w",
          "-z",
          "-Z",
          "-G",
          "-g",
          "-h",
          "-R",
          "-D",
          "-I",
          "-F",
          "-net",
          "-host",
          "-iface",
          "-blackhole",
          "-fib",
          "-mtu",
          "-netmask",
          "-prefixlen",
          "-inet6",
          "-dst",
          "-gateway",
          "--",
          "-",
          "--libxo",
          "json",
          "xml,pretty",
          "-rn4",
          "-nc1",
          "create",
          "destroy",
          "up",
          "down",
          "mtu",
          "alias",
          "-alias",
          "delete",
          "netmask",
          "broadcast",
          "inet",
          "inet6",
          "ether",
          "link",
          "name",
          "vnet",
          "-vnet",
          "group",
          "-group",
          "descr",
          "fib",
          "metric",
          "txcsum",
          "-tso",
          "addm",
          "static",
          "tunnel",
          "vhid",
          "pltime",
          "anycast",
          "unplug",
          "plug",
          "add",
          "change",
          "get",
          "flush",
          "monitor",
          "default",
          "temp",
          "pub",
          "only",
          "auto",
          "reject",
          "lo0",
          "lo",
          "epair",
          "epair0a",
          "epair0b",
          "foo",
          "alcatraz",
          "3",
          "0",
          "1",
          "-1",
          "99999999999",
          "0x10",
          "10",
          "10.0.0.1",
          "10.0.0.1/24",
          "10/8",
          "192.0.2.1",
          "1.2.3",
          "256.1.1.1",
          "/",
          "1/",
          "2001:db8::1/64",
          "::",
          "fe80::1%lo0",
          "02:00:00:00:00:01",
          "random",
          "localhost",
          "a:b",
          "",
          " ",
          "%s%n",
          "\u00e9",
          "udp",
          "ip",
          "icmp",
          "default",
          "all",
          "0-2",
          "1,2",
          ",",
          "feed",
          ".5",
          "1e9");

  private static final Set<Integer> STATUSES = Set.of(0, 1, 2, 5, 64, 65, 68, 71, 130, 255);

  @Test
  void no_command_line_makes_a_tool_throw(@TempDir Path cwd) {
    long seed = new Random().nextLong();
    System.out.println("FuzzTest seed " + seed);
    Random random = new Random(seed);
    List<String> tools = List.copyOf(NetTools.tools().keySet());
    ModelKernel kernel = new ModelKernel();
    for (int i = 0; i < 30_000; i++) {
      if (i % 50 == 0) {
        kernel = new ModelKernel().withEpair();
        kernel.network.hosts.put("192.0.2.1", "reply");
        kernel.statistics.put("udp", new LinkedHashMap<>());
      }
      kernel.signalAt = kernel.clock.nanos + 1_500_000_000L;
      kernel.sleeps = 30;
      kernel.tickNanos = 20_000;
      List<String> line = new ArrayList<>(List.of(tools.get(random.nextInt(tools.size()))));
      for (int n = random.nextInt(7); n > 0; n--) {
        line.add(WORDS.get(random.nextInt(WORDS.size())));
      }
      ToolRun run = ToolRun.of(kernel, line, cwd);
      assertThat(STATUSES).as("seed " + seed + ": " + line + " -> " + run).contains(run.status());
      // Who is killed says nothing, nor does nc(1) when a connection fails, unless asked to.
      boolean silent = run.status() == 130 || line.getFirst().equals("nc");
      boolean failed = run.status() == 1 || run.status() >= 64;
      assertThat(failed && !silent ? run.err() + run.out() : "x")
          .as("a failure says why: " + line)
          .isNotEmpty();
    }
  }
}
