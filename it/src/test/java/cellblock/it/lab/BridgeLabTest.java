package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.IfRegistration;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.pfil.Pfil;
import cellblock.net.pfil.PfilHook;
import cellblock.net.pfil.Verdict;
import cellblock.wire.Ip4Header;
import cellblock.wire.IpProtocol;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * bridge(4): jails on one link, what the bridge learns and forgets, what it refuses, how it dies.
 */
class BridgeLabTest {
  private static final long SECOND = 1_000_000_000L;

  /** Jails a, b, c on bridge0 of vnet0; 192.0.2.1 to .3, epair0b to epair2b inside. */
  private static Lab three(long seed) {
    Lab lab = new Lab(seed);
    lab.ok("kldload if_bridge");
    assertThat(lab.ok("ifconfig bridge create")).isEqualTo("bridge0\n");
    lab.ok("ifconfig bridge0 up");
    for (int i = 0; i < 3; i++) {
      join(lab, i, String.valueOf((char) ('a' + i)));
    }
    return lab;
  }

  private static void join(Lab lab, int i, String jail) {
    lab.all(
        """
        jail -c name=JAIL vnet persist
        ifconfig epairN create
        ifconfig epairNb vnet JAIL
        ifconfig epairNa up
        ifconfig bridge0 addm epairNa
        jexec JAIL ifconfig epairNb 192.0.2.%d/24 up
        """
            .formatted(i + 1)
            .replace("JAIL", jail)
            .replace("epairN", "epair" + i));
  }

  private static void removeAll(Lab lab) {
    lab.all("jail -r a\njail -r b\njail -r c\nifconfig bridge0 destroy");
    for (int i = 0; i < 3; i++) {
      lab.ok("ifconfig epair" + i + "a destroy");
    }
    assertThat(lab.ok("ifconfig -l")).isEqualTo("lo0\n");
    assertThat(Validator.of(lab.kernel().machine())).isEmpty();
  }

  @Test
  void a_gif_that_is_a_port_carries_frames_and_is_a_tunnel_for_ip_again_afterwards() {
    for (boolean six : new boolean[] {false, true}) {
      try (TunnelLab t = new TunnelLab(90, "if_bridge")) {
        t.gif(six);
        t.lab.all(
            """
            jexec a ifconfig gif0 up
            jexec b ifconfig gif0 up
            jexec a ifconfig bridge0 create addm gif0
            jexec b ifconfig bridge0 create addm gif0
            jexec a ifconfig bridge0 203.0.113.1/24 up
            jexec b ifconfig bridge0 203.0.113.2/24 up
            jexec a ifconfig bridge0 inet6 2001:db8:9::1/64
            jexec b ifconfig bridge0 inet6 2001:db8:9::2/64
            """);
        Lab.Running watch = t.lab.start("jexec r tcpdump -n -c 2 -i epair0b proto 97", new byte[0]);
        assertThat(t.lab.ok("jexec a ping -c 3 -i 0.1 203.0.113.2")).contains(" 0.0% packet loss");
        assertThat(t.lab.await(watch).out())
            .contains(six ? "2001:db8:1::1 > 2001:db8:2::1" : "192.0.2.1 > 198.51.100.1");
        assertThat(t.lab.ok("jexec a ping -c 3 -i 0.1 -s 4000 203.0.113.2"))
            .contains(" 0.0% packet loss");
        assertThat(t.lab.ok("jexec a ping -c 3 -i 0.1 2001:db8:9::2"))
            .contains(" 0.0% packet loss");
        // A jail behind the bridge of b is on the same network.
        t.lab.all(
            """
            jail -c name=c vnet persist
            ifconfig epair5 create
            ifconfig epair5a vnet b
            ifconfig epair5b vnet c
            jexec b ifconfig epair5a up
            jexec b ifconfig bridge0 addm epair5a
            jexec c ifconfig epair5b 203.0.113.3/24 up
            """);
        assertThat(t.lab.ok("jexec a ping -c 3 -i 0.1 203.0.113.3")).contains(" 0.0% packet loss");
        assertThat(t.lab.ok("jexec a ifconfig bridge0 addr")).contains("gif0");
        // No port, and IP goes through again.
        t.lab.all("jexec a ifconfig bridge0 deletem gif0\njexec b ifconfig bridge0 deletem gif0");
        t.inner("gif0");
        t.pings();
        t.lab.ok("jexec a ifconfig bridge0 addm gif0");
        assertThat(t.lab.ok("jexec a ifconfig gif0 ether")).contains(" mtu 1280\n");
        assertThat(t.lab.run("jexec a ping -c 1 -W 100 10.0.0.2").err())
            .contains("Network is down");
      }
    }
  }

  @Test
  void jails_on_a_bridge_ping_each_other_and_talk_tcp() {
    try (Lab lab = three(1)) {
      assertThat(lab.ok("jexec a ping -c 3 -i 0.1 192.0.2.2")).contains(" 0.0% packet loss");
      assertThat(lab.ok("jexec c ping -c 3 -i 0.1 -s 4000 192.0.2.1"))
          .contains(" 0.0% packet loss");
      Lab.Running server = lab.start("jexec b nc -lN 4711", new byte[0]);
      byte[] data = "over a bridge\n".repeat(20_000).getBytes(StandardCharsets.US_ASCII);
      lab.run("jexec a nc -N 192.0.2.2 4711", data);
      assertThat(lab.await(server).out()).isEqualTo(new String(data, StandardCharsets.US_ASCII));
      removeAll(lab);
    }
  }

  @Test
  void the_bridge_has_addresses_of_its_own_in_both_families() {
    try (Lab lab = three(2)) {
      lab.all(
          """
          ifconfig bridge0 192.0.2.254/24
          ifconfig bridge0 inet6 2001:db8::fe/64 no_dad
          jexec a ifconfig epair0b inet6 2001:db8::1/64 no_dad
          """);
      assertThat(lab.ok("ping -c 2 -i 0.1 192.0.2.1")).contains(" 0.0% packet loss");
      assertThat(lab.ok("jexec b ping -c 2 -i 0.1 192.0.2.254")).contains(" 0.0% packet loss");
      assertThat(lab.ok("ping -c 2 -i 0.1 2001:db8::1")).contains(" 0.0% packet loss");
      assertThat(lab.ok("jexec a ping -c 2 -i 0.1 2001:db8::fe")).contains(" 0.0% packet loss");
      // A member's address is there for all, too, as long as that is allowed.
      lab.ok("ifconfig epair1a 198.51.100.254/24");
      lab.ok("jexec a ifconfig epair0b 198.51.100.1/24 alias");
      lab.ok("jexec b ifconfig epair1b 198.51.100.2/24 alias");
      assertThat(lab.ok("jexec b ping -c 2 -i 0.1 198.51.100.254")).contains(" 0.0% packet loss");
      assertThat(lab.ok("ping -c 2 -i 0.1 198.51.100.1")).contains(" 0.0% packet loss");
      lab.ok("sysctl net.link.bridge.member_ifaddrs=0");
      assertThat(lab.fails("ifconfig epair0a 203.0.113.1/24", 1)).contains("Invalid argument");
      lab.ok("ifconfig bridge0 deletem epair1a");
      assertThat(lab.fails("ifconfig bridge0 addm epair1a", 1))
          .isEqualTo("ifconfig: BRDGADD epair1a: Invalid argument\n");
      lab.ok("ifconfig epair1a -alias 198.51.100.254");
      lab.ok("ifconfig bridge0 addm epair1a");
      removeAll(lab);
    }
  }

  @Test
  void ifconfig_shows_it_as_freebsd_does() {
    try (Lab lab = new Lab(3)) {
      lab.ok("kldload if_bridge");
      lab.all("ifconfig bridge0 create\nifconfig epair0 create\nifconfig epair1 create");
      assertThat(lab.ok("ifconfig bridge0"))
          .startsWith("bridge0: flags=8802<BROADCAST,SIMPLEX,MULTICAST> metric 0 mtu 1500\n")
          .contains("\tether 58:9c:fc:10:")
          .contains("\troot id 00:00:00:00:00:00 priority 0 ifcost 0 port 0\n")
          .contains("\tnd6 options=9<PERFORMNUD,IFDISABLED>\n");
      lab.all(
          """
          ifconfig bridge0 addm epair0a addm epair1a up
          ifconfig bridge0 ifmaxaddr epair0a 5 private epair0a -discover epair1a ifpathcost epair1a 7
          ifconfig bridge0 ifpriority epair1a 33 maxaddr 100 timeout 60 priority 5000 maxage 30
          ifconfig bridge0 fwddelay 20 holdcnt 3 proto stp hellotime 1
          ifconfig epair2 create
          ifconfig bridge0 span epair2a
          """);
      assertThat(lab.ok("ifconfig bridge0"))
          .startsWith("bridge0: flags=8843<UP,BROADCAST,RUNNING,SIMPLEX,MULTICAST> metric 0 mtu")
          .contains(
              """
              \tid 00:00:00:00:00:00 priority 4096 hellotime 1 fwddelay 20
              \tmaxage 30 holdcnt 3 proto stp maxaddr 100 timeout 60
              \troot id 00:00:00:00:00:00 priority 4096 ifcost 0 port 0
              \tmember: epair1a flags=141<LEARNING,AUTOEDGE,AUTOPTP>
              \t        ifmaxaddr 0 port 5 priority 32 path cost 7
              \tmember: epair0a flags=943<LEARNING,DISCOVER,PRIVATE,AUTOEDGE,AUTOPTP>
              \t        ifmaxaddr 5 port 3 priority 128 path cost 2000
              \tmember: epair2a flags=8<SPAN>
              \t        ifmaxaddr 0 port 7 priority 0 path cost 0
              \tgroups: bridge
              """);
      assertThat(lab.ok("ifconfig epair0a")).contains("PROMISC");
      lab.ok("ifconfig bridge0 deletem epair0a");
      assertThat(lab.ok("ifconfig epair0a")).doesNotContain("PROMISC");
      lab.all("ifconfig bridge0 destroy\nifconfig epair0a destroy");
      lab.all("ifconfig epair1a destroy\nifconfig epair2a destroy");
    }
  }

  @Test
  void what_cannot_be_is_refused_in_ifconfig_s_words() {
    try (Lab lab = new Lab(4)) {
      lab.ok("kldload if_bridge");
      lab.all("ifconfig bridge0 create\nifconfig bridge1 create\nifconfig epair0 create");
      lab.ok("ifconfig bridge0 addm epair0a");
      refused(lab, "addm epair0a", "BRDGADD epair0a: File exists");
      refused(lab, "addm nix0", "BRDGADD nix0: No such file or directory");
      refused(lab, "addm bridge1", "BRDGADD bridge1: Invalid argument");
      refused(lab, "addm lo0", "BRDGADD lo0: Invalid argument");
      refused(lab, "deletem epair0b", "BRDGDEL epair0b: No such file or directory");
      refused(lab, "span epair0a", "BRDGADDS epair0a: Device busy");
      refused(lab, "-span epair0b", "BRDGDELS epair0b: No such file or directory");
      refused(lab, "static epair0b 0:1:2:3:4:5", "BRDGSADDR epair0b: No such file or directory");
      refused(lab, "static epair0a 00:01:02:03:04", "epair0a: invalid address: 00:01:02:03:04");
      refused(lab, "deladdr 00:01:02:03:04", "invalid address: 00:01:02:03:04");
      refused(lab, "deladdr 0:1:2:3:4:6", "BRDGDADDR 0:1:2:3:4:6: No such file or directory");
      refused(lab, "learn epair0b", "unable to set bridge flags: No such file or directory");
      refused(lab, "stp epair0a", "unable to set bridge flags: Operation not supported");
      refused(lab, "maxage 5", "BRDGSMA 5: Invalid argument");
      refused(lab, "maxage x", "invalid value: x");
      refused(lab, "hellotime 1", "BRDGSHT 1: Operation not permitted");
      refused(lab, "proto tcp", "unknown stp protocol");
      assertThat(lab.fails("ifconfig bridge1 addm epair0a", 1))
          .isEqualTo("ifconfig: BRDGADD epair0a: Device busy\n");
      lab.all("ifconfig bridge0 destroy\nifconfig bridge1 destroy\nifconfig epair0a destroy");
    }
  }

  private static void refused(Lab lab, String words, String message) {
    assertThat(lab.fails("ifconfig bridge0 " + words, 1)).isEqualTo("ifconfig: " + message + "\n");
  }

  @Test
  void addresses_are_learned_and_forgotten_when_their_time_has_come() {
    try (Lab lab = three(5)) {
      lab.ok("ifconfig bridge0 flush");
      lab.ok("jexec a ping -c 1 192.0.2.2");
      String mac =
          lab.ok("jexec a ifconfig epair0b ether").replaceAll("(?s).*ether (\\S+).*", "$1");
      assertThat(lab.ok("ifconfig bridge0 addr"))
          .contains(mac + " Vlan1 epair0a 1200 flags=0<>\n")
          .contains(" Vlan1 epair1a 1200 flags=0<>\n")
          .doesNotContain("epair2a");
      lab.ok("ifconfig bridge0 static epair2a 0:1:2:3:4:5");
      lab.sim().stepper().advance(1000 * SECOND);
      lab.ok("jexec a ping -c 1 192.0.2.2"); // both heard again
      lab.sim().stepper().advance(1000 * SECOND);
      assertThat(lab.ok("ifconfig bridge0 addr").lines().count()).isEqualTo(3);
      lab.sim().stepper().advance(500 * SECOND); // the next look at ages is past 1,200 s
      assertThat(lab.ok("ifconfig bridge0 addr"))
          .isEqualTo("00:01:02:03:04:05 Vlan1 epair2a 0 flags=1<STATIC>\n");
      lab.ok("jexec a ping -c 1 192.0.2.2");
      lab.ok("ifconfig bridge0 flush");
      assertThat(lab.ok("ifconfig bridge0 addr").lines().count()).isEqualTo(1);
      lab.ok("ifconfig bridge0 deladdr 00:01:02:03:04:05");
      assertThat(lab.ok("ifconfig bridge0 addr")).isEmpty();
      // A bounded cache: what does not fit is flooded.
      lab.ok("ifconfig bridge0 maxaddr 1");
      assertThat(lab.ok("jexec a ping -c 3 -i 0.1 192.0.2.2")).contains(" 0.0% packet loss");
      assertThat(lab.ok("ifconfig bridge0 addr").lines().count()).isEqualTo(1);
      // A port that counts its addresses lets no other sender in.
      lab.ok("ifconfig bridge0 maxaddr 2000 flushall ifmaxaddr epair0a 1");
      lab.ok("ifconfig bridge0 static epair0a 2:2:2:2:2:2");
      assertThat(lab.run("jexec a ping -c 1 -W 100 192.0.2.2").status()).isEqualTo(2);
      // One that does not learn is reached by flooding.
      lab.ok("ifconfig bridge0 flushall ifmaxaddr epair0a 0 -learn epair0a");
      assertThat(lab.ok("jexec a ping -c 3 -i 0.1 192.0.2.2")).contains(" 0.0% packet loss");
      assertThat(lab.ok("ifconfig bridge0 addr")).doesNotContain("epair0a");
      removeAll(lab);
    }
  }

  @Test
  void a_host_that_moves_is_found_at_its_new_port_and_told_of() {
    try (Lab lab = three(6)) {
      lab.ok("jexec a ping -c 1 192.0.2.2");
      String mac =
          lab.ok("jexec a ifconfig epair0b ether").replaceAll("(?s).*ether (\\S+).*", "$1");
      lab.ok("jexec a ifconfig epair0b down");
      lab.ok("jexec c ifconfig epair2b ether " + mac);
      lab.ok("jexec c ifconfig epair2b 192.0.2.1/24");
      assertThat(lab.ok("jexec b ping -c 3 -i 0.1 192.0.2.1")).contains(" 0.0% packet loss");
      assertThat(lab.ok("ifconfig bridge0 addr")).contains(mac + " Vlan1 epair2a");
      assertThat(lab.ok("dmesg"))
          .contains("bridge0: mac address " + mac + " vlan 1 moved from epair0a to epair2a");
      // Sticky: it stays where it was first heard.
      lab.ok("ifconfig bridge0 flush sticky epair2a");
      lab.ok("jexec c ping -c 1 192.0.2.2");
      lab.ok("jexec c ifconfig epair2b down");
      lab.ok("jexec a ifconfig epair0b up");
      assertThat(lab.run("jexec a ping -c 1 -W 100 192.0.2.2").status()).isEqualTo(2);
      assertThat(lab.ok("ifconfig bridge0 addr"))
          .contains(mac + " Vlan1 epair2a 0 flags=2<STICKY>");
      removeAll(lab);
    }
  }

  @Test
  void private_ports_do_not_talk_to_each_other_and_a_span_port_sees_all() throws Exception {
    try (Lab lab = three(7)) {
      lab.ok("ifconfig bridge0 private epair0a private epair1a");
      assertThat(lab.run("jexec a ping -c 1 -W 100 192.0.2.2").status()).isEqualTo(2);
      assertThat(lab.ok("jexec a ping -c 1 192.0.2.3")).contains(" 0.0% packet loss");
      lab.ok("ifconfig epair3 create");
      lab.ok("ifconfig epair3a up");
      lab.ok("ifconfig epair3b up");
      lab.ok("ifconfig bridge0 span epair3a");
      Lab.Running dump = lab.start("tcpdump -c 2 -ni epair3b icmp", new byte[0]);
      lab.ok("jexec a ping -c 1 192.0.2.3");
      assertThat(lab.await(dump).out())
          .contains("192.0.2.1 > 192.0.2.3: ICMP echo request")
          .contains("192.0.2.3 > 192.0.2.1: ICMP echo reply");
      Lab.Running bridge = lab.start("tcpdump -c 2 -ni bridge0 icmp", new byte[0]);
      lab.ok("jexec a ping -c 1 192.0.2.3");
      assertThat(lab.await(bridge).out()).contains("ICMP echo reply");
      lab.ok("ifconfig bridge0 -span epair3a");
      lab.ok("ifconfig epair3a destroy");
      removeAll(lab);
    }
  }

  @Test
  void members_take_the_mtu_and_the_bridge_may_take_their_address() {
    try (Lab lab = new Lab(8)) {
      lab.ok("kldload if_bridge");
      lab.all("ifconfig bridge0 create\nifconfig epair0 create\nifconfig epair1 create");
      lab.all("ifconfig epair0a mtu 1400\nsysctl net.link.bridge.inherit_mac=1");
      lab.ok("ifconfig bridge0 addm epair0a addm epair1a up");
      assertThat(lab.ok("ifconfig bridge0")).contains(" mtu 1400\n");
      assertThat(lab.ok("ifconfig epair1a")).contains(" mtu 1400\n");
      assertThat(lab.fails("ifconfig epair0a mtu 1300", 1)).contains("Operation not supported");
      lab.ok("ifconfig bridge0 mtu 1300");
      assertThat(lab.ok("ifconfig epair0a")).contains(" mtu 1300\n");
      String own = lab.ok("ifconfig bridge0 ether").replaceAll("(?s).*hwaddr (\\S+).*", "$1");
      String first = lab.ok("ifconfig epair0a ether").replaceAll("(?s).*ether (\\S+).*", "$1");
      String second = lab.ok("ifconfig epair1a ether").replaceAll("(?s).*ether (\\S+).*", "$1");
      assertThat(own).startsWith("58:9c:fc:10:");
      assertThat(lab.ok("ifconfig bridge0")).contains("\tether " + first + "\n");
      lab.ok("ifconfig bridge0 deletem epair0a");
      assertThat(lab.ok("ifconfig bridge0")).contains("\tether " + second + "\n");
      lab.ok("ifconfig epair1a destroy");
      assertThat(lab.ok("ifconfig bridge0")).contains("\tether " + own + "\n");
      lab.all("ifconfig bridge0 destroy\nifconfig epair0a destroy");
    }
  }

  @Test
  void the_link_is_up_while_a_member_s_is() {
    try (Lab lab = three(9)) {
      lab.all("ifconfig epair0a unplug\nifconfig epair1a unplug");
      assertThat(lab.ok("dmesg")).doesNotContain("bridge0: link state changed to DOWN");
      lab.ok("ifconfig epair2a unplug");
      assertThat(lab.ok("dmesg")).contains("bridge0: link state changed to DOWN");
      lab.ok("ifconfig epair2a plug");
      assertThat(lab.ok("dmesg"))
          .containsSubsequence(
              "bridge0: link state changed to DOWN", "bridge0: link state changed to UP");
      removeAll(lab);
    }
  }

  @Test
  void a_loop_of_bridges_ends() {
    try (Lab lab = new Lab(10)) {
      lab.ok("kldload if_bridge");
      lab.all("jail -c name=a vnet persist\njail -c name=b vnet persist");
      for (int i = 0; i < 3; i++) { // three cables: frames multiply
        lab.all(
            """
            ifconfig epairN create
            ifconfig epairNa vnet a
            ifconfig epairNb vnet b
            """
                .replace("N", "" + i));
      }
      for (String jail : new String[] {"a", "b"}) {
        lab.ok("jexec " + jail + " ifconfig bridge0 create");
        for (int i = 0; i < 3; i++) {
          lab.ok("jexec " + jail + " ifconfig epair" + i + jail + " up");
          lab.ok("jexec " + jail + " ifconfig bridge0 addm epair" + i + jail);
        }
        lab.ok("jexec " + jail + " ifconfig bridge0 up");
      }
      lab.ok("jexec a ifconfig bridge0 192.0.2.1/24");
      lab.run("jexec a ping -c 1 -W 100 192.0.2.2");
      lab.sim().stepper().settle();
      lab.all("jail -r a\njail -r b");
      assertThat(lab.ok("ifconfig -l")).contains("epair0a").contains("epair2b");
      lab.all("ifconfig epair0a destroy\nifconfig epair1a destroy\nifconfig epair2a destroy");
    }
  }

  /** A jail that owns the bridge of its guests, under their traffic. */
  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13})
  void a_jail_with_a_bridge_dies_under_traffic(long seed) {
    try (Lab lab = new Lab(seed)) {
      lab.ok("kldload if_bridge");
      lab.all("jail -c name=s vnet persist\njail -c name=a vnet persist");
      lab.all("jail -c name=b vnet persist\nifconfig epair0 create\nifconfig epair1 create");
      lab.all("ifconfig epair0a vnet s\nifconfig epair1a vnet s\nifconfig epair0b vnet a");
      lab.all("ifconfig epair1b vnet b\njexec s ifconfig bridge0 create");
      lab.all("jexec a ifconfig lo0 up\njexec b ifconfig lo0 up");
      lab.all("jexec s ifconfig epair0a up\njexec s ifconfig epair1a up");
      lab.ok("jexec s ifconfig bridge0 192.0.2.254/24 addm epair0a addm epair1a");
      lab.all("jexec a ifconfig epair0b 192.0.2.1/24\njexec b ifconfig epair1b 192.0.2.2/24");
      Lab.Running one = lab.start("jexec a ping -i 0.001 -c 2000 192.0.2.2", new byte[0]);
      Lab.Running two = lab.start("jexec b ping -i 0.001 -c 2000 192.0.2.254", new byte[0]);
      lab.sim().stepper().advance(SECOND / 10 + seed);
      lab.ok("jail -r s");
      assertThat(lab.ok("ifconfig -l")).contains("epair0a").contains("epair1a");
      assertThat(Validator.of(lab.kernel().machine())).isEmpty();
      lab.all("jail -r a\njail -r b");
      lab.await(one);
      lab.await(two);
      lab.all("ifconfig epair0a destroy\nifconfig epair1a destroy");
      assertThat(lab.ok("ifconfig -l")).isEqualTo("lo0\n");
    }
  }

  /** The host owns the bridge: members whose other ends are in dying jails stay or go with them. */
  @ParameterizedTest
  @ValueSource(longs = {14, 15, 16})
  void jails_on_the_host_s_bridge_die_under_traffic(long seed) {
    try (Lab lab = three(seed)) {
      lab.ok("ifconfig bridge0 192.0.2.254/24");
      Lab.Running one = lab.start("jexec a ping -i 0.001 -c 1000 192.0.2.2", new byte[0]);
      Lab.Running two = lab.start("ping -i 0.001 -c 1000 192.0.2.3", new byte[0]);
      lab.sim().stepper().advance(SECOND / 10 + seed);
      lab.ok("jail -r c");
      lab.ok("ifconfig epair1a destroy");
      assertThat(lab.ok("ifconfig bridge0")).contains("member: epair0a").doesNotContain("epair1a");
      lab.ok("ifconfig epair0a vnet b");
      assertThat(lab.ok("ifconfig bridge0")).doesNotContain("epair0a");
      assertThat(lab.ok("jexec b ifconfig epair0a")).doesNotContain("PROMISC");
      lab.ok("ifconfig bridge0 destroy");
      lab.all("jail -r a\njail -r b");
      lab.await(one);
      lab.await(two);
      lab.all("ifconfig epair0a destroy\nifconfig epair2a destroy");
      assertThat(lab.ok("ifconfig -l")).isEqualTo("lo0\n");
    }
  }

  @Test
  void a_bridge_that_moves_leaves_its_members_and_one_of_a_jail_dies_wherever_it_is() {
    try (Lab lab = three(17)) {
      lab.all("sysctl net.link.bridge.inherit_mac=1\nifconfig bridge0 deletem epair0a");
      lab.all("ifconfig bridge0 deletem epair1a deletem epair2a");
      lab.all("ifconfig bridge0 addm epair0a addm epair1a\nifconfig bridge0 192.0.2.254/24");
      lab.ok("ifconfig bridge0 vnet a");
      assertThat(lab.ok("jexec a ifconfig bridge0"))
          .doesNotContain("member")
          .contains("58:9c:fc:10");
      assertThat(lab.ok("ifconfig epair0a")).doesNotContain("PROMISC");
      lab.ok("jexec a ifconfig bridge0 name br");
      lab.ok("jexec a ifconfig br addm epair0b up");
      lab.ok("jail -r a");
      assertThat(lab.ok("ifconfig br")).doesNotContain("member").doesNotContain("<UP");
      lab.ok("ifconfig br name bridge0");
      // A jail's own, renamed, can be destroyed by the host that it was pushed to.
      lab.ok("jexec b ifconfig bridge0 create");
      lab.ok("jexec b ifconfig bridge0 name lan");
      assertThat(lab.ok("jexec b ifconfig lan destroy")).isEmpty();
      lab.ok("ifconfig epair0b destroy");
      lab.all("jail -r b\njail -r c\nifconfig bridge0 destroy");
      lab.all("ifconfig epair1a destroy\nifconfig epair2a destroy");
      assertThat(Validator.of(lab.kernel().machine())).isEmpty();
    }
  }

  @Test
  void unloading_the_module_takes_every_bridge_out_of_every_jail() {
    try (Lab lab = three(18)) {
      lab.ok("jexec a ifconfig bridge0 create");
      lab.ok("jexec a ifconfig bridge0 addm epair0b up");
      lab.ok("kldunload if_bridge");
      assertThat(lab.ok("jexec a ifconfig -l")).doesNotContain("bridge");
      assertThat(lab.ok("ifconfig epair0a")).doesNotContain("PROMISC");
      assertThat(lab.fails("sysctl net.link.bridge.inherit_mac", 1)).contains("unknown oid");
      lab.all("jail -r a\njail -r b\njail -r c");
      lab.all("ifconfig epair0a destroy\nifconfig epair1a destroy\nifconfig epair2a destroy");
    }
  }

  @Test
  void link_local_addresses_are_on_the_bridge_or_on_its_members() {
    try (Lab lab = new Lab(19)) {
      lab.all("kldload if_bridge\nifconfig bridge0 create\nifconfig epair0 create");
      lab.all("ifconfig epair0a inet6 -ifdisabled up\nifconfig epair0b inet6 -ifdisabled up");
      lab.ok("ifconfig epair0a inet6 2001:db8::1/64 no_dad");
      lab.ok("ifconfig bridge0 inet6 fe80::1/64 no_dad");
      lab.ok("sysctl net.link.bridge.allow_llz_overlap=1");
      lab.ok("ifconfig bridge0 addm epair0a");
      assertThat(lab.ok("ifconfig epair0a")).contains("inet6 fe80::");
      lab.ok("ifconfig bridge0 deletem epair0a");
      lab.ok("sysctl net.link.bridge.allow_llz_overlap=0");
      lab.ok("ifconfig bridge0 addm epair0a");
      assertThat(lab.ok("ifconfig epair0a")).doesNotContain("inet6 fe80::").doesNotContain("db8");
      assertThat(lab.ok("dmesg")).contains("bridge0: IPv6 addresses on epair0a have been removed");
      assertThat(lab.ok("netstat -rn -6")).doesNotContain("epair0a");
      lab.all("ifconfig bridge0 destroy\nifconfig epair0a destroy");
    }
  }

  @Test
  void bridged_packets_pass_the_filters_of_the_bridge_and_of_its_members() throws Exception {
    try (Lab lab = three(20)) {
      List<String> seen = new ArrayList<>();
      PfilHook hook =
          new PfilHook() {
            @Override
            public Verdict check(Mbuf m, Ifnet ifp, boolean out) {
              boolean icmp = Ip4Header.protocol(m.buf, m.off) == IpProtocol.ICMP;
              seen.add((out ? "out " : "in ") + ifp);
              return icmp && Ip4Header.destination(m.buf, m.off) == 0xc000_0203 && out
                  ? Verdict.DROP
                  : Verdict.PASS;
            }

            @Override
            public String name() {
              return "test";
            }
          };
      Vnet host = lab.kernel().machine().vnet0();
      List<IfRegistration> links = new ArrayList<>();
      lab.ok("jexec a ping -c 1 192.0.2.2");
      host.call(() -> {
        links.add(Pfil.of(host).inet().link(false, 0, hook));
        return links.add(Pfil.of(host).inet().link(true, 0, hook));
      });
      lab.ok("jexec a ping -c 1 192.0.2.2");
      assertThat(seen)
          .startsWith("in epair0a", "in bridge0", "out bridge0", "out epair1a", "in epair1a");
      assertThat(lab.run("jexec a ping -c 1 -W 100 192.0.2.3").status()).isEqualTo(2);
      seen.clear();
      lab.all("sysctl net.link.bridge.pfil_member=0\nsysctl net.link.bridge.pfil_bridge=0");
      assertThat(lab.ok("jexec a ping -c 1 192.0.2.3")).contains(" 0.0% packet loss");
      assertThat(seen).isEmpty();
      host.call(() -> {
        links.forEach(IfRegistration::close);
        return true;
      });
      removeAll(lab);
    }
  }
}
