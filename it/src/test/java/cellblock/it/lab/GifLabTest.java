package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** gif(4) between two jails with a router between them. */
class GifLabTest {
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void both_versions_of_ip_travel_inside_either(boolean six) {
    try (TunnelLab t = new TunnelLab(1)) {
      t.gif(six);
      t.inner("gif0");
      t.pings();
      assertThat(t.counter("a", "net.link.gif.nexthop_hits")).isGreaterThanOrEqualTo(5);
      assertThat(t.counter("a", "net.link.gif.nexthop_misses")).isLessThanOrEqualTo(3);
    }
  }

  @Test
  void ifconfig_prints_a_tunnel_as_freebsd_does() {
    try (TunnelLab t = new TunnelLab(2)) {
      assertThat(t.lab.ok("ifconfig gif create")).isEqualTo("gif0\n");
      assertThat(t.lab.ok("ifconfig gif0"))
          .isEqualTo(
              """
              gif0: flags=8010<POINTOPOINT,MULTICAST> metric 0 mtu 1280
              	options=80000<LINKSTATE>
              	groups: gif
              	nd6 options=29<PERFORMNUD,IFDISABLED,AUTO_LINKLOCAL>
              """);
      t.lab.ok("sysctl -q net.fibs=2");
      t.lab.ok("ifconfig gif0 tunnel 192.0.2.7 198.51.100.7 ignore_source tunnelfib 1");
      t.lab.ok("ifconfig gif0 10.1.0.1 10.1.0.2 netmask 255.255.255.0");
      assertThat(t.lab.ok("ifconfig gif0"))
          .isEqualTo(
              """
              gif0: flags=8011<UP,POINTOPOINT,MULTICAST> metric 0 mtu 1280
              	options=80000<LINKSTATE>
              	tunnel inet 192.0.2.7 --> 198.51.100.7
              	inet 10.1.0.1 --> 10.1.0.2 netmask 0xffffff00
              	groups: gif
              	options=2<IGNORE_SOURCE>
              	tunnelfib: 1
              	nd6 options=29<PERFORMNUD,IFDISABLED,AUTO_LINKLOCAL>
              """);
      t.lab.ok("ifconfig lo0 alias 192.0.2.7/32");
      assertThat(t.lab.ok("ifconfig gif0"))
          .contains("flags=8051<UP,POINTOPOINT,RUNNING,MULTICAST>");
      t.lab.ok("ifconfig lo0 -alias 192.0.2.7");
      assertThat(t.lab.ok("ifconfig gif0")).contains("flags=8011<UP,POINTOPOINT,MULTICAST>");
      t.lab.ok("ifconfig gif0 -tunnel");
      assertThat(t.lab.ok("ifconfig gif0")).doesNotContain("tunnel inet");
      t.lab.ok("ifconfig gif0 inet6 tunnel 2001:db8::1 2001:db8::2");
      assertThat(t.lab.ok("ifconfig gif0"))
          .contains("\ttunnel inet6 2001:db8::1 --> 2001:db8::2\n");
      t.lab.ok("ifconfig gif0 deletetunnel");
      t.lab.ok("ifconfig gif0 destroy");
    }
  }

  @Test
  void what_cannot_be_is_refused() {
    try (TunnelLab t = new TunnelLab(3)) {
      t.lab.ok("ifconfig gif0 create");
      t.lab.ok("ifconfig gif1 create tunnel 192.0.2.1 192.0.2.2");
      assertThat(t.lab.fails("ifconfig gif0 tunnel 192.0.2.1 2001:db8::1", 1))
          .isEqualTo("ifconfig: source and destination address families do not match\n");
      assertThat(t.lab.fails("ifconfig gif0 tunnel 192.0.2.1 192.0.2.2", 1))
          .isEqualTo("ifconfig: SIOCSIFPHYADDR: Can't assign requested address\n");
      assertThat(t.lab.fails("ifconfig gif0 tunnel 0.0.0.0 192.0.2.2", 1))
          .isEqualTo("ifconfig: SIOCSIFPHYADDR: Can't assign requested address\n");
      assertThat(t.lab.fails("ifconfig gif0 tunnelfib 7", 1))
          .isEqualTo("ifconfig: SIOCSTUNFIB: Invalid argument\n");
      assertThat(t.lab.fails("ifconfig gif0 mtu 1279", 1)).contains("Invalid argument");
      t.lab.ok("ifconfig gif1 tunnel 192.0.2.1 192.0.2.2");
      t.lab.ok("ifconfig gif0 tunnel 192.0.2.1 192.0.2.3");
    }
  }

  @Test
  void packets_above_the_mtu_are_cut_inside_or_reported() {
    try (TunnelLab t = new TunnelLab(4)) {
      t.gif(false);
      t.inner("gif0");
      assertThat(t.lab.ok("jexec a ping -c 2 -i 0.1 -s 3000 10.0.0.2"))
          .contains(" 0.0% packet loss");
      assertThat(t.lab.ok("jexec a ping -c 2 -i 0.1 -s 3000 2001:db8:f::2"))
          .contains(" 0.0% packet loss");
      assertThat(t.lab.fails("jexec a ping -c 1 -D -s 1300 10.0.0.2", 2))
          .contains("Message too long");
      t.lab.ok("jexec a ifconfig gif0 mtu 4000");
      t.lab.ok("jexec b ifconfig gif0 mtu 4000");
      // Now the outer packet is cut, and put together again by the far end.
      assertThat(t.lab.ok("jexec a ping -c 2 -i 0.1 -D -s 3000 10.0.0.2"))
          .contains(" 0.0% packet loss");
    }
  }

  @Test
  void a_router_with_a_tunnel_says_how_much_fits() {
    try (TunnelLab t = new TunnelLab(5)) {
      t.gif(false);
      t.inner("gif0");
      t.lab.all(
          """
          jail -c name=h vnet persist
          ifconfig epair2 create
          ifconfig epair2a vnet h
          ifconfig epair2b vnet a
          jexec h ifconfig epair2a 203.0.113.1/24 up
          jexec a ifconfig epair2b 203.0.113.254/24 up
          jexec h route -q add default 203.0.113.254
          jexec a sysctl -q net.inet.ip.forwarding=1
          jexec b route -q add 203.0.113.0/24 10.0.0.1
          """);
      assertThat(t.lab.ok("jexec h ping -c 2 -i 0.1 10.0.0.2")).contains(" 0.0% packet loss");
      assertThat(t.lab.run("jexec h ping -c 1 -D -s 1400 10.0.0.2").out())
          .contains("frag needed and DF set (MTU 1280)");
    }
  }

  @Test
  void tunnels_nest_as_deep_as_the_sysctl_says_and_never_in_a_loop() {
    try (TunnelLab t = new TunnelLab(6)) {
      t.gif(false);
      t.inner("gif0");
      t.lab.all(
          """
          jexec a ifconfig gif1 create tunnel 10.0.0.1 10.0.0.2
          jexec b ifconfig gif1 create tunnel 10.0.0.2 10.0.0.1
          jexec a ifconfig gif1 10.9.0.1 10.9.0.2 netmask 255.255.255.255
          jexec b ifconfig gif1 10.9.0.2 10.9.0.1 netmask 255.255.255.255
          """);
      assertThat(t.lab.run("jexec a ping -c 1 -W 100 10.9.0.2").err())
          .contains("sendto: Input/output error");
      assertThat(t.lab.ok("dmesg"))
          .contains("gif0: if_output recursively called too many times(2)");
      t.lab.ok("jexec a sysctl -q net.link.gif.max_nesting=2");
      t.lab.ok("jexec b sysctl -q net.link.gif.max_nesting=2");
      assertThat(t.lab.ok("jexec a ping -c 3 -i 0.1 10.9.0.2")).contains(" 0.0% packet loss");
      // gif0's outer packets are sent by gif0 itself.
      t.lab.ok("jexec a sysctl -q net.link.gif.max_nesting=10");
      t.lab.ok("jexec a route -q add 198.51.100.1/32 10.0.0.2");
      assertThat(t.lab.run("jexec a ping -c 1 -W 100 10.0.0.2").err())
          .contains("sendto: Input/output error");
      assertThat(t.lab.ok("dmesg")).contains("gif0: loop detected");
    }
  }

  @Test
  void a_route_that_changes_under_traffic_takes_the_remembered_nexthop_along() {
    try (TunnelLab t = new TunnelLab(7)) {
      t.gif(false);
      t.inner("gif0");
      t.pings();
      long hits = t.counter("a", "net.link.gif.nexthop_hits");
      long misses = t.counter("a", "net.link.gif.nexthop_misses");
      t.lab.ok("jexec a route -q add 203.0.113.0/24 192.0.2.254"); // elsewhere: no matter
      assertThat(t.counter("a", "net.link.gif.nexthop_flushes")).isZero();
      t.pings();
      assertThat(t.counter("a", "net.link.gif.nexthop_hits")).isEqualTo(hits + 6);
      assertThat(t.counter("a", "net.link.gif.nexthop_misses")).isEqualTo(misses);
      // A longer prefix to nowhere, then gone again: the next packet knows each time.
      t.lab.ok("jexec a route -q add 198.51.100.0/24 192.0.2.99 -blackhole");
      assertThat(t.lab.run("jexec a ping -c 2 -i 0.1 -W 100 10.0.0.2").status()).isEqualTo(2);
      t.lab.ok("jexec a route -q delete 198.51.100.0/24");
      t.pings();
      assertThat(t.counter("a", "net.link.gif.nexthop_flushes")).isEqualTo(2);
      assertThat(t.counter("a", "net.link.gif.nexthop_misses")).isEqualTo(misses + 2);
      // Without the cache nothing is remembered and all goes through.
      t.lab.ok("jexec a sysctl -q net.link.gif.nexthop_cache=0");
      hits = t.counter("a", "net.link.gif.nexthop_hits");
      t.pings();
      assertThat(t.counter("a", "net.link.gif.nexthop_hits")).isEqualTo(hits);
    }
  }

  @Test
  void the_outer_fib_chooses_the_way_and_its_rib_is_followed() {
    try (TunnelLab t = new TunnelLab(8)) {
      t.lab.ok("sysctl -q net.fibs=2");
      t.lab.ok("jexec a sysctl -q net.fibs=2");
      t.gif(false);
      t.inner("gif0");
      t.lab.ok("jexec a ifconfig gif0 tunnelfib 1");
      assertThat(t.lab.run("jexec a ping -c 1 -W 100 10.0.0.2").err())
          .contains("ping: sendto: Host is down");
      t.lab.ok("jexec a route -q add -fib 1 192.0.2.0/24 -iface epair0a");
      t.lab.ok("jexec a route -q add -fib 1 default 192.0.2.254");
      t.lab.ok("jexec a ifconfig gif0 link2");
      t.pings();
      long flushes = t.counter("a", "net.link.gif.nexthop_flushes");
      t.lab.ok("jexec a route -q add 198.51.100.1/32 192.0.2.99"); // fib 0: not ours
      t.pings();
      assertThat(t.counter("a", "net.link.gif.nexthop_flushes")).isEqualTo(flushes);
    }
  }

  @Test
  void the_ingress_filter_wants_the_way_back() {
    try (TunnelLab t = new TunnelLab(9)) {
      t.gif(false);
      t.inner("gif0");
      t.pings();
      t.lab.ok("jexec b route -q add 192.0.2.1/32 127.0.0.1 -blackhole");
      assertThat(t.lab.run("jexec a ping -c 1 -W 100 10.0.0.2").status()).isEqualTo(2);
    }
  }

  @Test
  void congestion_marks_and_tos_cross_with_link1() {
    try (TunnelLab t = new TunnelLab(10)) {
      t.gif(false);
      t.inner("gif0");
      t.lab.ok("jexec a ifconfig gif0 link1");
      t.lab.ok("jexec b ifconfig gif0 link1");
      assertThat(t.lab.ok("jexec a ping -c 1 -z 2 10.0.0.2")).contains(" 0.0% packet loss");
    }
  }

  @Test
  void a_tunnel_dies_under_traffic_in_every_way_there_is() {
    try (TunnelLab t = new TunnelLab(11)) {
      t.gif(false);
      t.inner("gif0");
      t.lab.ok("jexec a link epair0a delay 1s");
      assertThat(t.lab.run("jexec a ping -c 3 -i 0.1 -W 10 10.0.0.2").status()).isEqualTo(2);
      t.lab.ok("jexec a ifconfig gif0 -tunnel");
      assertThat(t.lab.run("jexec a ping -c 1 -W 10 10.0.0.2").status()).isEqualTo(2);
      t.lab.ok("jexec a ifconfig gif0 tunnel " + TunnelLab.ends(false, true));
      assertThat(t.lab.run("jexec a ping -c 3 -i 0.1 -W 10 10.0.0.2").status()).isEqualTo(2);
      t.lab.ok("jexec a ifconfig gif0 destroy");
      assertThat(t.lab.ok("jexec a ifconfig -l")).isEqualTo("lo0 epair0a\n");
      t.lab.ok("jail -r b");
      t.lab.ok("jail -r a");
      assertThat(t.lab.ok("ifconfig -l")).doesNotContain("gif");
    }
  }

  @Test
  void a_tunnel_that_moves_loses_its_ends_and_comes_home_when_its_holder_dies() {
    try (TunnelLab t = new TunnelLab(12)) {
      t.lab.ok("ifconfig gif7 create");
      t.lab.ok("ifconfig lo0 alias 203.0.113.9/32");
      t.lab.ok("ifconfig gif7 tunnel 203.0.113.9 203.0.113.10");
      t.lab.ok("ifconfig gif7 vnet a");
      assertThat(t.lab.ok("jexec a ifconfig gif7"))
          .doesNotContain("tunnel")
          .doesNotContain("RUNNING");
      t.gif(false);
      t.lab.ok("jexec a ifconfig gif0 destroy");
      t.lab.ok("jexec a ifconfig gif7 tunnel " + TunnelLab.ends(false, true));
      t.lab.ok("jexec a ifconfig gif7 10.0.0.1 10.0.0.2 netmask 255.255.255.255");
      t.lab.ok("jexec b ifconfig gif0 10.0.0.2 10.0.0.1 netmask 255.255.255.255");
      assertThat(t.lab.ok("jexec a ping -c 2 -i 0.1 10.0.0.2")).contains(" 0.0% packet loss");
      t.lab.ok("jail -r a");
      assertThat(t.lab.ok("ifconfig gif7")).doesNotContain("tunnel").doesNotContain("RUNNING");
      t.lab.ok("ifconfig gif7 destroy");
      t.lab.ok("ifconfig gif0 -vnet b");
      t.lab.ok("ifconfig gif0 tunnel 203.0.113.9 203.0.113.10");
      t.lab.ok("jail -r b"); // its home goes: it is destroyed where it is
      assertThat(t.lab.ok("ifconfig -l")).doesNotContain("gif");
    }
  }
}
