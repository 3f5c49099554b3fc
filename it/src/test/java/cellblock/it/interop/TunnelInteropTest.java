package cellblock.it.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cellblock.control.SocketPort;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Linux's tunnels against ours: each kind has its outer packets cross the TAP device. */
@Tag("interop")
@Timeout(300)
class TunnelInteropTest {
  private static final String INNER_HOST4 = "198.51.100.1";
  private static final String INNER_JAIL4 = "198.51.100.2";
  private static final String INNER_HOST6 = "2001:db8:1::1";
  private static final String INNER_JAIL6 = "2001:db8:1::2";
  private static final int LARGE = 10_000_000;

  @TempDir Path folder;

  /** One kind of tunnel: how Linux makes it, and how we do. */
  private enum Kind {
    GRE("type gre local H4 remote J4", "gre0", "tunnel J4 H4", true, true),
    GRE_KEY("type gre local H4 remote J4 key 4711", "gre0", "tunnel J4 H4 grekey 4711", true, true),
    GRE_EVERYTHING(
        "type gre local H4 remote J4 key 7 csum seq",
        "gre0",
        "tunnel J4 H4 grekey 7 enable_csum enable_seq",
        true,
        true),
    GRE_IN_UDP(
        "type gre local H4 remote J4 encap fou encap-sport auto encap-dport 4754",
        "gre0",
        "tunnel J4 H4 udpencap",
        true,
        true),
    GRE_OVER_IPV6(
        "type ip6gre local H6 remote J6 encaplimit none", "gre0", "tunnel J6 H6", true, true),
    GRE_EVERYTHING_OVER_IPV6(
        "type ip6gre local H6 remote J6 encaplimit none key 7 csum seq",
        "gre0",
        "tunnel J6 H6 grekey 7 enable_csum enable_seq",
        true,
        true),
    IPIP("type ipip local H4 remote J4", "gif0", "tunnel J4 H4", true, false),
    SIT("type sit local H4 remote J4", "gif0", "tunnel J4 H4", false, true),
    IPV4_IN_IPV6(
        "type ip6tnl mode ipip6 local H6 remote J6 encaplimit none",
        "gif0",
        "tunnel J6 H6",
        true,
        false),
    IPV6_IN_IPV6(
        "type ip6tnl mode ip6ip6 local H6 remote J6 encaplimit none",
        "gif0",
        "tunnel J6 H6",
        false,
        true),
    VXLAN(
        "type vxlan id 42 local H4 remote J4 dev TAP dstport 4789",
        "vxlan0",
        "vxlanid 42 vxlanlocal J4 vxlanremote H4 up",
        true,
        true);

    final String linux;
    final String ifname;
    final String words;
    final boolean four;
    final boolean six;

    Kind(String linux, String ifname, String words, boolean four, boolean six) {
      this.linux = linux;
      this.ifname = ifname;
      this.words = words;
      this.four = four;
      this.six = six;
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

  private static void join(Cable c, Kind k) throws Exception {
    if (k == Kind.GRE_IN_UDP) {
      Host.Result fou = c.tryHost("ip fou add port 4754 ipproto 47");
      assumeTrue(fou.status() == 0, "interop: this Linux has no fou: " + fou.out().strip());
    }
    Host.Result made = c.tryHost("ip link add tun1 " + named(c, k.linux));
    assumeTrue(
        made.status() == 0, "interop: this Linux cannot make " + k + ": " + made.out().strip());
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
  void a_tunnel_carries_pings_and_streams_both_ways(Kind k) throws Exception {
    Path pcap = folder.resolve("jail.pcap");
    try (Cable c = new Cable(folder)) {
      join(c, k);
      Cable.Background capture = c.start("tcpdump -U -i " + Cable.IF + " -w " + pcap);
      for (int i = 0; i < 500 && !Files.exists(pcap); i++) {
        LockSupport.parkNanos(20_000_000);
      }
      if (k.four) {
        carries(c, "-4", SocketPort.Domain.INET, INNER_HOST4, INNER_JAIL4, INNER_JAIL4);
      }
      if (k.six) {
        carries(
            c, "-6", SocketPort.Domain.INET6, INNER_HOST6, INNER_JAIL6, "[" + INNER_JAIL6 + "]");
      }
      capture.stop();
    }
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
        .isEqualTo(
            java.util.HexFormat.of().formatHex(Web.sha256().digest(Files.readAllBytes(blob))));
  }
}
