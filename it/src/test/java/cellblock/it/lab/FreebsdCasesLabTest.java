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
}
