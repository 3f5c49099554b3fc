package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** netstat -s -I: what IPv6 and ICMPv6 count on one interface. */
class InterfaceCountersLabTest {
  @Test
  void packets_messages_and_fragments_are_counted_where_they_pass() {
    try (Lab lab = new Lab(1)) {
      lab.pair("a", "b");
      lab.all(
          """
          jexec a ifconfig epair0a inet6 2001:db8::1/64 no_dad
          jexec b ifconfig epair0b inet6 2001:db8::2/64 no_dad
          jexec a ping -6 -c 3 -s 2000 2001:db8::2
          """);
      String ip = lab.ok("jexec b netstat -s -I epair0b -p ip6");
      assertThat(ip)
          .startsWith("ip6 on epair0b:\n\t")
          .contains("\t6 incoming datagrams fragmented\n")
          .contains("\t3 datagrams reassembled\n")
          .contains("\t0 datagrams failed on reassembly\n")
          .contains("\t3 output datagrams fragmented\n")
          .contains("\t6 output datagrams succeeded on fragment\n");
      assertThat(lab.ok("jexec b netstat -ss -I epair0b -p icmp6"))
          .contains("\t3 input echo requests\n")
          .contains("\t3 output echo replies\n")
          .contains("\t1 output neighbor advertisement\n")
          .doesNotContain("\t0 ");
      assertThat(lab.ok("jexec b netstat -s -I epair0b -p ip6 --libxo xml,pretty"))
          .contains("  <ip6-interface-statistics>\n    <name>epair0b</name>\n")
          .contains("\n    <reassembled-packets>3</reassembled-packets>\n");
      assertThat(lab.ok("jexec b netstat -s -I lo0"))
          .contains("ip6 on lo0:\n")
          .contains("icmp6 on lo0:\n")
          .doesNotContain("epair0b");
      assertThat(lab.run("jexec b netstat -s -I epair0b -p udp").err())
          .isEqualTo("netstat: udp: no per-interface stats routine\n");
      lab.all("jail -r a\njail -r b");
    }
  }

  @Test
  void what_a_router_takes_in_and_sends_on_is_counted_on_either_side() {
    try (Lab lab = new Lab(2)) {
      lab.pair("a", "r");
      lab.all(
          """
          jexec a ifconfig epair0a inet6 2001:db8::1/64 no_dad
          jexec r ifconfig epair0b inet6 2001:db8::2/64 no_dad
          jexec r sysctl net.inet6.ip6.forwarding=1
          jexec r ifconfig epair create
          jexec r ifconfig epair1a inet6 2001:db8:1::1/64 no_dad up
          jexec r ndp -s 2001:db8:1::9 02:00:00:00:00:09
          jexec a route -6 add default 2001:db8::2
          """);
      lab.run("jexec a ping -6 -c 2 -t 3 2001:db8:1::9");
      lab.run("jexec a ping -6 -c 1 -t 2 2001:db8:7::1");
      assertThat(lab.ok("jexec r netstat -ss -I epair1a -p ip6"))
          .contains("\t2 datagrams forwarded to this interface\n");
      assertThat(lab.ok("jexec r netstat -ss -I epair0b"))
          .contains("\t1 datagram with no route received\n")
          .contains("\t1 output destination unreachable error\n");
      lab.all("jail -r a\njail -r r");
    }
  }
}
