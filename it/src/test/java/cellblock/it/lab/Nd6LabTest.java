package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.control.SocketPort;
import cellblock.wire.BigEndian;
import cellblock.wire.Icmp6Message;
import cellblock.wire.Ip6Address;
import cellblock.wire.MacAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Discovery, addresses, prefixes and routers by the tools, in virtual time: the ground that
 * FreeBSD's tests/sys/netinet6/ndp, addr6, lpm6, fibs6 and proxy_ndp cover.
 */
class Nd6LabTest {
  private static final long SECOND = 1_000_000_000L;

  /** Jails a and b, joined by epair0, with link-local addresses that are known to be unique. */
  private static void pair(Lab lab) {
    lab.all(
        """
        jail -c name=a vnet persist
        jail -c name=b vnet persist
        ifconfig epair create
        ifconfig epair0a vnet a
        ifconfig epair0b vnet b
        jexec a ifconfig epair0a up
        jexec a ifconfig epair0a inet6 -ifdisabled
        jexec b ifconfig epair0b up
        jexec b ifconfig epair0b inet6 -ifdisabled
        """);
    pass(lab, 2);
  }

  private static void pass(Lab lab, double seconds) {
    lab.sim().stepper().advance((long) (seconds * SECOND));
  }

  private static String linkLocal(Lab lab, String jail, String ifname) {
    Matcher m =
        Pattern.compile("inet6 (fe80:[^% ]*)%")
            .matcher(lab.ok("jexec " + jail + " ifconfig " + ifname + " inet6"));
    assertThat(m.find()).as("link-local address of %s in %s", ifname, jail).isTrue();
    return m.group(1);
  }

  /** A router advertisement by jail b on epair0b, with a prefix. */
  private static void advertise(Lab lab, int flags, int lifetime, int valid, int preferred)
      throws Exception {
    advertise(lab, "b", "epair0b", "2001:db8:ffff:1000::", flags, lifetime, valid, preferred);
  }

  private static void advertise(
      Lab lab,
      String jail,
      String ifname,
      String prefix,
      int flags,
      int lifetime,
      int valid,
      int preferred)
      throws Exception {
    byte[] m = new byte[56];
    Icmp6Message.putType(m, 0, Icmp6Message.ROUTER_ADVERT);
    m[4] = 64;
    m[5] = (byte) flags;
    BigEndian.put16(m, 6, lifetime);
    m[16] = 1;
    m[17] = 1;
    MacAddress.put(m, 18, mac(lab, jail, ifname).bits());
    m[24] = 3;
    m[25] = 4;
    m[26] = 64;
    m[27] = (byte) 0xc0;
    BigEndian.put32(m, 28, valid);
    BigEndian.put32(m, 32, preferred);
    Ip6Address.of(prefix).emit(m, 40);
    lab.kernel()
        .jail(jail)
        .run(
            "ra",
            port -> {
              try (SocketPort s = port.socket(SocketPort.Domain.INET6, SocketPort.Type.RAW, 58)) {
                s.setOption("IPV6_MULTICAST_HOPS", 255);
                return s.sendTo(m, 0, m.length, "ff02::1%" + ifname, 0);
              }
            });
    lab.sim().stepper().settle();
  }

  private static MacAddress mac(Lab lab, String jail, String ifname) {
    Matcher m =
        Pattern.compile("ether (\\S+)")
            .matcher(lab.ok("jexec " + jail + " ifconfig " + ifname + " ether"));
    assertThat(m.find()).isTrue();
    MacAddress mac = MacAddress.tryParse(m.group(1));
    assertThat(mac).isNotNull();
    return mac;
  }

  // ---- entries

  @Test
  void an_entry_that_is_set_by_hand_is_permanent_and_one_that_was_learnt_can_be_deleted() {
    try (Lab lab = new Lab(21)) {
      pair(lab);
      lab.ok("jexec a ifconfig epair0a inet6 2001:db8::1/64");
      pass(lab, 2);
      lab.ok("jexec a ndp -s 2001:db8::2 90:10:00:01:02:03");
      assertThat(lab.ok("jexec a ndp -an"))
          .containsPattern("2001:db8::2 +90:10:00:01:02:03 +epair0a permanent");
      lab.ok("jexec a ndp -nd 2001:db8::2");
      lab.run("jexec a ping -6 -c 1 -t 1 2001:db8::2");
      assertThat(lab.ok("jexec a ndp -nd 2001:db8::2"))
          .isEqualTo("2001:db8::2 (2001:db8::2) deleted\n");
    }
  }

  @Test
  void neighbours_are_told_of_another_link_address_an_address_a_second() {
    try (Lab lab = new Lab(22)) {
      pair(lab);
      lab.all(
          """
          jexec a ifconfig epair0a inet6 2001:db8:ffff:1000::1 no_dad
          jexec b ifconfig epair0b inet6 2001:db8:ffff:1000::2 no_dad
          """);
      assertThat(lab.run("jexec b ndp -n 2001:db8:ffff:1000::1").status()).isEqualTo(1);
      lab.ok("jexec b ping -6 -c 1 2001:db8:ffff:1000::1");
      lab.ok("jexec b ndp -n 2001:db8:ffff:1000::1");
      lab.ok("jexec a ifconfig epair0a ether 90:10:00:01:02:03");
      assertThat(lab.ok("jexec b ndp -n 2001:db8:ffff:1000::1")).doesNotContain("90:10:00");
      pass(lab, 1.1);
      assertThat(lab.ok("jexec b ndp -n 2001:db8:ffff:1000::1")).contains("90:10:00:01:02:03");
    }
  }

  // ---- routers and prefixes

  @Test
  void a_router_that_advertises_itself_has_the_default_route_and_again_after_a_flush()
      throws Exception {
    try (Lab lab = new Lab(23)) {
      pair(lab);
      lab.all(
          """
          jexec a ifconfig epair0a inet6 accept_rtadv
          jexec b sysctl net.inet6.ip6.forwarding=1
          """);
      assertThat(lab.ok("jexec a ndp -r")).isEmpty();
      advertise(lab, 0x08, 1800, 3600, 1800);
      String router = linkLocal(lab, "b", "epair0b") + "%epair0a";
      assertThat(lab.ok("jexec a ndp -r"))
          .isEqualTo(router + " if=epair0a, flags=, pref=high, expire=30m0s\n");
      assertThat(lab.ok("jexec a netstat -rn -f inet6"))
          .containsPattern("(?m)^default +" + Pattern.quote(router) + " +UG +epair0a")
          .containsPattern("(?m)^2001:db8:ffff:1000::/64 +link#\\d+ +U +epair0a")
          .containsPattern("(?m)^fe80::%epair0a/64 +link#\\d+ +U +epair0a");
      lab.ok("jexec a route -6 flush");
      assertThat(lab.ok("jexec a netstat -rn -f inet6")).doesNotContain("default");
      advertise(lab, 0, 1800, 3600, 1800);
      assertThat(lab.ok("jexec a netstat -rn -f inet6")).containsPattern("(?m)^default +fe80:");
      advertise(lab, 0, 0, 3600, 1800);
      assertThat(lab.ok("jexec a ndp -r")).isEmpty();
      assertThat(lab.ok("jexec a netstat -rn -f inet6")).doesNotContain("default");
    }
  }

  @Test
  void the_router_with_the_higher_preference_is_used_while_it_answers() throws Exception {
    try (Lab lab = new Lab(24)) {
      pair(lab);
      lab.all(
          """
          jail -c name=c vnet persist
          ifconfig epair create
          ifconfig epair1a vnet a
          ifconfig epair1b vnet c
          jexec a ifconfig epair1a up
          jexec a ifconfig epair1a inet6 -ifdisabled accept_rtadv
          jexec a ifconfig epair0a inet6 accept_rtadv
          jexec c ifconfig epair1b up
          jexec c ifconfig epair1b inet6 -ifdisabled
          """);
      pass(lab, 2);
      advertise(lab, 0x18, 1800, 3600, 1800);
      assertThat(lab.ok("jexec a netstat -rn -f inet6")).containsPattern("default .*epair0a");
      advertise(lab, "c", "epair1b", "2001:db8:ffff:2000::", 0, 1800, 3600, 1800);
      assertThat(lab.ok("jexec a netstat -rn -f inet6")).containsPattern("default .*epair1a");
      advertise(lab, "c", "epair1b", "2001:db8:ffff:2000::", 0, 0, 3600, 1800);
      assertThat(lab.ok("jexec a netstat -rn -f inet6")).containsPattern("default .*epair0a");
      assertThat(lab.ok("jexec a ndp -p"))
          .contains("2001:db8:ffff:2000::/64 if=epair1a\nflags=LAD ")
          .contains("2001:db8:ffff:1000::/64 if=epair0a\nflags=LAO ");
      assertThat(lab.ok("jexec a ifconfig epair1a inet6"))
          .containsPattern("2001:db8:ffff:2000:\\S+ prefixlen 64 .*detached autoconf");
    }
  }

  @Test
  void an_advertised_prefix_makes_an_address_also_beside_a_long_link_local_one() throws Exception {
    try (Lab lab = new Lab(25)) {
      lab.all(
          """
          jail -c name=a vnet persist
          jail -c name=b vnet persist
          ifconfig epair create
          ifconfig epair0a vnet a
          ifconfig epair0b vnet b
          jexec a ifconfig epair0a inet6 -auto_linklocal
          jexec a ifconfig epair0a inet6 -ifdisabled
          jexec a ifconfig epair0a inet6 accept_rtadv
          jexec a ifconfig epair0a inet6 fe80::5a9c:fcff:fe10:5d07/127
          jexec a ifconfig epair0a up
          jexec b ifconfig epair0b inet6 -ifdisabled
          jexec b ifconfig epair0b up
          """);
      pass(lab, 2);
      advertise(lab, 0, 1800, 3600, 1800);
      assertThat(lab.ok("jexec a ifconfig epair0a"))
          .containsPattern("inet6 2001:db8:ffff:1000:5a9c:fcff:fe10:5d07 prefixlen 64 .*autoconf");
    }
  }

  @Test
  void an_address_of_a_router_grows_old_and_goes() throws Exception {
    try (Lab lab = new Lab(26)) {
      pair(lab);
      lab.ok("jexec a ifconfig epair0a inet6 accept_rtadv no_dad");
      advertise(lab, 0, 1800, 10, 5);
      assertThat(lab.ok("jexec a ifconfig epair0a"))
          .containsPattern(
              "inet6 2001:db8:ffff:1000:\\S+ prefixlen 64 autoconf pltime 5 vltime 10");
      pass(lab, 6);
      assertThat(lab.ok("jexec a ifconfig epair0a"))
          .containsPattern("prefixlen 64 deprecated autoconf pltime 0 vltime [1-9]");
      pass(lab, 6);
      assertThat(lab.ok("jexec a ifconfig epair0a")).doesNotContain("2001:db8:");
      assertThat(lab.ok("jexec a netstat -rn -f inet6")).doesNotContain("2001:db8:");
    }
  }

  @Test
  void a_prefix_lives_as_long_as_the_longest_of_its_addresses() {
    try (Lab lab = new Lab(27)) {
      lab.all(
          """
          ifconfig epair create
          ifconfig epair0a up
          ifconfig epair0a inet6 2001:db8:ffff:1000::1/64 pltime 5 vltime 10
          """);
      String head = "2001:db8:ffff:1000::/64 if=epair0a\n";
      assertThat(lab.ok("ndp -p"))
          .contains(
              head + "flags=LO vltime=10, pltime=5, expire=10s, ref=1\n  No advertising router\n");
      lab.ok("ifconfig epair0a inet6 2001:db8:ffff:1000::1/64 pltime 10 vltime 20");
      assertThat(lab.ok("ndp -p")).contains(head + "flags=LO vltime=20, pltime=10, expire=20s");
      lab.ok("ifconfig epair0a inet6 2001:db8:ffff:1000::2/64 pltime 5 vltime 10");
      assertThat(lab.ok("ndp -p"))
          .contains(head + "flags=LO vltime=20, pltime=10, expire=20s, ref=2");
      assertThat(lab.ok("ndp -p --libxo json"))
          .contains("\"prefix\":\"2001:db8:ffff:1000::/64\"")
          .contains("\"valid-lifetime\":20,\"preferred-lifetime\":10")
          .contains("\"expires_sec\":20");
      lab.ok("ifconfig epair0a destroy");
    }
  }

  @Test
  void temporary_addresses_change_and_are_preferred_only_when_asked_to() throws Exception {
    try (Lab lab = new Lab(28)) {
      pair(lab);
      lab.all(
          """
          jexec a sysctl net.inet6.ip6.use_tempaddr=1
          jexec a sysctl net.inet6.ip6.temppltime=2000
          jexec a ifconfig epair0a inet6 accept_rtadv no_dad
          jexec b ifconfig epair0b inet6 2001:db8:ffff:1000::b/64 no_dad
          """);
      advertise(lab, 0, 9000, -1, -1);
      String first = temporary(lab);
      assertThat(lab.ok("jexec a ping -6 -c 1 2001:db8:ffff:1000::b")).doesNotContain(first);
      lab.ok("jexec a sysctl net.inet6.ip6.prefer_tempaddr=1");
      assertThat(lab.ok("jexec a ping -6 -c 1 2001:db8:ffff:1000::b"))
          .contains("bytes) " + first + " --> ");
      pass(lab, 2001);
      assertThat(lab.ok("jexec a ifconfig epair0a inet6"))
          .contains(first + " prefixlen 64 deprecated autoconf temporary");
      assertThat(temporary(lab)).isNotEqualTo(first);
    }
  }

  /** The temporary address in use. */
  private static String temporary(Lab lab) {
    Matcher m =
        Pattern.compile("inet6 (\\S+) prefixlen 64 autoconf temporary")
            .matcher(lab.ok("jexec a ifconfig epair0a inet6"));
    assertThat(m.find()).as(() -> lab.ok("jexec a ifconfig epair0a")).isTrue();
    return m.group(1);
  }

  // ---- addresses and routes

  @Test
  void an_address_keeps_its_prefix_length_and_anycast_ones_can_be_sent_from() {
    try (Lab lab = new Lab(29)) {
      lab.all(
          """
          ifconfig epair create
          ifconfig epair0a inet6 2001:db8::1/128
          """);
      assertThat(lab.fails("ifconfig epair0a inet6 2001:db8::1/127 alias", 1))
          .contains("Invalid argument");
      lab.all(
          """
          ifconfig epair0a destroy
          ifconfig lo0 up
          ifconfig lo1 create
          ifconfig lo1 inet6 2001:db8::1/128 up
          ifconfig lo1 inet6 2001:db8::2/128 anycast
          ping -6 -c 1 -S 2001:db8::2 2001:db8::1
          ifconfig lo1 destroy
          """);
    }
  }

  @Test
  void the_longest_prefix_wins_over_link_local_gateways() {
    try (Lab lab = new Lab(30)) {
      pair(lab);
      lab.all(
          """
          ifconfig epair create
          ifconfig epair1a vnet a
          ifconfig epair1b vnet b
          jexec a ifconfig epair1a up
          jexec a ndp -i epair1a -- -disabled
          jexec b ifconfig epair1b up
          jexec b ndp -i epair1b -- -disabled
          jexec b ifconfig lo0 up
          jexec b ifconfig lo0 inet6 2001:db8::2:0/128
          jexec b ifconfig lo0 inet6 2001:db8::2:2/128
          """);
      pass(lab, 2);
      String by0 = linkLocal(lab, "b", "epair0b") + "%epair0a";
      String by1 = linkLocal(lab, "b", "epair1b") + "%epair1a";
      lab.ok("jexec a route add -6 -net 2001:db8::2:0/126 " + by0);
      lab.ok("jexec a route add -6 -net 2001:db8::2:0/127 " + by1);
      assertThat(lab.ok("jexec a netstat -rn -f inet6")).contains(by0).contains(by1);
      long before = sent(lab, "epair1a");
      assertThat(lab.ok("jexec a ping -6 -i 0.1 -n -c 20 2001:db8::2:0"))
          .contains("20 packets transmitted, 20 packets received");
      assertThat(sent(lab, "epair1a")).isGreaterThanOrEqualTo(before + 20);
      before = sent(lab, "epair0a");
      lab.ok("jexec a ping -6 -i 0.1 -n -c 20 2001:db8::2:2");
      assertThat(sent(lab, "epair0a")).isGreaterThanOrEqualTo(before + 20);
    }
  }

  private static long sent(Lab lab, String ifname) {
    String line =
        lab.ok("jexec a netstat -Wf link -I " + ifname).lines().skip(1).findFirst().orElseThrow();
    return Long.parseLong(line.strip().split("\\s+")[7]);
  }

  @Test
  void routes_of_an_interface_are_in_its_fib() {
    try (Lab lab = new Lab(31)) {
      lab.all(
          """
          jail -c name=a vnet persist
          ifconfig epair create
          ifconfig epair0a vnet a
          jexec a sysctl net.fibs=2
          jexec a ifconfig epair0a fib 1
          jexec a ifconfig epair0a inet6 2001:db8::1/64
          jexec a ifconfig epair0a up
          """);
      pass(lab, 2);
      String own = linkLocal(lab, "a", "epair0a");
      for (String to :
          new String[] {
            "2001:db8::/64", "2001:db8::1/128", "fe80::%epair0a/64", own + "%epair0a"
          }) {
        assertThat(lab.ok("jexec a setfib 1 route -6n get " + to)).contains("fib: 1");
      }
      assertThat(lab.ok("jexec a setfib 1 route -6n get fe80::%epair0a/64"))
          .contains("destination: fe80::%epair0a\n")
          .contains("interface: epair0a");
    }
  }

  @Test
  void a_link_local_route_says_its_zone_and_goes_with_the_address() {
    try (Lab lab = new Lab(32)) {
      pair(lab);
      String own = linkLocal(lab, "a", "epair0a");
      assertThat(lab.ok("jexec a netstat -rn -f inet6"))
          .containsPattern("(?m)^fe80::%epair0a/64 +link#\\d+ +U +epair0a$");
      lab.ok("jexec a ifconfig lo0 up");
      lab.ok("jexec a ifconfig epair0a inet6 " + own + "%epair0a -alias");
      String table = lab.ok("jexec a netstat -rn -f inet6");
      assertThat(table)
          .doesNotContain("epair0a")
          .containsPattern("(?m)^::1 +link#\\d+ +UHS +lo0$")
          .containsPattern("(?m)^fe80::%lo0/64 +link#\\d+ +U +lo0$")
          .containsPattern("(?m)^fe80::1%lo0 +link#\\d+ +UHS +lo0$");
    }
  }

  // ---- proxies

  @Test
  void a_proxy_listens_to_the_group_of_whom_it_answers_for_and_no_longer() {
    try (Lab lab = new Lab(33)) {
      pair(lab);
      lab.ok("jexec a ifconfig epair0a inet6 2001:db8::1/64");
      lab.ok("jexec b ifconfig epair0b inet6 2001:db8::2/64");
      pass(lab, 2);
      String mac = mac(lab, "a", "epair0a").toString();
      lab.ok("jexec a ndp -s 2001:db8::aaaa " + mac + " proxy");
      assertThat(lab.ok("jexec a ifmcstat -i epair0a -f inet6"))
          .containsPattern(
              "group ff02::1:ff00:aaaa%epair0a.*\\n\\s+mcast-macaddr 33:33:ff:00:aa:aa");
      lab.run("jexec b ping -6 -c 1 -t 1 2001:db8::aaaa");
      assertThat(lab.ok("jexec b ndp -an")).containsPattern("2001:db8::aaaa +" + mac + " +epair0b");
      lab.ok("jexec a ndp -nd 2001:db8::aaaa");
      assertThat(lab.ok("jexec a ifmcstat -i epair0a -f inet6")).doesNotContain("ff00:aaaa");
      lab.ok("jexec a ndp -s 2001:db8::aaaa " + mac + " proxy");
      lab.ok("jexec a ifconfig epair0a destroy");
    }
  }
}
