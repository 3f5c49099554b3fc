package cellblock.it.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cellblock.control.SocketPort;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tunnels to the host: the outer packets cross the TAP device. Once against Linux's own devices, as
 * far as it was built with them, and once against a program that has the RFCs and Linux's stack on
 * both of its sides.
 */
@Tag("interop")
@Timeout(900)
class TunnelInteropTest {
  private static final String INNER_HOST4 = "198.51.100.1";
  private static final String INNER_JAIL4 = "198.51.100.2";
  private static final String INNER_HOST6 = "2001:db8:1::1";
  private static final String INNER_JAIL6 = "2001:db8:1::2";
  private static final int LARGE = 10_000_000;

  @TempDir Path folder;

  /** One kind of tunnel: how Linux makes it, and how we do. */
  private enum Kind {
    GRE("type gre local H4 remote J4", "gre0", "tunnel J4 H4", true, true, "H4 J4 gre"),
    GRE_KEY(
        "type gre local H4 remote J4 key 4711",
        "gre0",
        "tunnel J4 H4 grekey 4711",
        true,
        true,
        "H4 J4 gre key=4711"),
    GRE_EVERYTHING(
        "type gre local H4 remote J4 key 7 csum seq",
        "gre0",
        "tunnel J4 H4 grekey 7 enable_csum enable_seq",
        true,
        true,
        "H4 J4 gre key=7 csum seq"),
    GRE_IN_UDP(
        "type gre local H4 remote J4 encap fou encap-sport auto encap-dport 4754",
        "gre0",
        "tunnel J4 H4 udpencap",
        true,
        true,
        "H4 J4 greudp"),
    GRE_OVER_IPV6(
        "type ip6gre local H6 remote J6 encaplimit none",
        "gre0",
        "tunnel J6 H6",
        true,
        true,
        "H6 J6 gre"),
    GRE_EVERYTHING_OVER_IPV6(
        "type ip6gre local H6 remote J6 encaplimit none key 7 csum seq",
        "gre0",
        "tunnel J6 H6 grekey 7 enable_csum enable_seq",
        true,
        true,
        "H6 J6 gre key=7 csum seq"),
    IPIP("type ipip local H4 remote J4", "gif0", "tunnel J4 H4", true, false, "H4 J4 ip"),
    SIT("type sit local H4 remote J4", "gif0", "tunnel J4 H4", false, true, "H4 J4 ip"),
    IPV4_IN_IPV6(
        "type ip6tnl mode ipip6 local H6 remote J6 encaplimit none",
        "gif0",
        "tunnel J6 H6",
        true,
        false,
        "H6 J6 ip"),
    IPV6_IN_IPV6(
        "type ip6tnl mode ip6ip6 local H6 remote J6 encaplimit none",
        "gif0",
        "tunnel J6 H6",
        false,
        true,
        "H6 J6 ip"),
    VXLAN(
        "type vxlan id 42 local H4 remote J4 dev TAP dstport 4789",
        "vxlan0",
        "vxlanid 42 vxlanlocal J4 vxlanremote H4 up",
        true,
        true,
        "");

    final String linux;
    final String ifname;
    final String words;
    final boolean four;
    final boolean six;
    final String program;

    Kind(String linux, String ifname, String words, boolean four, boolean six, String program) {
      this.linux = linux;
      this.ifname = ifname;
      this.words = words;
      this.four = four;
      this.six = six;
      this.program = program;
    }
  }

  @BeforeAll
  static void mayReach() {
    Host.mayReach();
    Host.needs("ping", "curl");
  }

  private static String named(Cable c, String words) {
    return words
        .replace("H4", Cable.HOST4)
        .replace("J4", Cable.JAIL4)
        .replace("H6", Cable.HOST6)
        .replace("J6", Cable.JAIL6)
        .replace("TAP", c.tap());
  }

  private static void byLinux(Cable c, Kind k) throws Exception {
    if (k == Kind.GRE_IN_UDP) {
      Host.Result fou = c.tryHost("ip fou add port 4754 ipproto 47");
      assumeTrue(fou.status() == 0, "interop: this Linux has no fou: " + fou.out().strip());
    }
    Host.Result made = c.tryHost("ip link add tun1 " + named(c, k.linux));
    assumeTrue(
        made.status() == 0, "interop: this Linux cannot make " + k + ": " + made.out().strip());
  }

  private void byProgram(Cable c, Kind k) throws Exception {
    Path program = folder.resolve("tunnel.py");
    try (InputStream in = TunnelInteropTest.class.getResourceAsStream("tunnel.py")) {
      Files.write(program, in.readAllBytes());
    }
    c.startHost("python3 " + program + " tun1 " + named(c, k.program), "program");
    awaitDevice(c, "tun1");
    c.host("ip link set tun1 mtu 1400");
  }

  private static void join(Cable c, Kind k) throws Exception {
    c.host("ip link set tun1 up");
    c.tool("kldload if_" + k.ifname.replaceAll("\\d", ""));
    c.jail("ifconfig " + k.ifname + " create " + named(c, k.words));
    if (k.four) {
      c.host("ip addr add " + INNER_HOST4 + "/30 dev tun1");
      c.jail(
          "ifconfig "
              + k.ifname
              + " inet "
              + INNER_JAIL4
              + (k == Kind.VXLAN ? "/30 up" : " " + INNER_HOST4 + " netmask 255.255.255.252 up"));
    }
    if (k.six) {
      c.host("ip -6 addr add " + INNER_HOST6 + "/64 dev tun1 nodad");
      c.jail("ifconfig " + k.ifname + " inet6 " + INNER_JAIL6 + "/64 no_dad up");
    }
  }

  @ParameterizedTest
  @EnumSource
  void to_linuxs_own_device_a_tunnel_carries_pings_and_streams_both_ways(Kind k) throws Exception {
    Path pcap = folder.resolve("jail.pcap");
    try (Cable c = new Cable(folder)) {
      byLinux(c, k);
      all(c, k, pcap);
    }
    look(pcap);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "VXLAN")
  void to_a_program_that_has_the_rfcs_a_tunnel_carries_pings_and_streams_both_ways(Kind k)
      throws Exception {
    Host.needs("python3");
    Path pcap = folder.resolve("jail.pcap");
    try (Cable c = new Cable(folder)) {
      byProgram(c, k);
      all(c, k, pcap);
      assertThat(folder.resolve("program")).as("what the program found wrong").isEmptyFile();
    }
    look(pcap);
  }

  @Test
  void wireguard_go_and_a_jail_carry_pings_and_streams_both_ways() throws Exception {
    Host.needs("wireguard-go", "wg");
    Path pcap = folder.resolve("jail.pcap");
    try (Cable c = new Cable(folder)) {
      String device = c.tap() + "w";
      String inside = " allowed-ips 198.51.100.0/30,2001:db8:1::/64 endpoint ";
      String jailKey = c.jail("wg genkey").strip();
      String hostKey = c.jail("wg genkey").strip();
      Path jailFile = Files.writeString(folder.resolve("jail.key"), jailKey + "\n");
      Path hostFile = Files.writeString(folder.resolve("host.key"), hostKey + "\n");
      c.startHost("wireguard-go -f " + device, "program");
      awaitDevice(c, device);
      c.host(
          "wg set "
              + device
              + " listen-port 51821 private-key "
              + hostFile
              + " peer "
              + publicKey(c, jailKey)
              + inside
              + Cable.JAIL4
              + ":51820");
      c.host("ip addr add " + INNER_HOST4 + "/30 dev " + device);
      c.host("ip link set " + device + " up");
      c.host("ip -6 addr add " + INNER_HOST6 + "/64 dev " + device + " nodad");
      c.tool("kldload if_wg");
      c.jail("ifconfig wg0 create");
      c.jail(
          "wg set wg0 listen-port 51820 private-key "
              + jailFile
              + " peer "
              + publicKey(c, hostKey)
              + inside
              + Cable.HOST4
              + ":51821");
      c.jail("ifconfig wg0 inet " + INNER_JAIL4 + "/30 up");
      c.jail("ifconfig wg0 inet6 " + INNER_JAIL6 + "/64 no_dad");
      carry(c, true, true, pcap);
      assertThat(c.host("wg show " + device + " latest-handshakes")).doesNotContain("\t0\n");
    }
    look(pcap);
  }

  private static String publicKey(Cable c, String key) {
    return c.run("wg pubkey", (key + "\n").getBytes(StandardCharsets.US_ASCII)).out().strip();
  }

  private static void awaitDevice(Cable c, String device) throws Exception {
    for (int i = 0; i < 500 && c.tryHost("ip link show dev " + device).status() != 0; i++) {
      LockSupport.parkNanos(20_000_000);
    }
  }

  private void all(Cable c, Kind k, Path pcap) throws Exception {
    join(c, k);
    carry(c, k.four, k.six, pcap);
  }

  private void carry(Cable c, boolean four, boolean six, Path pcap) throws Exception {
    Cable.Background capture = c.start("tcpdump -U -i " + Cable.IF + " -w " + pcap);
    for (int i = 0; i < 500 && !Files.exists(pcap); i++) {
      LockSupport.parkNanos(20_000_000);
    }
    if (four) {
      carries(c, "-4", SocketPort.Domain.INET, INNER_HOST4, INNER_JAIL4, INNER_JAIL4);
    }
    if (six) {
      carries(c, "-6", SocketPort.Domain.INET6, INNER_HOST6, INNER_JAIL6, "[" + INNER_JAIL6 + "]");
    }
    capture.stop();
  }

  private static void look(Path pcap) throws Exception {
    if (Host.has("tshark")) {
      Shark.finds(pcap, 1000);
    }
  }

  private void carries(
      Cable c, String option, SocketPort.Domain domain, String host, String jail, String url)
      throws Exception {
    for (int size : List.of(56, 1300, 4000)) {
      assertThat(c.jail("ping " + option + " -c 2 -i 0.1 -s " + size + " " + host))
          .as("%d bytes", size)
          .contains("2 packets received");
      assertThat(c.host("ping " + option + " -c 2 -i 0.1 -s " + size + " " + jail))
          .as("%d bytes", size)
          .contains("2 received");
    }
    Web web = new Web();
    c.jail().start("web", port -> web.serve(port, domain, 8080));
    c.until("sockstat -l " + option + " -p 8080", ":8080");
    Path got = folder.resolve("got");
    Path blob = Files.write(folder.resolve("blob"), Web.content(0, LARGE));
    c.host("curl -gsSf -o " + got + " http://" + url + ":8080/" + LARGE);
    assertThat(Files.mismatch(got, blob)).isEqualTo(-1);
    assertThat(c.host("curl -gsSf -T " + blob + " http://" + url + ":8080/"))
        .isEqualTo(HexFormat.of().formatHex(Web.sha256().digest(Files.readAllBytes(blob))));
  }
}
