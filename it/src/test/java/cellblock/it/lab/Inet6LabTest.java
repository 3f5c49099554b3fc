package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.host.Jail;
import org.junit.jupiter.api.Test;

/** IPv6 between jails, by the tools alone. */
class Inet6LabTest {
  private static void pair6(Lab lab, String words) {
    lab.all(
        """
        jail -c name=a vnet persist
        jail -c name=b vnet persist
        ifconfig epair create
        ifconfig epair0a vnet a
        ifconfig epair0b vnet b
        jexec a ifconfig epair0a inet6 2001:db8::1/64 up %s
        jexec b ifconfig epair0b inet6 2001:db8::2/64 up %s
        """
            .formatted(words, words));
  }

  @Test
  void two_jails_ping_each_other_by_ipv6() {
    for (long seed = 1; seed <= 10; seed++) {
      try (Lab lab = new Lab(seed)) {
        pair6(lab, "no_dad");
        assertThat(lab.ok("jexec a ping -6 -c 3 2001:db8::2"))
            .contains("PING(56=40+8+8 bytes) 2001:db8::1 --> 2001:db8::2")
            .contains("16 bytes from 2001:db8::2, icmp_seq=0 hlim=64 time=")
            .contains("3 packets transmitted, 3 packets received, 0.0% packet loss");
        lab.all("jail -r a\njail -r b\nifconfig epair0a destroy");
        assertThat(lab.ok("ifconfig -l").strip()).isEqualTo("lo0");
      }
    }
  }

  @Test
  void an_address_is_tentative_until_nobody_else_claims_it() {
    try (Lab lab = new Lab(2)) {
      pair6(lab, "");
      lab.ok("jexec a ifconfig epair0a inet6 2001:db8::3/64 alias");
      assertThat(lab.ok("jexec a ifconfig epair0a inet6"))
          .contains("2001:db8::3 prefixlen 64 tentative");
      lab.sim().stepper().advance(2_000_000_000L);
      assertThat(lab.ok("jexec a ifconfig epair0a"))
          .contains("inet6 2001:db8::1 prefixlen 64\n")
          .contains("inet6 2001:db8::3 prefixlen 64\n")
          .contains("%epair0a prefixlen 64 scopeid")
          .contains("nd6 options=21<PERFORMNUD,AUTO_LINKLOCAL>")
          .doesNotContain("tentative");
      lab.ok("jexec b ifconfig epair0b inet6 2001:db8::1/64");
      lab.sim().stepper().advance(2_000_000_000L);
      assertThat(lab.ok("jexec b ifconfig epair0b inet6"))
          .contains("2001:db8::1 prefixlen 64 duplicated");
      assertThat(lab.ok("jexec a ifconfig epair0a inet6")).doesNotContain("duplicated");
    }
  }

  @Test
  void the_address_that_enables_ipv6_on_an_interface_is_ready_at_once() {
    try (Lab lab = new Lab(5)) {
      pair6(lab, "");
      assertThat(lab.ok("jexec a ifconfig epair0a inet6"))
          .contains("inet6 2001:db8::1 prefixlen 64\n") // in6if_do_dad: still disabled
          .containsPattern("inet6 fe80::\\S+%epair0a prefixlen 64 tentative");
      assertThat(lab.ok("jexec a ping -6 -c 1 -t 1 2001:db8::2")).contains("1 packets received");
      // It is looked for like any other when the link was down for a second: nd6_timer.
      lab.all("jexec a ifconfig epair0a down\njexec a ifconfig epair0a up");
      assertThat(lab.ok("jexec a ifconfig epair0a inet6"))
          .contains("inet6 2001:db8::1 prefixlen 64\n");
      lab.ok("jexec a ifconfig epair0a down");
      lab.sim().stepper().advance(1_000_000_000L);
      lab.ok("jexec a ifconfig epair0a up");
      assertThat(lab.ok("jexec a ifconfig epair0a inet6"))
          .contains("2001:db8::1 prefixlen 64 tentative");
      lab.sim().stepper().advance(2_000_000_000L);
      assertThat(lab.ok("jexec a ifconfig epair0a inet6")).doesNotContain("tentative");
      // Where IPv6 was enabled first, no address is without the search.
      lab.ok("ifconfig epair1 create");
      lab.ok("ifconfig epair1a inet6 -ifdisabled up");
      lab.ok("ifconfig epair1a inet6 2001:db8:1::1/64");
      assertThat(lab.ok("ifconfig epair1a inet6")).contains("2001:db8:1::1 prefixlen 64 tentative");
      lab.ok("ifconfig epair1a destroy");
    }
  }

  @Test
  void flows_of_a_route_with_two_ways_take_the_one_whose_interface_is_up() {
    try (Lab lab = new Lab(6)) {
      lab.all(
          """
          jail -c name=j vnet persist
          ifconfig epair0 create
          ifconfig epair1 create
          ifconfig epair0b vnet j
          ifconfig epair1b vnet j
          ifconfig epair0a inet6 3fff:1::a/127 up
          ifconfig epair1a inet6 3fff:2::a/127 up
          jexec j ifconfig epair0b inet6 3fff:1::b/127 up
          jexec j ifconfig epair1b inet6 3fff:2::b/127 up
          ifconfig lo0 inet6 3fff:a::1/128 up
          jexec j ifconfig lo0 inet6 3fff:b::1/128 up
          route -q -6 add 3fff:b::1/128 3fff:1::b
          route -q -6 add 3fff:b::1/128 3fff:2::b
          jexec j route -q -6 add 3fff:a::1/128 3fff:1::a
          jexec j route -q -6 add 3fff:a::1/128 3fff:2::a
          """);
      String ping = "ping -c 1 -t 1 -S 3fff:a::1 3fff:b::1";
      assertThat(lab.ok(ping)).contains("1 packets received");
      lab.all("ifconfig epair0a down\njexec j ifconfig epair0b down");
      assertThat(lab.ok(ping)).contains("1 packets received");
      lab.all("ifconfig epair0a up\njexec j ifconfig epair0b up");
      lab.all("ifconfig epair1a down\njexec j ifconfig epair1b down");
      assertThat(lab.ok(ping)).contains("1 packets received");
    }
  }

  @Test
  void link_local_addresses_are_reached_by_their_zone() {
    try (Lab lab = new Lab(3)) {
      pair6(lab, "");
      lab.sim().stepper().advance(2_000_000_000L);
      String other = linkLocal(lab, "b", "epair0b").replace("%epair0b", "%epair0a");
      assertThat(lab.ok("jexec a ping -6 -c 2 " + other))
          .contains("2 packets received")
          .contains("bytes from " + other);
      assertThat(lab.ok("jexec a ping6 -c 1 -I epair0a ff02::1")).contains("1 packets received");
      String own = linkLocal(lab, "a", "epair0a");
      assertThat(lab.ok("jexec a ping6 -c 1 " + own)).contains("1 packets received");
      assertThat(lab.ok("jexec a ndp -an")).contains(other).contains("permanent");
    }
  }

  private static String linkLocal(Lab lab, String jail, String ifname) {
    for (String line :
        lab.ok("jexec " + jail + " ifconfig " + ifname + " inet6").lines().toList()) {
      String[] words = line.strip().split(" ");
      if (words[0].equals("inet6") && words[1].startsWith("fe80:")) {
        return words[1];
      }
    }
    throw new AssertionError("no link-local address on " + ifname);
  }

  @Test
  void an_interface_is_disabled_until_it_is_told_otherwise() {
    try (Lab lab = new Lab(4)) {
      lab.ok("ifconfig epair create");
      lab.ok("ifconfig epair0a up");
      assertThat(lab.ok("ifconfig epair0a"))
          .contains("nd6 options=29<PERFORMNUD,IFDISABLED,AUTO_LINKLOCAL>")
          .doesNotContain("inet6");
      lab.ok("ifconfig epair0a inet6 -ifdisabled");
      assertThat(lab.ok("ifconfig epair0a")).contains("inet6 fe80::");
      lab.ok("ifconfig epair0b up");
      lab.ok("ndp -i epair0b -- -disabled");
      assertThat(lab.ok("ifconfig epair0b")).contains("inet6 fe80::");
      lab.ok("ifconfig epair0a destroy");
    }
  }

  @Test
  void a_jail_between_two_others_forwards_ipv6_when_it_is_told_to() {
    try (Lab lab = new Lab(7)) {
      lab.all(
          """
          jail -c name=a vnet persist
          jail -c name=r vnet persist
          jail -c name=b vnet persist
          ifconfig epair create
          ifconfig epair create
          ifconfig epair0a vnet a
          ifconfig epair0b vnet r
          ifconfig epair1a vnet r
          ifconfig epair1b vnet b
          jexec a ifconfig epair0a inet6 2001:db8:1::1/64 up no_dad
          jexec r ifconfig epair0b inet6 2001:db8:1::ff/64 up no_dad
          jexec r ifconfig epair1a inet6 2001:db8:2::ff/64 up no_dad
          jexec b ifconfig epair1b inet6 2001:db8:2::1/64 up no_dad
          jexec a route -6 add default 2001:db8:1::ff
          jexec b route -6 add default 2001:db8:2::ff
          """);
      assertThat(lab.run("jexec a ping -6 -c 1 -t 2 2001:db8:2::1").status()).isEqualTo(2);
      lab.ok("jexec r sysctl net.inet6.ip6.forwarding=1");
      assertThat(lab.ok("jexec a ping -6 -c 2 2001:db8:2::1"))
          .contains("hlim=63")
          .contains("2 packets received");
      assertThat(lab.ok("jexec r netstat -s -p ip6")).contains("packets forwarded");
      assertThat(lab.ok("jexec a ping -6 -c 1 -s 4000 2001:db8:2::1")).contains("4008 bytes from");
      lab.ok("jexec r ifconfig epair1a mtu 1300");
      lab.ok("jexec b ifconfig epair1b mtu 1300");
      lab.run("jexec a ping -6 -c 1 -s 1400 -t 1 2001:db8:2::1");
      assertThat(lab.ok("jexec a ping -6 -c 1 -s 1400 2001:db8:2::1")).contains("1408 bytes from");
      assertThat(lab.ok("jexec a netstat -s -p icmp6")).contains("packet too big: 1");
      assertThat(lab.run("jexec a ping -6 -c 1 -t 1 -m 1 2001:db8:2::1").out())
          .contains("Time to live exceeded");
    }
  }

  @Test
  void loopback_has_its_address_once_it_is_up() {
    try (Lab lab = new Lab(8)) {
      lab.ok("jail -c name=a vnet persist");
      assertThat(lab.ok("jexec a ifconfig lo0")).doesNotContain("inet6");
      lab.ok("jexec a ifconfig lo0 up");
      assertThat(lab.ok("jexec a ifconfig lo0"))
          .contains("inet6 ::1 prefixlen 128")
          .contains("inet6 fe80::1%lo0 prefixlen 64 scopeid");
      assertThat(lab.ok("jexec a ping -6 -c 1 ::1")).contains("1 packets received");
      lab.ok("jail -r a");
    }
  }

  @Test
  void lifetimes_make_an_address_deprecated_and_then_take_it_away() {
    try (Lab lab = new Lab(9)) {
      lab.all(
          """
          ifconfig epair create
          ifconfig epair0a inet6 2001:db8::1/64 up no_dad pltime 5 vltime 10
          """);
      assertThat(lab.ok("ifconfig -L epair0a inet6")).contains("pltime 5 vltime 10");
      lab.sim().stepper().advance(6_000_000_000L);
      assertThat(lab.ok("ifconfig epair0a inet6")).contains("2001:db8::1 prefixlen 64 deprecated");
      lab.sim().stepper().advance(5_000_000_000L);
      assertThat(lab.ok("ifconfig epair0a inet6")).doesNotContain("2001:db8::1");
      lab.ok("ifconfig epair0a destroy");
    }
  }

  @Test
  void a_proxy_answers_for_another_and_entries_come_and_go() {
    try (Lab lab = new Lab(10)) {
      pair6(lab, "no_dad");
      lab.sim().stepper().advance(2_000_000_000L);
      lab.ok("jexec b ndp -s 2001:db8::99 02:00:00:00:00:63 proxy");
      lab.run("jexec a ping -6 -c 1 -t 1 2001:db8::99");
      assertThat(lab.ok("jexec a ndp -n 2001:db8::99")).contains("02:00:00:00:00:63");
      assertThat(lab.ok("jexec a ndp -nd 2001:db8::99"))
          .contains("2001:db8::99 (2001:db8::99) deleted");
      assertThat(lab.ok("jexec a ndp -r")).isEmpty();
    }
  }

  @Test
  void the_ledger_of_a_dead_jail_reads_zero_after_ipv6() throws Exception {
    try (Lab lab = new Lab(5)) {
      pair6(lab, "");
      lab.run("jexec a ping -6 -c 1 -t 3 2001:db8::77");
      Jail a = lab.kernel().jail("a");
      assertThat(a.ledger().entries()).isNotEmpty();
      lab.ok("jail -r a");
      assertThat(a.ledger().dead()).isTrue();
      assertThat(a.ledger().entries()).isEmpty();
    }
  }
}
