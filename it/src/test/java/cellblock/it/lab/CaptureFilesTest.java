package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Captures of a busy lab as another program reads them: tshark, where the host has it, with every
 * checksum verified. Nothing may be malformed, and nothing may be what it calls an error.
 */
@Tag("tshark")
class CaptureFilesTest {
  private static final long SECOND = 1_000_000_000L;

  private static final String COMPLAINTS =
      "_ws.malformed || _ws.short || _ws.expert.severity == error"
          + " || ip.checksum.status == Bad || tcp.checksum.status == Bad"
          + " || udp.checksum.status == Bad || icmp.checksum.status == Bad"
          + " || icmpv6.checksum.status == Bad || igmp.checksum.status == Bad"
          + " || gre.checksum.status == Bad";

  @TempDir private Path folder;

  private static boolean there() {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(d -> Files.isExecutable(Path.of(d, "tshark")));
  }

  private List<String> tshark(String file, String... more) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                "tshark",
                "-n",
                "-r",
                folder.resolve(file).toString(),
                "-o",
                "ip.check_checksum:TRUE",
                "-o",
                "tcp.check_checksum:TRUE",
                "-o",
                "udp.check_checksum:TRUE"));
    command.addAll(List.of(more));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectError(folder.resolve("stderr").toFile());
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(() -> read("stderr")).isZero();
    return out.lines().toList();
  }

  private List<String> frames(String file) throws Exception {
    String[] fields = {"frame.len", "frame.protocols", "_ws.col.Info"};
    List<String> more = new ArrayList<>(List.of("-T", "fields"));
    for (String field : fields) {
      more.addAll(List.of("-e", field));
    }
    return tshark(file, more.toArray(String[]::new));
  }

  private String read(String file) {
    try {
      return Files.readString(folder.resolve(file));
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Test
  void tshark_finds_nothing_malformed_in_captures_of_a_busy_lab() throws Exception {
    assumeTrue(there(), "no tshark");
    List<Lab.Running> captures = new ArrayList<>();
    try (Lab lab = new Lab(1, folder)) {
      build(lab);
      String[][] taps = {
        {"a", "epair0a"}, {"r", "epair0b"}, {"r", "epair1b"}, {"a", "gif0"}, {"a", "gif1"},
        {"a", "gre0"}, {"a", "gre1"}, {"a", "vxlan0"}, {"b", "lo0"}, {"b", "epair1a"}
      };
      for (String[] tap : taps) {
        for (String form : new String[] {"pcap", "pcapng"}) {
          String file = tap[0] + "-" + tap[1] + "." + form;
          captures.add(
              lab.start("jexec " + tap[0] + " tcpdump -U -i " + tap[1] + " -w " + file, null0()));
        }
      }
      traffic(lab);
      lab.sim().stepper().advance(70 * SECOND);
      lab.all("jail -r a\njail -r b\njail -r r");
      captures.forEach(lab::await);
      for (String[] tap : taps) {
        check(tap[0] + "-" + tap[1]);
      }
    }
  }

  private void check(String name) throws Exception {
    List<String> pcap = frames(name + ".pcap");
    assertThat(pcap).as(name).hasSizeGreaterThan(10);
    assertThat(String.join("\n", frames(name + ".pcapng")))
        .as(name + ": both forms say the same")
        .isEqualTo(String.join("\n", pcap));
    assertThat(tshark(name + ".pcap", "-Y", COMPLAINTS)).as(name + ": complaints").isEmpty();
    assertThat(read("stderr").lines().filter(l -> !l.contains("Running as user")))
        .as(name)
        .isEmpty();
    System.out.println("tshark: " + name + ": " + pcap.size() + " frames");
  }

  private static byte[] null0() {
    return new byte[0];
  }

  private static void build(Lab lab) {
    lab.all("kldload if_gre\nkldload if_vxlan");
    lab.all(
        """
        jail -c name=a vnet persist
        jail -c name=b vnet persist
        jail -c name=r vnet persist
        ifconfig epair0 create
        ifconfig epair1 create
        ifconfig epair0a vnet a
        ifconfig epair0b vnet r
        ifconfig epair1a vnet b
        ifconfig epair1b vnet r
        jexec b ifconfig lo0 127.0.0.1/8 up
        jexec b ifconfig lo0 -txcsum -txcsum6
        jexec r sysctl -q net.inet.ip.forwarding=1
        jexec r sysctl -q net.inet6.ip6.forwarding=1
        """);
    for (String tunnel : new String[] {"gif0", "gif1", "gre0", "gre1", "vxlan0"}) {
      lab.ok("jexec a ifconfig " + tunnel + " create");
      lab.ok("jexec b ifconfig " + tunnel + " create");
    }
  }

  private static void addresses(Lab lab) {
    lab.all(
        """
        jexec a ifconfig epair0a 192.0.2.1/24 up
        jexec r ifconfig epair0b 192.0.2.254/24 up
        jexec b ifconfig epair1a 198.51.100.1/24 up
        jexec r ifconfig epair1b 198.51.100.254/24 up
        jexec a ifconfig epair0a inet6 2001:db8:1::1/64
        jexec r ifconfig epair0b inet6 2001:db8:1::fe/64
        jexec b ifconfig epair1a inet6 2001:db8:2::1/64
        jexec r ifconfig epair1b inet6 2001:db8:2::fe/64
        jexec a route -q add default 192.0.2.254
        jexec b route -q add default 198.51.100.254
        """);
    lab.sim().stepper().advance(4 * SECOND); // the addresses are looked for elsewhere
    lab.all(
        """
        jexec a route -q -6 add default 2001:db8:1::fe
        jexec b route -q -6 add default 2001:db8:2::fe
        jexec a ifconfig gif0 tunnel 192.0.2.1 198.51.100.1
        jexec b ifconfig gif0 tunnel 198.51.100.1 192.0.2.1
        jexec a ifconfig gif1 inet6 tunnel 2001:db8:1::1 2001:db8:2::1
        jexec b ifconfig gif1 inet6 tunnel 2001:db8:2::1 2001:db8:1::1
        jexec a ifconfig gre0 tunnel 192.0.2.1 198.51.100.1
        jexec b ifconfig gre0 tunnel 198.51.100.1 192.0.2.1
        jexec a ifconfig gre0 grekey 7 enable_csum enable_seq
        jexec b ifconfig gre0 grekey 7 enable_csum enable_seq
        jexec a ifconfig gre1 inet6 tunnel 2001:db8:1::1 2001:db8:2::1
        jexec b ifconfig gre1 inet6 tunnel 2001:db8:2::1 2001:db8:1::1
        jexec a ifconfig gre1 udpencap
        jexec b ifconfig gre1 udpencap
        jexec a ifconfig vxlan0 vxlanid 9 vxlanlocal 192.0.2.1 vxlanremote 198.51.100.1
        jexec b ifconfig vxlan0 vxlanid 9 vxlanlocal 198.51.100.1 vxlanremote 192.0.2.1
        jexec a ifconfig vxlan0 10.9.0.1/24 up
        jexec b ifconfig vxlan0 10.9.0.2/24 up
        jexec a ifconfig vxlan0 inet6 fd00:9::1/64
        jexec b ifconfig vxlan0 inet6 fd00:9::2/64
        """);
    int n = 0;
    for (String tunnel : new String[] {"gif0", "gif1", "gre0", "gre1"}) {
      String net = "10." + n + ".0.";
      String net6 = "fd00:" + n++ + "::";
      lab.ok("jexec a ifconfig " + tunnel + " " + net + "1 " + net + "2 netmask 255.255.255.255");
      lab.ok("jexec b ifconfig " + tunnel + " " + net + "2 " + net + "1 netmask 255.255.255.255");
      lab.ok("jexec a ifconfig " + tunnel + " inet6 " + net6 + "1 " + net6 + "2 prefixlen 128");
      lab.ok("jexec b ifconfig " + tunnel + " inet6 " + net6 + "2 " + net6 + "1 prefixlen 128");
    }
    lab.sim().stepper().advance(4 * SECOND);
  }

  private static void traffic(Lab lab) {
    addresses(lab);
    String[] far = {
      "198.51.100.1", "2001:db8:2::1", "10.0.0.2", "fd00:0::2", "10.1.0.2", "fd00:1::2",
      "10.2.0.2", "fd00:2::2", "10.3.0.2", "fd00:3::2", "10.9.0.2", "fd00:9::2"
    };
    for (String to : far) {
      for (int size : new int[] {0, 56, 1400, 1473, 4000}) {
        String command = "jexec a ping -c 2 -i 0.1 -s " + size + " " + to;
        assertThat(lab.ok(command)).as(command).contains(" 0.0% packet loss");
      }
    }
    lab.ok("jexec r link epair0b delay 5ms jitter 2ms loss 2% dup 1% reorder 1%");
    lab.ok("jexec r link epair1b delay 5ms loss 2%");
    byte[] data = new byte[80_000];
    new SplittableRandom(3).nextBytes(data);
    int port = 50_000; // no protocol of tshark's has it
    for (String to : far) {
      stream(lab, to, port++, data);
      datagrams(lab, to, port++);
    }
    errors(lab);
    stream(lab, "127.0.0.1", 0, data);
  }

  private static void stream(Lab lab, String to, int port, byte[] data) {
    String family = to.contains(":") ? "-6 " : "-4 ";
    int at = port == 0 ? 49_999 : port;
    Lab.Running server = lab.start("jexec b nc " + family + "-l " + at, null0());
    String client = port == 0 ? "b" : "a";
    Lab.Running sent = lab.start("jexec " + client + " nc -N " + to + " " + at, data);
    assertThat(lab.await(server).out().length()).as("from " + to).isPositive();
    assertThat(lab.await(sent).status()).isZero();
  }

  private static void datagrams(Lab lab, String to, int port) {
    String family = to.contains(":") ? "-6 " : "-4 ";
    Lab.Running server = lab.start("jexec b nc " + family + "-u -l -w 3 " + port, null0());
    lab.await(lab.start("jexec a nc -u -w 1 " + to + " " + port, new byte[3000]));
    lab.await(lab.start("jexec a nc -u -w 1 " + to + " " + port, new byte[] {'x'}));
    lab.await(server);
  }

  /** What goes wrong is told, too. */
  private static void errors(Lab lab) {
    lab.run("jexec a traceroute -w 1 -q 1 198.51.100.1");
    lab.run("jexec a traceroute6 -w 1 -q 1 2001:db8:2::1");
    lab.run("jexec a ping -c 1 -W 100 203.0.113.9");
    lab.run("jexec a ping -c 1 -t 1 2001:db8:9::9");
    lab.run("jexec a ping -c 1 -D -s 1472 10.0.0.2");
    lab.run("jexec a nc -u -w 1 198.51.100.1 9", new byte[] {'x'});
    lab.run("jexec a nc -u -w 1 2001:db8:2::1 9", new byte[] {'x'});
    lab.run("jexec a nc -w 1 198.51.100.1 9", new byte[0]);
    lab.run("jexec a nc -w 1 2001:db8:2::1 9", new byte[0]);
    lab.run("jexec a ping -c 2 -i 0.1 -R 198.51.100.1");
    lab.run("jexec a ping -c 2 -M mask 198.51.100.1");
    lab.run("jexec a ping -c 2 -M time 198.51.100.1");
  }
}
