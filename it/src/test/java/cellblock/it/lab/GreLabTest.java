package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** gre(4) between two jails with a router between them. */
class GreLabTest {
  @ParameterizedTest
  @CsvSource({
    "false,",
    "true,",
    "false,grekey 10",
    "true,grekey 10 enable_csum enable_seq",
    "false,enable_csum",
    "false,udpencap",
    "true,udpencap enable_csum enable_seq grekey 0xffffffff",
    "false,udpencap udpport 55555",
  })
  void both_versions_of_ip_travel_inside_either(boolean six, String options) {
    try (TunnelLab t = new TunnelLab(1, "if_gre")) {
      t.both("gre", six);
      if (options != null) {
        t.lab.ok("jexec a ifconfig gre0 " + options);
        t.lab.ok("jexec b ifconfig gre0 " + options);
      }
      t.inner("gre0");
      t.pings();
      assertThat(t.lab.ok("jexec a ping -c 2 -i 0.1 -s 3000 10.0.0.2"))
          .contains(" 0.0% packet loss");
      assertThat(t.counter("a", "net.link.gre.nexthop_hits")).isGreaterThanOrEqualTo(5);
    }
  }

  @Test
  void ifconfig_prints_a_tunnel_as_freebsd_does() {
    try (TunnelLab t = new TunnelLab(2)) {
      assertThat(t.lab.ok("ifconfig gre create")).isEqualTo("gre0\n");
      t.lab.ok("ifconfig gre0 tunnel 192.0.2.7 198.51.100.7 grekey 10 enable_csum");
      t.lab.ok("ifconfig gre0 enable_seq udpencap udpport 55555");
      assertThat(t.lab.ok("ifconfig gre0"))
          .isEqualTo(
              """
              gre0: flags=8010<POINTOPOINT,MULTICAST> metric 0 mtu 1476
              	options=80000<LINKSTATE>
              	tunnel inet 192.0.2.7 --> 198.51.100.7
              	groups: gre
              	grekey: 0xa (10)
              	udpport: 55555
              	options=7<ENABLE_CSUM,ENABLE_SEQ,UDPENCAP>
              	nd6 options=29<PERFORMNUD,IFDISABLED,AUTO_LINKLOCAL>
              """);
      assertThat(t.lab.fails("ifconfig gre0 udpport 80", 1))
          .isEqualTo("ifconfig: ioctl (set udpport): Invalid argument\n");
      assertThat(t.lab.fails("ifconfig gre0 mtu 575", 1)).contains("Invalid argument");
      // In UDP and without it are two tunnels; twice the same is none.
      t.lab.ok("ifconfig gre1 create tunnel 192.0.2.7 198.51.100.7");
      assertThat(t.lab.fails("ifconfig gre1 udpencap", 1))
          .isEqualTo("ifconfig: ioctl(GIFSOPTS): Can't assign requested address\n");
      t.lab.ok("ifconfig gre0 tunnel 192.0.2.7 198.51.100.8 -udpencap");
    }
  }

  @Test
  void an_end_that_does_not_sum_is_understood_and_one_that_is_not_there_is_silent() {
    try (TunnelLab t = new TunnelLab(3, "if_gre")) {
      t.both("gre", false);
      t.inner("gre0");
      t.lab.ok("jexec a ifconfig gre0 enable_csum enable_seq grekey 7");
      t.pings();
      t.lab.ok("jexec b ifconfig gre0 udpencap");
      assertThat(t.lab.run("jexec a ping -c 1 -W 100 10.0.0.2").status()).isEqualTo(2);
    }
  }

  @Test
  void gres_nest_as_deep_as_the_sysctl_says_and_never_in_a_loop() {
    try (TunnelLab t = new TunnelLab(5, "if_gre")) {
      t.both("gre", false);
      t.inner("gre0");
      String ends = "10.0.0.1 10.0.0.2";
      for (int i = 1; i <= 3; i++) {
        String back = ends.replaceAll("(\\S+) (\\S+)", "$2 $1");
        t.lab.ok("jexec a ifconfig gre" + i + " create tunnel " + ends);
        t.lab.ok("jexec b ifconfig gre" + i + " create tunnel " + back);
        ends = "10." + i + ".0.1 10." + i + ".0.2";
        back = ends.replaceAll("(\\S+) (\\S+)", "$2 $1");
        t.lab.ok("jexec a ifconfig gre" + i + " " + ends + " netmask 255.255.255.255");
        t.lab.ok("jexec b ifconfig gre" + i + " " + back + " netmask 255.255.255.255");
      }
      for (int deep = 1; deep <= 3; deep++) {
        // gre3 in gre2 in gre1 in gre0: four of a kind.
        String to = "jexec a ping -c 3 -i 0.1 10." + deep + ".0.2";
        t.lab.ok("jexec a sysctl -q net.link.gre.max_nesting=" + deep);
        t.lab.ok("jexec b sysctl -q net.link.gre.max_nesting=" + deep);
        assertThat(t.lab.run(to).err()).contains("sendto: Input/output error");
        t.lab.ok("jexec a sysctl -q net.link.gre.max_nesting=" + (deep + 1));
        t.lab.ok("jexec b sysctl -q net.link.gre.max_nesting=" + (deep + 1));
        assertThat(t.lab.ok(to)).contains(" 0.0% packet loss");
      }
      t.lab.ok("jexec a sysctl -q net.link.gre.max_nesting=10");
      t.lab.ok("jexec a route -q add 198.51.100.1/32 10.0.0.2");
      assertThat(t.lab.run("jexec a ping -c 1 -W 100 10.3.0.2").err())
          .contains("sendto: Input/output error");
    }
  }

  @Test
  void a_gif_goes_through_a_gre_and_both_die_with_their_jail() {
    try (TunnelLab t = new TunnelLab(4, "if_gre")) {
      t.both("gre", true);
      t.inner("gre0");
      t.lab.all(
          """
          jexec a ifconfig gif0 create tunnel 10.0.0.1 10.0.0.2
          jexec b ifconfig gif0 create tunnel 10.0.0.2 10.0.0.1
          jexec a ifconfig gif0 10.9.0.1 10.9.0.2 netmask 255.255.255.255
          jexec b ifconfig gif0 10.9.0.2 10.9.0.1 netmask 255.255.255.255
          """);
      assertThat(t.lab.ok("jexec a ping -c 3 -i 0.1 10.9.0.2")).contains(" 0.0% packet loss");
      t.lab.ok("jexec r link epair1b delay 1s");
      assertThat(t.lab.run("jexec a ping -c 3 -i 0.1 -W 10 10.9.0.2").status()).isEqualTo(2);
      t.lab.ok("jail -r a");
      t.lab.ok("jail -r b");
      assertThat(t.lab.ok("ifconfig -l")).doesNotContain("gre").doesNotContain("gif");
    }
  }

  @Test
  void the_module_leaves_with_all_its_tunnels() {
    try (TunnelLab t = new TunnelLab(13, "if_gre")) {
      t.both("gre", true);
      t.inner("gre0");
      t.pings();
      t.lab.ok("kldunload if_gre");
      assertThat(t.lab.ok("jexec a ifconfig -l")).isEqualTo("lo0 epair0a\n");
      assertThat(t.lab.fails("jexec a ifconfig gre create", 1))
          .isEqualTo("ifconfig: SIOCIFCREATE2 (gre): Invalid argument\n");
      t.lab.ok("kldload if_gre");
      t.both("gre", true);
    }
  }
}
