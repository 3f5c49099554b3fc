package cellblock.userland.net;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.control.IfInfo;
import cellblock.control.RouteEvent;
import cellblock.control.RouteRequest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteTest {
  private final ModelKernel kernel = new ModelKernel().withEpair();

  private ToolRun run(String line) {
    return ToolRun.of(kernel, line);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "route add default 192.0.2.1|add net default: gateway 192.0.2.1|0.0.0.0/0",
        "route add -net 10.0.0.0/8 192.0.2.1|add net 10.0.0.0: gateway 192.0.2.1|10.0.0.0/8",
        "route add 10 192.0.2.1|add net 10: gateway 192.0.2.1|10.0.0.0/8",
        "route add -net 192.168.1 192.0.2.1|add net 192.168.1: gateway 192.0.2.1|192.168.1.0/24",
        "route add -net 10.1.0.0 192.0.2.1|add net 10.1.0.0: gateway 192.0.2.1|10.1.0.0/16",
        "route add 198.51.100.7 192.0.2.1|add host 198.51.100.7: gateway 192.0.2.1|198.51.100.7/32",
        "route add -net 10.0.0.0 192.0.2.1 255.255.0.0|add net 10.0.0.0: gateway 192.0.2.1|10.0.0.0/16",
        "route add -net 10.0.0.0 -netmask 255.255.255.0 192.0.2.1|add net 10.0.0.0: gateway 192.0.2.1|10.0.0.0/24",
        "route add -net 10.0.0.0 -prefixlen 9 192.0.2.1|add net 10.0.0.0: gateway 192.0.2.1|10.0.0.0/9",
        "route add -host 10.0.0.5 -iface epair0a|add host 10.0.0.5: gateway epair0a|10.0.0.5/32",
        "route -6 add 2001:db8::/32 2001:db8::1|add net 2001:db8::/32: gateway 2001:db8::1|2001:db8::/32",
        "route -6 add default 2001:db8::1|add net default: gateway 2001:db8::1|::/0",
        "route add -inet6 2001:db8::5 2001:db8::1|add host 2001:db8::5: gateway 2001:db8::1|2001:db8::5/128",
      })
  void adding_says_what_was_added(String line, String said, String prefix) {
    assertThat(run(line)).isEqualTo(new ToolRun(0, said + "\n", ""));
    assertThat(kernel.routes).extracting(r -> r.destination() + "/" + r.prefixLength()).containsExactly(prefix);
  }

  @Test
  void flags_and_metrics_reach_the_kernel() {
    run("route add -net 10.0.0.0/8 192.0.2.1 -blackhole -proto1 -mtu 1400 -weight 7");
    RouteRequest.RouteInfo info = kernel.routes.getFirst();
    assertThat(info.flags())
        .isEqualTo(
            RouteRequest.RTF_UP | RouteRequest.RTF_GATEWAY | RouteRequest.RTF_STATIC
                | RouteRequest.RTF_BLACKHOLE | RouteRequest.RTF_PROTO1);
    assertThat(info.mtu()).isEqualTo(1400);
    assertThat(info.weight()).isEqualTo(7);
  }

  @Test
  void a_duplicate_is_refused_on_both_streams() {
    run("route add default 192.0.2.1");
    assertThat(run("route add default 192.0.2.1"))
        .isEqualTo(
            new ToolRun(
                1,
                "add net default: gateway 192.0.2.1 fib 0: route already in table\n",
                "route: message indicates error: File exists\n"));
    assertThat(run("route -q add default 192.0.2.1").out()).isEmpty();
  }

  @Test
  void deleting_what_is_not_there_says_so() {
    assertThat(run("route delete 10.0.0.0/8"))
        .isEqualTo(
            new ToolRun(
                1, "delete net 10.0.0.0 fib 0: not in table\n", "route: route has not been found\n"));
    run("route add 10.0.0.0/8 192.0.2.1");
    assertThat(run("route del 10.0.0.0/8")).isEqualTo(new ToolRun(0, "del net 10.0.0.0\n", ""));
  }

  @Test
  void several_fibs_are_named_when_the_vnet_has_several() {
    kernel.sysctls.put("net.fibs", "3");
    assertThat(run("route add default 192.0.2.1 -fib 0,2").out())
        .isEqualTo("add net default: gateway 192.0.2.1 fib 0,2\n");
    assertThat(run("route add default 192.0.2.1 -fib all"))
        .isEqualTo(
            new ToolRun(
                1,
                """
                add net default: gateway 192.0.2.1 fib 1
                add net default: gateway 192.0.2.1 fib 0: route already in table
                add net default: gateway 192.0.2.1 fib 2: route already in table
                """,
                "route: message indicates error: File exists\n".repeat(2)));
  }

  @Test
  void get_has_its_layout() {
    run("route add -net 10.0.0.0/8 192.0.2.1");
    assertThat(run("route -n get 10.1.2.3").out())
        .isEqualTo(
            """
               route to: 10.1.2.3
            destination: 10.0.0.0
                   mask: 255.0.0.0
                gateway: 192.0.2.1
                    fib: 0
              interface: epair0a
                  flags: <UP,GATEWAY,DONE,STATIC>
             recvpipe  sendpipe  ssthresh  rtt,msec    mtu        weight    expire
                   0         0         0         0      1500         1         0\040
            """);
    run("route add default 192.0.2.1");
    assertThat(run("route get 192.0.2.77").out())
        .startsWith("   route to: 192.0.2.77\ndestination: default\n       mask: default\n");
  }

  @Test
  void get_without_a_route_fails() {
    assertThat(run("route get 10.0.0.1"))
        .isEqualTo(new ToolRun(255, "", "route: route has not been found\n"));
  }

  @Test
  void change_replaces_the_gateway() {
    run("route add 10.0.0.0/8 192.0.2.1");
    assertThat(run("route change 10.0.0.0/8 192.0.2.9").out()).isEqualTo("change net 10.0.0.0: gateway 192.0.2.9\n");
    assertThat(kernel.routes.getFirst().gateway()).isEqualTo("192.0.2.9");
  }

  @Test
  void flush_deletes_what_has_a_gateway() {
    run("route add 10.0.0.0/8 192.0.2.1");
    run("route add -host 10.0.0.5 -iface epair0a");
    assertThat(run("route flush").out())
        .isEqualTo("10                   192.0.2.1            -fib 0   done\n");
    assertThat(kernel.routes).hasSize(1);
  }

  @Test
  void monitor_prints_messages_as_a_routing_socket_gives_them() {
    run("route add 10.0.0.0/8 192.0.2.1");
    RouteRequest.RouteInfo route = kernel.routes.getFirst();
    kernel.events.add(new RouteEvent.Route("RTM_ADD", route, 77, 3, 0));
    kernel.events.add(new RouteEvent.Interface("epair0a", 2, IfInfo.IFF_UP | IfInfo.IFF_BROADCAST, "active"));
    kernel.events.add(new RouteEvent.Announce("epair1a", 4, "arrival"));
    kernel.events.add(
        new RouteEvent.Addr(
            "RTM_NEWADDR",
            "epair0a",
            2,
            new IfInfo.Address("inet", "192.0.2.5", 24, "192.0.2.255", null, List.of(), -1, -1, 0, 0)));
    assertThat(run("route -n monitor").out())
        .isEqualTo(
            """

            got message of size 200 on Mon Jan  5 10:00:00 2026
            RTM_ADD: Add Route: len 200, pid: 77, seq 3, errno 0, flags:<UP,GATEWAY,DONE,STATIC>
            locks:  inits:\040
            sockaddrs: <DST,GATEWAY,NETMASK>
             10.0.0.0 192.0.2.1 255.0.0.0

            got message of size 168 on Mon Jan  5 10:00:00 2026
            RTM_IFINFO: iface status change: len 168, if# 2, link: up, flags:<UP,BROADCAST>

            got message of size 24 on Mon Jan  5 10:00:00 2026
            RTM_IFANNOUNCE: interface arrival/departure: len 24, if# 4, what: arrival

            got message of size 124 on Mon Jan  5 10:00:00 2026
            RTM_NEWADDR: address being added to iface: len 124, metric 0, flags:
            sockaddrs: <NETMASK,IFP,IFA,BRD>
             255.255.255.0 epair0a:2.0.0.0.0.a 192.0.2.5 192.0.2.255
            """);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "route add foo 192.0.2.1|68|route: bad address: foo",
        "route add 10.0.0.0/40 192.0.2.1|68|route: bad mask length: 40",
        "route add 10.0.0.0/8 bar|68|route: bad address: bar",
        "route add 10.0.0.0/8 -iface foo|65|route: interface 'foo' does not exist",
        "route add -prefixlen 77 10.0.0.0 192.0.2.1|64|route: 77: invalid prefixlen",
        "route add default 192.0.2.1 -fib 9|64|route: invalid fib number: 9",
        "route add default 192.0.2.1 -mtu x|64|route: x: Invalid argument",
        "route -6 add nonsense ::1|71|route: nonsense: Name does not resolve",
        "route -j nowhere get default|1|route: Jail not found",
      })
  void mistakes_have_freebsds_words_and_status(String line, int status, String message) {
    assertThat(run(line)).isEqualTo(new ToolRun(status, "", message + "\n"));
  }

  @Test
  void wrong_words_end_with_the_usage() {
    String usage = "route: usage: route [-j jail] [-46dnqtv] command [[modifiers] args]\n";
    assertThat(run("route bogus")).isEqualTo(new ToolRun(64, "", "route: bad keyword: bogus\n" + usage));
    assertThat(run("route add -bogus")).isEqualTo(new ToolRun(64, "", "route: bad keyword: bogus\n" + usage));
    assertThat(run("route add")).isEqualTo(new ToolRun(64, "", "route: destination parameter required\n" + usage));
    assertThat(ToolRun.of(kernel, "route").err()).isEqualTo(usage);
  }
}
