package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What FreeBSD's own tests have shown to be wrong here, as tests of this project. */
class FreebsdCasesLabTest {
  @Test
  void a_route_to_an_interface_needs_no_address_on_it() throws Exception {
    try (Lab lab = new Lab(1)) {
      lab.ok("ifconfig epair create");
      lab.ok("route add 192.0.2.1 -iface epair0b");
      assertThat(lab.ok("netstat -rn -f inet")).containsPattern("192\\.0\\.2\\.1 +link#3 +UHS");
      lab.ok("route add -6 2001:db8:cc4b::1 -iface epair0b");
      assertThat(lab.ok("netstat -rn -f inet6")).containsPattern("2001:db8:cc4b::1 +link#3 +UHS");
      lab.ok("ifconfig epair0a destroy");
    }
  }

  @Test
  void interfaces_of_two_fibs_may_be_on_one_subnet() throws Exception {
    try (Lab lab = new Lab(4)) {
      lab.ok("sysctl net.fibs=3");
      lab.ok("ifconfig epair create");
      lab.ok("ifconfig epair create");
      lab.ok("ifconfig epair0a inet 192.0.2.2/24 fib 1");
      lab.ok("ifconfig epair1a inet 192.0.2.3/24 fib 2");
      lab.ok("ifconfig epair0a inet6 2001:db8::2/64 fib 1");
      lab.ok("ifconfig epair1a inet6 2001:db8::3/64 fib 2");
      assertThat(lab.ok("setfib 1 route get 192.0.2.3")).contains("interface: epair0a");
      assertThat(lab.ok("setfib 2 route get 192.0.2.2")).contains("interface: epair1a");
      assertThat(lab.ok("setfib 1 route -6 get 2001:db8::3")).contains("interface: epair0a");
      assertThat(lab.ok("setfib 2 route -6 get 2001:db8::2")).contains("interface: epair1a");
      lab.ok("ifconfig epair0a destroy");
      assertThat(lab.ok("setfib 2 route get 192.0.2.2")).contains("interface: epair1a");
      lab.ok("ifconfig epair1a destroy");
    }
  }

  @Test
  void an_ipv6_address_keeps_its_prefix_length() throws Exception {
    try (Lab lab = new Lab(2)) {
      lab.ok("ifconfig lo1 create");
      lab.ok("ifconfig lo1 inet6 2001:db8::1/128");
      assertThat(lab.fails("ifconfig lo1 inet6 2001:db8::1/127 alias", 1))
          .endsWith("Invalid argument\n");
      assertThat(lab.ok("ifconfig lo1")).contains("inet6 2001:db8::1 prefixlen 128");
      lab.ok("ifconfig lo1 destroy");
    }
  }

  @Test
  void a_raw_socket_is_bound_to_an_anycast_address() throws Exception {
    try (Lab lab = new Lab(3)) {
      lab.ok("ifconfig lo0 up"); // its route to ::1 carries what is for our own addresses
      lab.ok("ifconfig lo1 create");
      lab.ok("ifconfig lo1 inet6 2001:db8::1/128 up");
      lab.ok("ifconfig lo1 inet6 2001:db8::2/128 anycast");
      assertThat(lab.ok("ping -c1 -S 2001:db8::2 2001:db8::1")).contains("1 packets received");
      lab.ok("ifconfig lo1 destroy");
    }
  }

  @Test
  void the_source_of_a_ping_says_which_family_is_meant() throws Exception {
    try (Lab lab = new Lab(4)) {
      lab.ok("ifconfig lo0 127.0.0.1/8 up");
      for (String source : new String[] {"-S ::1", "-S::1"}) {
        assertThat(lab.ok("ping -c 1 " + source + " localhost"))
            .contains("::1 --> ::1", "1 packets received");
      }
      assertThat(lab.ok("ping -c 1 -S 127.0.0.1 localhost")).contains("1 packets received");
    }
  }

  @Test
  void what_a_host_sends_is_spread_over_the_paths_of_a_route() throws Exception {
    try (Lab lab = new Lab(5)) {
      lab.ok("jail -c name=a vnet persist");
      lab.ok("jail -c name=b vnet persist");
      for (int i = 0; i < 2; i++) {
        lab.ok("ifconfig epair" + i + " create");
        lab.ok("ifconfig epair" + i + "a vnet a");
        lab.ok("ifconfig epair" + i + "b vnet b");
        lab.ok("jexec a ifconfig epair" + i + "a 203.0.113." + (4 * i + 1) + "/30");
        lab.ok("jexec b ifconfig epair" + i + "b 203.0.113." + (4 * i + 2) + "/30");
        lab.ok("jexec a ifconfig epair" + i + "a inet6 2001:db8:" + i + "::1/64 no_dad");
        lab.ok("jexec b ifconfig epair" + i + "b inet6 2001:db8:" + i + "::2/64 no_dad");
        lab.ok("jexec a route add -net 198.51.100.0/24 203.0.113." + (4 * i + 2));
        lab.ok("jexec a route add -6 -net 2001:db8:b::/64 2001:db8:" + i + "::2");
      }
      for (int n = 1; n <= 24; n++) {
        lab.ok("jexec b ifconfig lo0 alias 198.51.100." + n + "/32");
        lab.ok("jexec b ifconfig lo0 inet6 2001:db8:b::" + n + "/128 alias");
      }
      spread(lab, "198.51.100.");
      spread(lab, "2001:db8:b::");
      lab.ok("jail -r a");
      lab.ok("jail -r b");
      lab.ok("ifconfig epair0a destroy");
      lab.ok("ifconfig epair1a destroy");
    }
  }

  private static void spread(Lab lab, String prefix) throws Exception {
    long first = sent(lab, "epair0a");
    long second = sent(lab, "epair1a");
    for (int n = 1; n <= 24; n++) {
      String to = prefix + n;
      assertThat(lab.ok("jexec a ping -c 1 " + to)).contains("1 packets received");
    }
    assertThat(sent(lab, "epair0a") - first).as("%s by epair0", prefix).isBetween(5L, 23L);
    assertThat(sent(lab, "epair1a") - second).as("%s by epair1", prefix).isBetween(5L, 23L);
  }

  private static long sent(Lab lab, String ifname) throws Exception {
    String row = lab.ok("jexec a netstat -Wf link -I " + ifname).lines().skip(1).findFirst().get();
    return Long.parseLong(row.strip().split(" +")[7]);
  }
}
