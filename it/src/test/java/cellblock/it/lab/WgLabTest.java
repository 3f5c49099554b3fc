package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** wg(4) between two jails with a router between them. */
class WgLabTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void both_versions_of_ip_travel_inside_either(boolean six) {
    try (WgLab w = new WgLab(1, folder)) {
      w.both(six);
      w.pings();
      assertThat(w.tunnels.counter("a", "net.link.wg.nexthop_hits")).isGreaterThanOrEqualTo(5);
      assertThat(w.tunnels.counter("a", "net.link.wg.nexthop_misses")).isLessThanOrEqualTo(2);
      assertThat(w.last("a", "latest-handshakes")).isNotEqualTo("0");
      assertThat(w.last("b", "latest-handshakes")).isNotEqualTo("0");
    }
  }

  @Test
  void ifconfig_and_wg_print_a_device_as_freebsd_does() {
    try (WgLab w = new WgLab(2, folder)) {
      assertThat(w.lab.ok("ifconfig wg create")).isEqualTo("wg0\n");
      assertThat(w.lab.ok("ifconfig wg0"))
          .isEqualTo(
              """
              wg0: flags=8080<NOARP,MULTICAST> metric 0 mtu 1420
              	options=80000<LINKSTATE>
              	groups: wg
              	nd6 options=109<PERFORMNUD,IFDISABLED,NO_DAD>
              """);
      w.lab.ok("ifconfig wg0 inet 10.0.0.1/24"); // no address brings it up
      assertThat(w.lab.ok("ifconfig wg0")).startsWith("wg0: flags=8080<NOARP,MULTICAST>");
      w.lab.ok("ifconfig wg0 up tunnelfib 0");
      assertThat(w.lab.ok("ifconfig wg0"))
          .isEqualTo(
              """
              wg0: flags=80c1<UP,RUNNING,NOARP,MULTICAST> metric 0 mtu 1420
              	options=80000<LINKSTATE>
              	inet 10.0.0.1 netmask 0xffffff00
              	groups: wg
              	nd6 options=109<PERFORMNUD,IFDISABLED,NO_DAD>
              """);
      assertThat(w.lab.ok("wg show wg0")).matches("interface: wg0\n  listening port: [0-9]+\n");
      w.lab.ok("wg set wg0 listen-port 51820 fwmark 0x10 private-key " + w.file("a"));
      String b = w.pub("b");
      w.lab.ok("wg set wg0 peer " + b + " allowed-ips 10.0.0.2/32,2001:db8::/64");
      w.lab.ok("wg set wg0 peer " + b + " endpoint [2001:db8::9]:7 persistent-keepalive 65");
      assertThat(w.lab.ok("wg"))
          .isEqualTo(
              """
              interface: wg0
                public key: %s
                private key: (hidden)
                listening port: 51820
                fwmark: 0x10

              peer: %s
                endpoint: [2001:db8::9]:7
                allowed ips: 2001:db8::/64, 10.0.0.2/32
                transfer: 0 B received, 148 B sent
                persistent keepalive: every 1 minute, 5 seconds
              """
                  .formatted(w.pub("a"), b));
      assertThat(w.lab.ok("sockstat -46l")).contains("udp4   *:51820").contains("udp6   *:51820");
      w.lab.ok("ifconfig wg0 destroy");
      assertThat(w.lab.ok("sockstat -46l")).doesNotContain("51820");
    }
  }

  @Test
  void a_session_is_renewed_after_two_minutes_of_use() {
    try (WgLab w = new WgLab(3, folder)) {
      w.both(false);
      w.reached();
      long first = Long.parseLong(w.last("a", "latest-handshakes"));
      w.lab.ok("jexec a ping -q -c 110 -i 1 10.0.0.2");
      assertThat(Long.parseLong(w.last("a", "latest-handshakes"))).isEqualTo(first);
      assertThat(w.lab.ok("jexec a ping -q -c 20 -i 1 10.0.0.2")).contains(" 0.0% packet loss");
      long second = Long.parseLong(w.last("a", "latest-handshakes"));
      assertThat(second).isBetween(first + 119, first + 124);
      assertThat(Long.parseLong(w.last("b", "latest-handshakes"))).isBetween(second, second + 1);
    }
  }

  @Test
  void after_a_rest_a_new_session_is_made_and_nothing_is_lost() {
    try (WgLab w = new WgLab(4, folder)) {
      w.both(false);
      w.reached();
      w.pass(1000); // beyond three times REJECT_AFTER_TIME
      w.reached();
    }
  }

  @Test
  void what_is_heard_is_answered_within_ten_seconds() {
    try (WgLab w = new WgLab(5, folder)) {
      w.both(false);
      w.reached();
      w.pass(1);
      long before = transfer(w, "b")[0];
      w.pass(12); // a has the last reply and nothing to say
      assertThat(transfer(w, "b")[0] - before).isEqualTo(32);
      w.pass(60);
      assertThat(transfer(w, "b")[0] - before).isEqualTo(32);
    }
  }

  @Test
  void persistent_keepalives_come_whether_or_not_there_is_traffic() {
    try (WgLab w = new WgLab(6, folder)) {
      w.both(false);
      w.lab.ok("jexec a wg set wg0 peer " + w.pub("b") + " persistent-keepalive 25");
      w.pass(5);
      assertThat(w.last("b", "latest-handshakes")).isNotEqualTo("0"); // it opens the session, too
      long before = transfer(w, "b")[0];
      w.pass(100);
      assertThat(transfer(w, "b")[0] - before).isEqualTo(4 * 32);
      w.lab.ok("jexec a wg set wg0 peer " + w.pub("b") + " persistent-keepalive off");
      w.pass(20);
      before = transfer(w, "b")[0];
      w.pass(100);
      assertThat(transfer(w, "b")[0]).isEqualTo(before);
    }
  }

  /** Bytes received and sent. */
  private static long[] transfer(WgLab w, String jail) {
    String[] words = w.show(jail, "transfer").split("\t");
    return new long[] {Long.parseLong(words[1]), Long.parseLong(words[2])};
  }

  @Test
  void a_peer_that_does_not_answer_is_asked_for_ninety_seconds() {
    try (WgLab w = new WgLab(7, folder)) {
      w.both(false);
      w.lab.ok("jexec b ifconfig wg0 down");
      assertThat(w.reaches()).isFalse();
      w.pass(120);
      long sent = transfer(w, "a")[1];
      assertThat(sent % 148).isZero();
      assertThat(sent / 148).isBetween(18L, 20L);
      w.pass(120);
      assertThat(transfer(w, "a")[1]).isEqualTo(sent);
      w.lab.ok("jexec b ifconfig wg0 up");
      w.reached();
    }
  }

  @Test
  void a_peer_that_moves_is_followed() {
    try (WgLab w = new WgLab(8, folder)) {
      w.both(false);
      w.reached();
      assertThat(w.last("b", "endpoints")).isEqualTo("192.0.2.1:51820");
      w.lab.ok("jexec a ifconfig epair0a inet 192.0.2.77/24 alias");
      w.lab.ok("jexec a ifconfig epair0a inet 192.0.2.1 -alias");
      w.lab.ok("jexec a route -q add default 192.0.2.254");
      w.reached();
      assertThat(w.last("b", "endpoints")).isEqualTo("192.0.2.77:51820");
      w.lab.ok("jexec a wg set wg0 listen-port 4444");
      w.reached();
      assertThat(w.last("b", "endpoints")).isEqualTo("192.0.2.77:4444");
      // From IPv4 to IPv6.
      w.lab.ok("jexec a wg set wg0 peer " + w.pub("b") + " endpoint [2001:db8:2::1]:51821");
      w.reached();
      assertThat(w.last("b", "endpoints")).isEqualTo("[2001:db8:1::1]:4444");
    }
  }

  @Test
  void a_packet_that_comes_twice_is_taken_once() {
    try (WgLab w = new WgLab(9, folder)) {
      w.both(false);
      w.lab.ok("jexec a link epair0a dup 100%");
      assertThat(w.lab.ok("jexec a ping -c 5 -i 0.1 198.51.100.1")).contains("(DUP!)");
      assertThat(w.lab.ok("jexec a ping -c 5 -i 0.1 10.0.0.2"))
          .contains(" 0.0% packet loss")
          .doesNotContain("DUP");
    }
  }

  @Test
  void whose_packet_it_is_follows_from_the_addresses_alone() {
    try (WgLab w = new WgLab(10, folder)) {
      w.both(false);
      w.reached();
      // b may no longer send from 10.0.0.2: its answers are dropped.
      w.lab.ok("jexec a wg set wg0 peer " + w.pub("b") + " allowed-ips 10.0.0.3/32");
      assertThat(w.lab.run("jexec a ping -c 1 -W 100 10.0.0.2").err())
          .contains("sendto: Capabilities insufficient");
      w.lab.ok("jexec a wg set wg0 peer " + w.pub("b") + " allowed-ips 0.0.0.0/0");
      w.reached();
      // Another peer takes the longer prefix away.
      w.lab.ok("jexec a wg set wg0 peer " + w.pub("c") + " allowed-ips 10.0.0.2/32");
      assertThat(w.reaches()).isFalse(); // nobody knows where c is
      w.lab.ok("jexec a wg set wg0 peer " + w.pub("c") + " remove");
      w.reached();
      assertThat(w.show("a", "peers")).isEqualTo(w.pub("b"));
    }
  }

  @Test
  void a_device_in_a_device_works_and_a_device_in_itself_does_not() {
    try (WgLab w = new WgLab(11, folder)) {
      w.both(false);
      w.lab.ok("jexec a ifconfig wg1 create");
      w.lab.ok("jexec b ifconfig wg1 create");
      w.lab.ok(
          "jexec a wg set wg1 listen-port 61 private-key %s peer %s endpoint 10.0.0.2:62 allowed-ips 10.9.0.2/32"
              .formatted(w.file("c"), w.pub("d")));
      w.lab.ok(
          "jexec b wg set wg1 listen-port 62 private-key %s peer %s allowed-ips 10.9.0.1/32"
              .formatted(w.file("d"), w.pub("c")));
      w.lab.ok("jexec a ifconfig wg1 inet 10.9.0.1/24 up");
      w.lab.ok("jexec b ifconfig wg1 inet 10.9.0.2/24 up");
      assertThat(w.lab.ok("jexec a ping -c 3 -i 0.1 -s 1300 10.9.0.2"))
          .contains(" 0.0% packet loss");
      // The outer packets of wg0 are to leave by wg0.
      w.lab.ok("jexec a wg set wg0 peer " + w.pub("b") + " allowed-ips 0.0.0.0/0");
      w.lab.ok("jexec a route -q add 198.51.100.1/32 -iface wg0");
      assertThat(w.reaches()).isFalse();
      w.lab.ok("jexec a route -q delete 198.51.100.1/32");
      w.reached();
    }
  }

  @Test
  void large_packets_are_cut_inside_and_padding_stays_below_the_mtu() {
    try (WgLab w = new WgLab(12, folder)) {
      w.both(true);
      assertThat(w.lab.ok("jexec a ping -c 2 -i 0.1 -s 5000 10.0.0.2"))
          .contains(" 0.0% packet loss");
      assertThat(w.lab.ok("jexec a ping -c 2 -i 0.1 -D -s 1392 10.0.0.2")) // 1420 with headers
          .contains(" 0.0% packet loss");
      assertThat(w.lab.fails("jexec a ping -c 1 -D -s 1393 10.0.0.2", 2))
          .contains("Message too long");
      assertThat(w.lab.fails("jexec a ifconfig wg0 mtu 65500", 1)).contains("Invalid argument");
    }
  }

  @Test
  void the_fib_of_the_sockets_chooses_the_way() {
    try (WgLab w = new WgLab(13, folder)) {
      w.lab.ok("sysctl -q net.fibs=2");
      w.lab.ok("jexec a sysctl -q net.fibs=2");
      w.both(false);
      w.reached();
      w.lab.ok("jexec a ifconfig wg0 tunnelfib 1");
      assertThat(w.lab.ok("jexec a ifconfig wg0")).contains("\ttunnelfib: 1\n");
      assertThat(w.reaches()).isFalse();
      w.lab.ok("jexec a route -q add -fib 1 192.0.2.0/24 -iface epair0a");
      w.lab.ok("jexec a route -q add -fib 1 default 192.0.2.254");
      w.reached();
    }
  }

  @Test
  void a_route_that_changes_takes_the_remembered_nexthop_along() {
    try (WgLab w = new WgLab(14, folder)) {
      w.both(false);
      w.reached();
      assertThat(w.tunnels.counter("a", "net.link.wg.nexthop_flushes")).isZero();
      w.lab.ok("jexec a route -q add 198.51.100.0/24 192.0.2.99 -blackhole");
      assertThat(w.reaches()).isFalse();
      w.lab.ok("jexec a route -q delete 198.51.100.0/24");
      w.reached();
      assertThat(w.tunnels.counter("a", "net.link.wg.nexthop_flushes")).isEqualTo(2);
    }
  }

  @Test
  void packets_wait_for_a_session_but_not_without_end() {
    try (WgLab w = new WgLab(15, folder)) {
      w.both(false);
      w.lab.ok("jexec b ifconfig wg0 down");
      w.lab.run("jexec a ping -q -c 200 -i 0.01 -W 10 10.0.0.2");
      w.lab.ok("jexec b ifconfig wg0 up");
      w.pass(12);
      // The newest 128 were kept and sent once the session was there.
      assertThat(transfer(w, "b")[0]).isBetween(128L * 128, 128L * 128 + 1000);
    }
  }

  @Test
  void the_socket_stays_at_home_when_the_interface_is_lent() {
    try (WgLab w = lent(16)) {
      assertThat(w.lab.ok("jexec c ping -c 3 -i 0.1 10.0.0.2")).contains(" 0.0% packet loss");
      assertThat(w.lab.ok("jexec b ping -c 3 -i 0.1 10.0.0.1")).contains(" 0.0% packet loss");
      assertThat(w.lab.ok("jexec c ping -c 2 -i 0.1 2001:db8:f::2")).contains(" 0.0% packet loss");
      assertThat(w.lab.ok("sockstat -46l")).contains("udp4   *:51820");
      assertThat(w.lab.ok("jexec c sockstat -46l")).doesNotContain("51820");
      assertThat(w.lab.ok("jexec c ifconfig -l")).isEqualTo("lo0 wg0\n");
      assertThat(w.lab.ok("jexec c wg show wg0 endpoints")).contains("203.0.113.2:51821");
      w.lab.ok("jexec c wg set wg0 peer " + w.pub("b") + " allowed-ips 10.0.0.9/32");
      assertThat(w.lab.run("jexec c ping -c 1 -W 100 10.0.0.2").err())
          .contains("Capabilities insufficient");
      w.lab.ok("jexec c wg set wg0 peer " + w.pub("b") + " allowed-ips " + WgLab.inner(2));
      // Home again: down, but its keys and peers are as they were.
      w.lab.ok("ifconfig wg0 -vnet c");
      assertThat(w.lab.ok("sockstat -46l")).doesNotContain("51820");
      w.lab.ok("ifconfig wg0 inet 10.0.0.1/24 up");
      assertThat(w.lab.ok("ping -c 2 -i 0.1 10.0.0.2")).contains(" 0.0% packet loss");
    }
  }

  /** wg0 of vnet0 lent to jail {@code c}; b is reached from vnet0 alone. */
  private WgLab lent(long seed) {
    WgLab w = new WgLab(seed, folder);
    w.lab.all(
        """
        ifconfig epair7 create
        ifconfig epair7a 203.0.113.1/24 up
        ifconfig epair7b vnet b
        jexec b ifconfig epair7b 203.0.113.2/24 up
        jail -c name=c vnet persist
        ifconfig wg0 create
        jexec b ifconfig wg0 create
        """);
    w.lab.ok(
        "wg set wg0 listen-port 51820 private-key %s peer %s endpoint 203.0.113.2:51821 allowed-ips %s"
            .formatted(w.file("a"), w.pub("b"), WgLab.inner(2)));
    w.lab.ok(
        "jexec b wg set wg0 listen-port 51821 private-key %s peer %s allowed-ips %s"
            .formatted(w.file("b"), w.pub("a"), WgLab.inner(1)));
    w.lab.ok("ifconfig wg0 vnet c");
    w.address("c", "wg0", 1);
    w.address("b", "wg0", 2);
    return w;
  }

  @Test
  void a_lent_device_is_destroyed_from_inside() {
    try (WgLab w = lent(17)) {
      assertThat(w.lab.ok("jexec c ping -c 1 10.0.0.2")).contains(" 0.0% packet loss");
      w.lab.ok("jexec c ifconfig wg0 destroy");
      assertThat(w.lab.ok("sockstat -46l")).doesNotContain("51820");
      assertThat(w.lab.ok("jexec c ifconfig -l")).isEqualTo("lo0\n");
    }
  }

  @Test
  void the_holder_of_a_lent_device_dies_under_traffic() {
    try (WgLab w = lent(18)) {
      assertThat(w.lab.ok("jexec c ping -c 1 10.0.0.2")).contains(" 0.0% packet loss");
      Lab.Running b = w.lab.start("jexec b ping -q -c 40 -i 0.05 -W 10 10.0.0.1", new byte[0]);
      Lab.Running c = w.lab.start("jexec c ping -q -c 1000 -i 0.05 -W 10 10.0.0.2", new byte[0]);
      w.lab.ok("sleep 1");
      w.lab.ok("jail -r c");
      w.lab.await(c);
      w.lab.await(b);
      assertThat(w.lab.ok("ifconfig wg0")).doesNotContain("RUNNING");
      assertThat(w.lab.ok("sockstat -46l")).doesNotContain("51820");
    }
  }

  @Test
  void the_home_of_a_device_dies_while_it_is_elsewhere() {
    try (WgLab w = new WgLab(19, folder)) {
      w.both(false);
      w.reached();
      w.lab.ok("ifconfig wg0 -vnet a"); // made in a, used by the host
      w.lab.ok("ifconfig wg0 inet 10.0.0.1/24 up");
      assertThat(w.lab.ok("ping -c 2 -i 0.1 10.0.0.2")).contains(" 0.0% packet loss");
      assertThat(w.lab.ok("jexec a sockstat -46l")).contains("51820");
      Lab.Running p = w.lab.start("ping -q -c 40 -i 0.05 -W 10 10.0.0.2", new byte[0]);
      w.lab.ok("sleep 1");
      w.lab.ok("jail -r a");
      w.lab.await(p);
      assertThat(w.lab.ok("jls -d jid")).isEqualTo("2\n3\n");
      assertThat(w.lab.ok("ifconfig -l")).doesNotContain("wg");
    }
  }

  @Test
  void a_jail_dies_with_a_device_in_use() {
    try (WgLab w = new WgLab(20, folder)) {
      w.both(false);
      w.reached();
      Lab.Running p = w.lab.start("jexec b ping -q -c 60 -i 0.05 -W 10 10.0.0.1", new byte[0]);
      w.lab.ok("sleep 1");
      w.lab.ok("jail -r a");
      w.lab.await(p);
      assertThat(w.lab.ok("ledger")).contains("a");
      assertThat(w.lab.ok("ledger a")).contains("+ device wg0").contains("- device wg0");
      w.lab.ok("kldunload if_wg");
      assertThat(w.lab.ok("jexec b ifconfig -l")).isEqualTo("lo0 epair1a\n");
      w.lab.ok("kldload if_wg");
    }
  }
}
