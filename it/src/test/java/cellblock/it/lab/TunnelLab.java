package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Three jails for tunnels: {@code a} and {@code b} are the ends, {@code r} routes between them. The
 * outer networks are 192.0.2.0/24 and 198.51.100.0/24, 2001:db8:1::/64 and 2001:db8:2::/64.
 */
final class TunnelLab implements AutoCloseable {
  static final String A4 = "192.0.2.1";
  static final String B4 = "198.51.100.1";
  static final String A6 = "2001:db8:1::1";
  static final String B6 = "2001:db8:2::1";

  final Lab lab;

  TunnelLab(long seed, String... modules) {
    lab = new Lab(seed);
    for (String m : modules) {
      lab.ok("kldload " + m);
    }
    lab.all(
        """
        jail -c name=a vnet persist
        jail -c name=b vnet persist
        jail -c name=r vnet persist
        ifconfig epair0 create
        ifconfig epair1 create
        ifconfig epair0a vnet a
        ifconfig epair0b vnet r
        ifconfig epair1a vnet b
        ifconfig epair1b vnet r
        jexec a ifconfig epair0a 192.0.2.1/24 up
        jexec r ifconfig epair0b 192.0.2.254/24 up
        jexec b ifconfig epair1a 198.51.100.1/24 up
        jexec r ifconfig epair1b 198.51.100.254/24 up
        jexec a ifconfig epair0a inet6 2001:db8:1::1/64 no_dad
        jexec r ifconfig epair0b inet6 2001:db8:1::fe/64 no_dad
        jexec b ifconfig epair1a inet6 2001:db8:2::1/64 no_dad
        jexec r ifconfig epair1b inet6 2001:db8:2::fe/64 no_dad
        jexec r sysctl -q net.inet.ip.forwarding=1
        jexec r sysctl -q net.inet6.ip6.forwarding=1
        jexec a route -q add default 192.0.2.254
        jexec b route -q add default 198.51.100.254
        jexec a route -q -6 add default 2001:db8:1::fe
        jexec b route -q -6 add default 2001:db8:2::fe
        """);
  }

  /** Makes gif0 in both ends, over IPv4 or IPv6. */
  void gif(boolean six) {
    both("gif", six);
  }

  /** Makes an interface of a type in both ends and gives it its ends. */
  void both(String type, boolean six) {
    String family = six ? " inet6" : "";
    lab.ok("jexec a ifconfig " + type + "0 create");
    lab.ok("jexec b ifconfig " + type + "0 create");
    lab.ok("jexec a ifconfig " + type + "0" + family + " tunnel " + ends(six, true));
    lab.ok("jexec b ifconfig " + type + "0" + family + " tunnel " + ends(six, false));
  }

  static String ends(boolean six, boolean fromA) {
    String a = six ? A6 : A4;
    String b = six ? B6 : B4;
    return fromA ? a + " " + b : b + " " + a;
  }

  /** Inner addresses of both families on one interface of each end. */
  void inner(String ifname) {
    lab.all(
        """
        jexec a ifconfig IF 10.0.0.1 10.0.0.2 netmask 255.255.255.255
        jexec b ifconfig IF 10.0.0.2 10.0.0.1 netmask 255.255.255.255
        jexec a ifconfig IF inet6 2001:db8:f::1 2001:db8:f::2 prefixlen 128 no_dad
        jexec b ifconfig IF inet6 2001:db8:f::2 2001:db8:f::1 prefixlen 128 no_dad
        """
            .replace("IF", ifname));
  }

  /** A counter of remembered nexthops of gif in a jail. */
  long counter(String jail, String node) {
    return Long.parseLong(lab.ok("jexec " + jail + " sysctl -n " + node).strip());
  }

  /** Pings both inner addresses. */
  void pings() {
    assertThat(lab.ok("jexec a ping -c 3 -i 0.1 10.0.0.2")).contains(" 0.0% packet loss");
    assertThat(lab.ok("jexec a ping -c 3 -i 0.1 2001:db8:f::2")).contains(" 0.0% packet loss");
  }

  @Override
  public void close() {
    lab.close();
  }
}
