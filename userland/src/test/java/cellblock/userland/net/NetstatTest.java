package cellblock.userland.net;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.control.IfInfo;
import cellblock.control.IfRequest;
import cellblock.control.StatRequest;
import cellblock.userland.net.netstat.StatTables;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetstatTest {
  private final ModelKernel kernel = new ModelKernel().withEpair();

  private ToolRun run(String line) {
    return ToolRun.of(kernel, line);
  }

  private void statistics(String protocol, Object... pairs) {
    Map<String, Long> values = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      values.put((String) pairs[i], ((Integer) pairs[i + 1]).longValue());
    }
    kernel.statistics.put(protocol, values);
  }

  // ---- routes

  private void routes() {
    run("route add default 192.0.2.1");
    run("route add -net 198.51.100.0/24 192.0.2.254 -blackhole");
    run("route add -host 192.0.2.5 -iface lo0");
    run("route -6 add 2001:db8::/32 2001:db8:ffff:ffff:ffff:ffff:ffff:ffff");
  }

  @Test
  void the_routing_tables_have_freebsds_columns() {
    routes();
    assertThat(run("netstat -rn").out())
        .isEqualTo(
            """
            Routing tables

            Internet:
            Destination        Gateway            Flags     Netif Expire
            default            192.0.2.1          UGS     epair0a
            198.51.100.0/24    192.0.2.254        UGSB    epair0a
            192.0.2.5          link#1             UHS         lo0

            Internet6:
            Destination                       Gateway                       Flags     Netif Expire
            2001:db8::/32                     2001:db8:ffff:ffff:ffff:ffff:ffff:ffff UGS  epair0a
            """);
  }

  @Test
  void a_family_and_a_wide_display_are_options() {
    routes();
    assertThat(run("netstat -rnW4").out())
        .isEqualTo(
            """
            Routing tables

            Internet:
            Destination        Gateway            Flags   Nhop#    Mtu      Netif Expire
            default            192.0.2.1          UGS         1   1500    epair0a
            198.51.100.0/24    192.0.2.254        UGSB        2   1500    epair0a
            192.0.2.5          link#1             UHS         3  16384        lo0
            """);
    assertThat(run("netstat -rnf inet6").out())
        .doesNotContain("Internet:\n")
        .contains("Internet6:\n");
    assertThat(run("netstat -rn -F 1")).isEqualTo(new ToolRun(64, "", "netstat: 1: invalid fib\n"));
    kernel.sysctls.put("net.fibs", "2");
    assertThat(run("netstat -rn -F 1").out()).isEqualTo("Routing tables (fib: 1)\n");
  }

  @Test
  void routes_as_json() {
    run("route add default 192.0.2.1");
    assertThat(run("netstat -rn4 --libxo json").out())
        .isEqualTo(
            "{\"statistics\": {\"route-information\": {\"route-table\": {\"rt-family\": ["
                + "{\"address-family\":\"Internet\", \"rt-entry\": [{\"destination\":\"default\","
                + "\"gateway\":\"192.0.2.1\",\"flags\":\"UGS\", \"flags_pretty\": "
                + "[\"up\",\"gateway\",\"static\"],\"weight\":1,\"nhop-kidx\":1,"
                + "\"interface-name\":\"epair0a\"}]}]}}}}\n");
  }

  @Test
  void routes_as_pretty_json() {
    run("route add default 192.0.2.1");
    assertThat(run("netstat -rn4 --libxo json,pretty").out())
        .isEqualTo(
            """
            {
              "statistics": {
                "route-information": {
                  "route-table": {
                    "rt-family": [
                      {
                        "address-family": "Internet",
                        "rt-entry": [
                          {
                            "destination": "default",
                            "gateway": "192.0.2.1",
                            "flags": "UGS",
                            "flags_pretty": [
                              "up",
                              "gateway",
                              "static"
                            ],
                            "weight": 1,
                            "nhop-kidx": 1,
                            "interface-name": "epair0a"
                          }
                        ]
                      }
                    ]
                  }
                }
              }
            }
            """);
  }

  @Test
  void nexthops_are_listed_by_index() {
    run("ifconfig epair0a 192.0.2.5/24");
    run("route add default 192.0.2.1");
    run("route add -host 192.0.2.9 -iface epair0a");
    assertThat(run("netstat -on4").out())
        .isEqualTo(
            """
            Nexthop data

            Internet:
            Idx   IFA                Gateway            Flags     Netif  Refcnt
            1     192.0.2.5          192.0.2.1          UGS     epair0a     1\040
            2     192.0.2.5          epair0a/resolve    UHS     epair0a     1\040
            """);
    assertThat(run("netstat -on4W --libxo json").out())
        .startsWith(
            "{\"statistics\": {\"route-nhop-information\": {\"nhop-table\": {\"rt-family\":"
                + " [{\"address-family\":\"Internet\", \"nh-entry\":"
                + " [{\"index\":1,\"type_str\":\"v4/gw\","
                + "\"ifa\":\"192.0.2.5\",\"gateway\":\"192.0.2.1\",\"flags\":\"UGS\"");
  }

  // ---- interfaces

  @Test
  void interfaces_have_a_line_each_and_one_for_each_address() {
    run("ifconfig epair0a 192.0.2.5/24");
    kernel
        .interfaces
        .get("epair0a")
        .counters
        .putAll(Map.of("ipackets", 12L, "opackets", 34L, "ibytes", 999L));
    assertThat(run("netstat -in").out())
        .isEqualTo(
            """
            Name       Mtu Network       Address              Ipkts Ierrs Idrop    Opkts Oerrs  Coll
            lo0*     16384 <Link#1>      lo0                      0     0     0        0     0     0
            epair0a   1500 <Link#2>      02:00:00:00:00:0a       12     0     0       34     0     0
            epair0a      - 192.0.2.0/24  192.0.2.5                -     -     -        -     -     -
            epair0b*  1500 <Link#3>      02:00:00:00:00:0b        0     0     0        0     0     0
            """);
    assertThat(
            run("netstat -Wf link -I epair0a")
                .out()
                .lines()
                .skip(1)
                .findFirst()
                .orElseThrow()
                .split(" +")[7])
        .isEqualTo("34");
    assertThat(run("netstat -ibdf link -I epair0a").out())
        .isEqualTo(
            """
            Name      Mtu Network   Address              Ipkts Ierrs Idrop     Ibytes    Opkts Oerrs     Obytes  Coll  Drop
            epair0a  1500 <Link#2>  02:00:00:00:00:0a       12     0     0        999       34     0          0     0     0\040
            """);
    assertThat(run("netstat -i -I foo").out()).doesNotContain("epair");
  }

  @Test
  void memberships_follow_with_a() {
    kernel.groups.add(
        new IfRequest.MulticastInfo(
            "epair0a", "inet", "224.0.0.1", "01:00:5e:00:00:01", "exclude", List.of(), "", 1, 3));
    run("ifconfig epair0a 192.0.2.5/24");
    assertThat(run("netstat -ina -f inet").out())
        .endsWith("\n" + " ".repeat(26) + "224.0.0.1        \n");
  }

  @Test
  void a_running_display_shows_differences() {
    assertThat(run("netstat -w 1 -q 2 -I epair0a").out())
        .isEqualTo(
            """
                        input        epair0a           output
               packets  errs idrops      bytes    packets  errs      bytes colls
                     0     0     0          0          0     0          0     0
                     0     0     0          0          0     0          0     0
            """);
    assertThat(run("netstat -w 1 -I foo"))
        .isEqualTo(new ToolRun(65, "", "netstat: interface foo not found\n"));
  }

  // ---- counters

  @Test
  void numbers_have_their_singular_and_plural() {
    statistics("ip", "received-packets", 1, "forwarded-packets", 1, "fast-forwarded-packets", 0);
    assertThat(run("netstat -s -p ip").out())
        .startsWith("ip:\n\t1 total packet received\n\t0 bad header checksums\n")
        .contains("\t1 packet forwarded (0 packets fast forwarded)\n")
        .contains("\t0 packets for unknown/unsupported protocol\n");
    statistics("ip", "forwarded-packets", 2, "fast-forwarded-packets", 1);
    assertThat(run("netstat -s -p ip").out())
        .contains("\t2 packets forwarded (1 packet fast forwarded)\n");
    assertThat(run("netstat -ss -p ip").out())
        .isEqualTo("ip:\n\t2 packets forwarded (1 packet fast forwarded)\n");
  }

  @Test
  void replies_and_queries_have_odd_plurals() {
    statistics("arp", "sent-replies", 1, "received-replies", 2);
    assertThat(run("netstat -ss -p arp").out())
        .isEqualTo("arp:\n\t1 ARP reply sent\n\t2 ARP replies received\n");
    statistics("icmp", "discard-invalid-return-address", 2);
    assertThat(run("netstat -ss -p icmp").out())
        .isEqualTo(
            "icmp:\n\t2 invalid return addresses\n\tICMP address mask responses are disabled\n");
  }

  @Test
  void histograms_show_only_what_was_seen() {
    statistics(
        "icmp",
        "output-histogram/echo",
        0,
        "input-histogram/echo",
        3,
        "input-histogram/echo reply",
        1);
    assertThat(run("netstat -s -p icmp").out())
        .contains("\tInput histogram:\n\t\techo: 3\n\t\techo reply: 1\n")
        .doesNotContain("Output histogram");
  }

  @Test
  void counters_as_xml_stand_on_lines_of_their_own() {
    statistics("udp", "received-datagrams", 5, "dropped-no-socket", 2);
    assertThat(run("netstat -s -p udp --libxo xml,pretty").out())
        .startsWith("<statistics>\n  <udp>\n    <received-datagrams>5</received-datagrams>\n")
        .contains("\n    <dropped-no-socket>2</dropped-no-socket>\n")
        .endsWith("\n  </udp>\n</statistics>\n");
    assertThat(run("netstat -s -p udp --libxo json").out())
        .startsWith(
            "{\"statistics\": {\"udp\":"
                + " {\"received-datagrams\":5,\"dropped-incomplete-headers\":0,")
        .endsWith("}}}\n");
  }

  @Test
  void all_protocols_of_the_kernel_in_order_and_zeroed() {
    statistics("arp", "sent-requests", 1);
    statistics("udp", "received-datagrams", 5);
    assertThat(run("netstat -s").out().lines().filter(line -> !line.startsWith("\t")))
        .containsExactly("udp:", "arp:");
    statistics("icmp6", "icmp6-calls", 1);
    assertThat(run("netstat -ss -f inet6").out())
        .isEqualTo(
            "udp:\n"
                + "\t5 datagrams received\n"
                + "\t5 delivered\n"
                + "icmp6:\n"
                + "\t1 call to icmp6_error\n"
                + "\tHistogram of error messages to be generated:\n");
    assertThat(run("netstat -ss -f inet").out()).doesNotContain("icmp6");
    assertThat(run("netstat -z -s -p udp").out()).startsWith("udp:\n\t0 datagrams received\n");
    assertThat(kernel.statistics.get("udp")).containsEntry("received-datagrams", 0L);
  }

  @Test
  void every_table_names_each_counter_once() {
    for (String protocol : StatTables.protocols()) {
      assertThat(StatTables.keys(protocol)).as(protocol).isNotEmpty().doesNotHaveDuplicates();
    }
    assertThat(StatTables.keys("ip")).hasSize(29).startsWith("received-packets");
    assertThat(StatTables.keys("tcp"))
        .contains("syncache/entries-added", "hostcache/entries-added");
  }

  @Test
  void what_udp_delivered_is_what_it_did_not_drop() {
    statistics("udp", "received-datagrams", 5, "dropped-no-socket", 2, "dropped-bad-checksum", 1);
    assertThat(run("netstat -s -p udp").out()).contains("\t2 delivered\n");
  }

  // ---- the rest

  @Test
  void sockets_are_listed() {
    kernel.sockets.add(
        new StatRequest.SocketInfo("udp4", "0.0.0.0", 53, null, 0, null, 0, 0, 5, "named", 0));
    kernel.sockets.add(
        new StatRequest.SocketInfo(
            "udp4", "192.0.2.5", 1024, "192.0.2.1", 53, null, 7, 0, 5, "dig", 0));
    assertThat(run("netstat -an").out())
        .isEqualTo(
            """
            Active Internet connections (including servers)
            Proto Recv-Q Send-Q Local Address          Foreign Address        (state)
            udp4       0      0 *.53                   *.*                   \040
            udp4       7      0 192.0.2.5.1024         192.0.2.1.53          \040
            """);
    assertThat(run("netstat -p udp").out()).contains("192.0.2.1.domain").doesNotContain("*.domain");
  }

  @Test
  void mbufs_and_multicast_routes() {
    assertThat(run("netstat -m").out()).startsWith("12/3/15 mbufs in use (current/cache/total)\n");
    assertThat(run("netstat -g"))
        .isEqualTo(new ToolRun(0, "", "No IPv4 MROUTING kernel support.\n"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "netstat -p foo|1|netstat: foo: unknown or uninstrumented protocol",
        "netstat -f foo|1|netstat: foo: unknown address family",
        "netstat -j nowhere|1|netstat: Jail not found",
        "netstat -F x|1|netstat: x: invalid fib",
        "netstat -B|1|netstat: -B: not supported by this kernel",
        "netstat --libxo|1|netstat: missing libxo option",
      })
  void mistakes_have_words_and_status(String line, int status, String message) {
    assertThat(run(line)).isEqualTo(new ToolRun(status, "", message + "\n"));
    assertThat(run("netstat -?").err()).contains("usage: netstat");
  }

  @Test
  void interfaces_as_json_carry_flags_and_counters() {
    kernel.interfaces.get("lo0").flags = IfInfo.IFF_UP;
    assertThat(run("netstat -i -I lo0 --libxo json").out())
        .isEqualTo(
            "{\"statistics\": {\"interface\": [{\"name\":\"lo0\",\"flags\":\"0x1\",\"mtu\":16384,"
                + "\"network\":\"<Link#1>\",\"address\":\"lo0\",\"received-packets\":0,"
                + "\"received-errors\":0,\"dropped-packets\":0,\"sent-packets\":0,\"send-errors\":0,\"collisions\":0}]}}\n");
  }
}
