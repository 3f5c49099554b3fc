package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** vxlan(4) between jails: over a router to one far end, and to a group on one link. */
class VxlanLabTest {
  private static void unicast(TunnelLab t, boolean six) {
    String a = six ? TunnelLab.A6 : TunnelLab.A4;
    String b = six ? TunnelLab.B6 : TunnelLab.B4;
    t.lab.ok("jexec a ifconfig vxlan0 create vxlanid 42 vxlanlocal " + a + " vxlanremote " + b);
    t.lab.ok("jexec b ifconfig vxlan0 create vxlanid 42 vxlanlocal " + b + " vxlanremote " + a);
    t.lab.all(
        """
        jexec a ifconfig vxlan0 10.0.0.1/24 up
        jexec b ifconfig vxlan0 10.0.0.2/24 up
        jexec a ifconfig vxlan0 inet6 2001:db8:f::1/64 no_dad
        jexec b ifconfig vxlan0 inet6 2001:db8:f::2/64 no_dad
        """);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void frames_cross_to_one_far_end_over_either_version_of_ip(boolean six) {
    try (TunnelLab t = new TunnelLab(1, "if_vxlan")) {
      unicast(t, six);
      t.pings();
      assertThat(t.lab.ok("jexec a ping -c 2 -i 0.1 -s 4000 10.0.0.2"))
          .contains(" 0.0% packet loss");
      assertThat(t.counter("a", "net.link.vxlan.nexthop_hits")).isGreaterThan(5);
      assertThat(t.counter("a", "net.link.vxlan.nexthop_misses")).isLessThanOrEqualTo(3);
      String ends = six ? "[2001:db8:1::1]:4789 remote [2001:db8:2::1]:4789" : null;
      assertThat(t.lab.ok("jexec a ifconfig vxlan0"))
          .contains("mtu 1450")
          .contains("groups: vxlan\n")
          .contains(
              "\tvxlan vni 42 local "
                  + (ends == null ? "192.0.2.1:4789 remote 198.51.100.1:4789" : ends)
                  + "\n");
      // Another number is another network.
      t.lab.ok("jexec b ifconfig vxlan0 down");
      t.lab.ok("jexec b ifconfig vxlan0 vxlanid 43 up");
      assertThat(t.lab.run("jexec a ping -c 1 -W 100 10.0.0.2").status()).isEqualTo(2);
    }
  }

  @Test
  void ends_of_a_group_learn_where_the_others_are() {
    try (Lab lab = new Lab(2)) {
      lab.ok("kldload if_vxlan");
      lab.ok("ifconfig epair0 create");
      lab.pair("a", "b"); // epair1
      lab.all(
          """
          jexec a ifconfig vxlan0 create vxlanid 7 vxlanlocal 192.0.2.1 vxlangroup 239.0.0.7 vxlandev epair1a
          jexec b ifconfig vxlan0 create vxlanid 7 vxlanlocal 192.0.2.2 vxlangroup 239.0.0.7 vxlandev epair1b
          jexec a ifconfig vxlan0 10.0.0.1/24 up
          jexec b ifconfig vxlan0 10.0.0.2/24 up
          """);
      assertThat(lab.ok("jexec a ping -c 3 -i 0.1 10.0.0.2")).contains(" 0.0% packet loss");
      assertThat(lab.ok("jexec a ifconfig vxlan0"))
          .contains("\tvxlan vni 7 local 192.0.2.1:4789 group 239.0.0.7:4789\n");
      // What is known goes straight to its far end, by a remembered nexthop.
      assertThat(lab.ok("jexec a sysctl -n net.link.vxlan.nexthop_hits").strip()).isNotEqualTo("0");
      // The link of the group goes: so does the tunnel, until it is configured anew.
      lab.ok("ifconfig epair1a -vnet a");
      assertThat(lab.ok("jexec a ifconfig vxlan0")).doesNotContain("RUNNING");
      lab.all("jail -r a\njail -r b");
    }
  }

  @Test
  void what_cannot_be_is_refused_and_a_running_one_keeps_its_ends() {
    try (TunnelLab t = new TunnelLab(3)) {
      assertThat(t.lab.ok("ifconfig vxlan create")).isEqualTo("vxlan0\n");
      t.lab.ok("ifconfig vxlan0 up");
      assertThat(t.lab.ok("dmesg"))
          .contains("vxlan0: cannot initialize interface: invalid virtual network identifier");
      for (String wrong :
          List.of(
              "vxlanid 16777216: invalid network identifier: 16777216",
              "vni x: invalid network identifier: x",
              "vxlanlocal 224.0.0.1: local address cannot be multicast",
              "vxlanremote 239.0.0.1: remote address cannot be multicast",
              "vxlanremote ff02::1: remote address cannot be multicast",
              "vxlangroup 192.0.2.1: group address must be multicast",
              "vxlanremote nobody: error in parsing remote address string: Name does not resolve",
              "vxlanlocalport 65535: invalid local port: 65535",
              "vxlanremoteport -1: invalid remote port: -1",
              "vxlanttl 257: invalid TTL value: 257",
              "vxlantimeout 5s: invalid timeout value: 5s",
              "vxlanmaxaddr 0x100000000: invalid maxaddr value: 0x100000000")) {
        int end = wrong.indexOf(": ");
        assertThat(t.lab.fails("ifconfig vxlan0 " + wrong.substring(0, end), 1))
            .isEqualTo("ifconfig: " + wrong.substring(end + 2) + "\n");
      }
      assertThat(t.lab.fails("ifconfig vxlan9 create vxlanlocal ::1 vxlanremote 192.0.2.8", 1))
          .isEqualTo("ifconfig: cannot mix IPv4 and IPv6 addresses\n");
      t.lab.ok("ifconfig lo0 alias 192.0.2.7/32");
      t.lab.ok("ifconfig vxlan0 down");
      t.lab.ok("ifconfig vxlan0 vxlanid 5 vxlanlocal 192.0.2.7 vxlanremote 192.0.2.8 up");
      assertThat(t.lab.fails("ifconfig vxlan0 vxlanid 6", 1))
          .isEqualTo("ifconfig: VXLAN_CMD_SET_VNI: Device busy\n");
      t.lab.ok("ifconfig vxlan0 vxlanttl 3 -vxlanlearn vxlantimeout 60 vxlanmaxaddr 10 vxlanflush");
      t.lab.ok("ifconfig vxlan1 create vxlanid 5 vxlanlocal 192.0.2.7 vxlanremote 192.0.2.9 up");
      assertThat(t.lab.ok("dmesg")).contains("vxlan1: cannot initialize interface: File exists");
      t.lab.ok("ifconfig vxlan0 destroy");
    }
  }

  @Test
  void source_ports_are_of_the_range_that_was_asked_for_one_for_each_flow() {
    try (TunnelLab t = new TunnelLab(5, "if_vxlan")) {
      unicast(t, false);
      assertThat(t.lab.fails("jexec a ifconfig vxlan0 vxlanportrange 7 6", 1))
          .isEqualTo("ifconfig: invalid port range\n");
      assertThat(t.lab.fails("jexec a ifconfig vxlan0 vxlanportrange x 6", 1))
          .isEqualTo("ifconfig: invalid port range minimum: x\n");
      assertThat(t.lab.fails("jexec a ifconfig vxlan0 vxlanportrange 6 65535", 1))
          .isEqualTo("ifconfig: invalid port range maximum: 65535\n");
      assertThat(t.lab.fails("jexec a ifconfig vxlan0 vxlanportrange 6 7", 1))
          .contains("Device busy");
      t.lab.all(
          """
          jexec a ifconfig vxlan0 down
          jexec a ifconfig vxlan0 vxlanportrange 5000 5003 up
          jexec b ifconfig vxlan0 down
          jexec b ifconfig vxlan0 vxlanportrange 0x1770 6000 up
          """);
      Lab.Running watch =
          t.lab.start("jexec r tcpdump -n -c 6 -i epair0b udp port 4789", new byte[0]);
      assertThat(t.lab.ok("jexec a ping -c 3 -i 0.1 10.0.0.2")).contains(" 0.0% packet loss");
      String seen = t.lab.await(watch).out();
      assertThat(ports(seen, "192.0.2.1")).isNotEmpty().allMatch(p -> p >= 5000 && p <= 5003);
      assertThat(ports(seen, "198.51.100.1")).containsOnly(6000);
    }
  }

  /** The source ports of an address in what tcpdump printed. */
  private static Set<Integer> ports(String printed, String source) {
    Set<Integer> found = new TreeSet<>();
    Matcher m = Pattern.compile("IP " + Pattern.quote(source) + "\\.(\\d+) > ").matcher(printed);
    while (m.find()) {
      found.add(Integer.valueOf(m.group(1)));
    }
    return found;
  }

  @Test
  void it_dies_and_moves_under_traffic() {
    try (TunnelLab t = new TunnelLab(4, "if_vxlan")) {
      unicast(t, false);
      t.pings();
      t.lab.ok("jexec a link epair0a delay 1s");
      assertThat(t.lab.run("jexec a ping -c 3 -i 0.1 -W 10 10.0.0.2").status()).isEqualTo(2);
      t.lab.ok("ifconfig vxlan0 -vnet a");
      assertThat(t.lab.ok("ifconfig vxlan0")).doesNotContain("RUNNING").contains("remote 0.0.0.0");
      t.lab.ok("jail -r b");
      t.lab.ok("jail -r a");
      assertThat(t.lab.ok("ifconfig -l")).doesNotContain("vxlan");
    }
  }
}
