package cellblock.userland.net;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.control.IfInfo;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IfconfigTest {
  private final ModelKernel kernel = new ModelKernel();

  private ToolRun run(String line) {
    return ToolRun.of(kernel, line);
  }

  private void quiet(String line) {
    assertThat(run(line)).isEqualTo(new ToolRun(0, "", ""));
  }

  @Test
  void creating_an_epair_prints_its_first_end() {
    assertThat(run("ifconfig epair create")).isEqualTo(new ToolRun(0, "epair0a\n", ""));
    assertThat(run("ifconfig -l").out()).isEqualTo("lo0 epair0a epair0b\n");
  }

  @Test
  void nothing_is_printed_when_the_name_asked_is_the_name_made() {
    quiet("ifconfig lo1 create");
    assertThat(run("ifconfig epair3 create").out()).isEqualTo("epair3a\n");
  }

  @Test
  void an_interface_with_everything_prints_line_by_line() {
    kernel.withEpair();
    quiet("ifconfig epair0a inet 192.0.2.1/24");
    quiet("ifconfig epair0a inet 192.0.2.2 netmask 255.255.255.255 alias");
    quiet("ifconfig epair0a inet6 2001:db8::1/64 no_dad");
    quiet("ifconfig epair0a description uplink group outside fib 0 metric 0");
    kernel.interfaces.get("epair0a").ndFlags = 0x29;
    assertThat(run("ifconfig epair0a").out())
        .isEqualTo(
            """
            epair0a: flags=8843<UP,BROADCAST,RUNNING,SIMPLEX,MULTICAST> metric 0 mtu 1500
            \tdescription: uplink
            \toptions=8<VLAN_MTU>
            \tether 02:00:00:00:00:0a
            \tinet 192.0.2.1 netmask 0xffffff00 broadcast 192.0.2.255
            \tinet 192.0.2.2 netmask 0xffffffff broadcast 192.0.2.2
            \tinet6 2001:db8::1 prefixlen 64
            \tgroups: epair outside
            \tmedia: Ethernet 10Gbase-T (10Gbase-T <full-duplex>)
            \tstatus: active
            \tnd6 options=29<PERFORMNUD,IFDISABLED,AUTO_LINKLOCAL>
            """);
  }

  @Test
  void a_fresh_lo0_is_down_and_without_address() {
    assertThat(run("ifconfig lo0").out())
        .isEqualTo(
            """
            lo0: flags=8008<LOOPBACK,MULTICAST> metric 0 mtu 16384
            \toptions=680003<RXCSUM,TXCSUM,LINKSTATE,RXCSUM_IPV6,TXCSUM_IPV6>
            \tgroups: lo
            """);
  }

  @Test
  void a_family_limits_what_is_shown() {
    kernel.withEpair();
    quiet("ifconfig epair0a 192.0.2.1/24");
    assertThat(run("ifconfig epair0a ether").out())
        .isEqualTo(
            """
            epair0a: flags=8843<UP,BROADCAST,RUNNING,SIMPLEX,MULTICAST> metric 0 mtu 1500
            \toptions=8<VLAN_MTU>
            \tether 02:00:00:00:00:0a
            """);
    assertThat(run("ifconfig epair0a inet").out())
        .endsWith("\tinet 192.0.2.1 netmask 0xffffff00 broadcast 192.0.2.255\n")
        .doesNotContain("ether");
    assertThat(run("ifconfig -l ether").out()).isEqualTo("epair0a epair0b\n");
    assertThat(run("ifconfig -l inet").out()).isEqualTo("epair0a\n");
    assertThat(run("ifconfig -lu").out()).isEqualTo("epair0a\n");
    assertThat(run("ifconfig -ld").out()).isEqualTo("lo0 epair0b\n");
  }

  @Test
  void formats_change_masks_and_ethernet_addresses() {
    kernel.withEpair();
    quiet("ifconfig epair0a 192.0.2.1/24");
    assertThat(run("ifconfig -f inet:cidr,ether:dotted epair0a").out())
        .contains("\tinet 192.0.2.1/24 broadcast 192.0.2.255\n", "\tether 0200.0000.000a\n");
    assertThat(run("ifconfig -f inet:dotted,ether:dash epair0a").out())
        .contains(" netmask 255.255.255.0 ", "02-00-00-00-00-0a");
  }

  @Test
  void words_of_one_command_are_done_in_order() {
    kernel.withEpair();
    quiet("ifconfig epair0a ether 02:00:00:00:00:99 mtu 1400 up");
    assertThat(kernel.interfaces.get("epair0a").mtu).isEqualTo(1400);
    assertThat(run("ifconfig epair0a").out()).contains("mtu 1400", "<UP,");
    assertThat(run("ifconfig lo create inet 127.0.0.2/8 up description second").out()).isEqualTo("lo1\n");
    assertThat(run("ifconfig lo1").out()).contains("inet 127.0.0.2 netmask 0xff000000\n", "second");
  }

  @Test
  void the_link_address_is_a_family_word_of_its_own() {
    kernel.withEpair();
    quiet("ifconfig epair0a ether 2:0:0:0:0:99");
    assertThat(kernel.interfaces.get("epair0a").link).isEqualTo("02:00:00:00:00:99");
    assertThat(run("ifconfig epair0a ether 2:0:0"))
        .isEqualTo(new ToolRun(1, "", "ifconfig: malformed link-level address\n"));
  }

  @Test
  void a_plain_address_replaces_the_first_and_alias_adds() {
    kernel.withEpair();
    quiet("ifconfig epair0a 192.0.2.1/24");
    quiet("ifconfig epair0a 192.0.2.9/24");
    quiet("ifconfig epair0a alias 192.0.2.10 netmask 0xffffffff");
    assertThat(kernel.interfaces.get("epair0a").addresses)
        .extracting(IfInfo.Address::address)
        .containsExactly("192.0.2.9", "192.0.2.10");
    quiet("ifconfig epair0a -alias 192.0.2.9");
    quiet("ifconfig epair0a inet 192.0.2.10 delete");
    assertThat(kernel.interfaces.get("epair0a").addresses).isEmpty();
  }

  @Test
  void a_second_address_is_the_far_end_of_a_tunnel() {
    quiet("ifconfig lo1 create");
    kernel.interfaces.get("lo1").flags = IfInfo.IFF_POINTOPOINT;
    quiet("ifconfig lo1 10.0.0.1/30 10.0.0.2");
    assertThat(run("ifconfig lo1").out()).contains("\tinet 10.0.0.1 --> 10.0.0.2 netmask 0xfffffffc\n");
  }

  @Test
  void an_address_without_a_mask_is_warned_about() {
    kernel.withEpair();
    assertThat(run("ifconfig epair0a inet 10.0.0.1"))
        .isEqualTo(
            new ToolRun(
                0,
                "",
                "ifconfig: WARNING: setting interface address without mask is deprecated,\n"
                    + "default mask may not be correct.\n"));
    kernel.interfaces.get("epair0a").flags |= IfInfo.IFF_POINTOPOINT;
    quiet("ifconfig epair0a inet 10.0.0.1");
  }

  @Test
  void renaming_prints_the_new_name() {
    kernel.withEpair();
    assertThat(run("ifconfig epair0a name wan up")).isEqualTo(new ToolRun(0, "wan\n", ""));
    assertThat(kernel.interfaces.get("wan").flags & IfInfo.IFF_UP).isOne();
  }

  @Test
  void groups_are_listed_and_matched() {
    kernel.withEpair();
    quiet("ifconfig epair0a group red");
    quiet("ifconfig epair0a group red");
    assertThat(run("ifconfig -g red").out()).isEqualTo("epair0a\n");
    assertThat(run("ifconfig -g blue")).isEqualTo(new ToolRun(0, "", ""));
    assertThat(run("ifconfig -a -g ep*").out()).startsWith("epair0a: ").contains("epair0b: ");
    quiet("ifconfig epair0a -group red");
    assertThat(run("ifconfig -g red").out()).isEmpty();
    assertThat(run("ifconfig epair0a group red1").err())
        .isEqualTo("ifconfig: setifgroup: group names may not end in a digit\n");
  }

  @Test
  void capabilities_change_only_where_the_interface_has_them() {
    quiet("ifconfig lo0 -txcsum -tso lro");
    assertThat(kernel.interfaces.get("lo0").capEnabled).isEqualTo(0x680001);
    assertThat(run("ifconfig -m lo0").out())
        .contains("\tcapabilities=680003<RXCSUM,TXCSUM,LINKSTATE,RXCSUM_IPV6,TXCSUM_IPV6>\n");
    assertThat(kernel.log).noneMatch(request -> request.contains("lro"));
  }

  @Test
  void driver_words_reach_their_driver_with_their_values() {
    quiet("ifconfig bridge0 create addm epair0a stp epair0a up");
    assertThat(kernel.interfaces.get("bridge0").driverLog)
        .containsExactly("bridge addm epair0a", "bridge stp epair0a");
    quiet("ifconfig bridge0 inet6 -ifdisabled");
    assertThat(kernel.interfaces.get("bridge0").driverLog).contains("nd6 -ifdisabled");
  }

  @Test
  void driver_lines_have_their_place() {
    ModelIf bridge = kernel.withEpair().interfaces.get("epair0b");
    bridge.driver.addAll(List.of("tunnel inet 192.0.2.1 --> 192.0.2.2", "id 00", "\t        more", "vlan: 5"));
    bridge.fib = 2;
    assertThat(run("ifconfig epair0b").out())
        .isEqualTo(
            """
            epair0b: flags=8842<BROADCAST,RUNNING,SIMPLEX,MULTICAST> metric 0 mtu 1500
            \toptions=8<VLAN_MTU>
            \ttunnel inet 192.0.2.1 --> 192.0.2.2
            \tether 02:00:00:00:00:0b
            \tid 00
            \t        more
            \tgroups: epair
            \tvlan: 5
            \tfib: 2
            \tmedia: Ethernet 10Gbase-T (10Gbase-T <full-duplex>)
            \tstatus: active
            """);
  }

  @Test
  void an_interface_is_lent_to_a_jail_and_unplugged() {
    kernel.withEpair();
    quiet("ifconfig epair0a unplug");
    assertThat(run("ifconfig epair0a").out()).contains("status: no carrier");
    quiet("ifconfig epair0b vnet alcatraz");
    assertThat(run("ifconfig -l").out()).isEqualTo("lo0 epair0a\n");
    assertThat(run("ifconfig epair0b -vnet alcatraz"))
        .isEqualTo(new ToolRun(1, "", "ifconfig: SIOCSIFRVNET(3, epair0b): Device not configured\n"));
    assertThat(run("ifconfig epair0a vnet nowhere"))
        .isEqualTo(new ToolRun(1, "", "ifconfig: jail \"nowhere\" not found\n"));
  }

  @Test
  void all_forms_work_inside_a_jail() {
    assertThat(run("ifconfig -j alcatraz -l").out()).isEqualTo("lo0\n");
    assertThat(run("ifconfig -j3 lo0 up").status()).isZero();
    assertThat(kernel.log).contains("Attach[jid=3]");
    assertThat(run("ifconfig -j nowhere -l"))
        .isEqualTo(new ToolRun(1, "", "ifconfig: jail not found: No such file or directory\n"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ifconfig foo|1|ifconfig: interface foo does not exist",
        "ifconfig foo up|1|ifconfig: interface foo does not exist",
        "ifconfig foo destroy|1|ifconfig: interface foo does not exist",
        "ifconfig foo create|1|ifconfig: SIOCIFCREATE2 (foo): Invalid argument",
        "ifconfig epair0 create|1|ifconfig: interface epair0 already exists",
        "ifconfig epair0a create|1|ifconfig: interface epair0a already exists",
        "ifconfig averyveryverylongname create|1|ifconfig: averyveryverylongname: cloning name too long",
        "ifconfig lo0 destroy|1|ifconfig: SIOCIFDESTROY: Invalid argument",
        "ifconfig epair0a mtu 9|1|ifconfig: ioctl SIOCSIFMTU (set mtu): Invalid argument",
        "ifconfig epair0a mtu|1|ifconfig: 'mtu' requires argument",
        "ifconfig epair0a static x|1|ifconfig: 'static' requires 2 arguments",
        "ifconfig epair0a 10.0.0.1/33|1|ifconfig: 10.0.0.1/33: bad value (width too large)",
        "ifconfig epair0a 10.0.0.1/x|1|ifconfig: 10.0.0.1/x: bad value (width invalid)",
        "ifconfig epair0a nonsense|1|ifconfig: nonsense: bad value",
        "ifconfig epair0a 10.0.0.256/8|1|ifconfig: 10.0.0.256: bad value",
        "ifconfig epair0a inet6 10.0.0.1|1|ifconfig: 10.0.0.1: bad value",
        "ifconfig epair0a inet6 2001:db8::1 netmask 1|1|ifconfig: netmask: invalid option for inet6",
        "ifconfig epair0a inet6 2001:db8::1 broadcast 1|1|ifconfig: broadcast: invalid option for inet6",
        "ifconfig epair0a -alias 10.9.9.9|1|ifconfig: ioctl (SIOCDIFADDR): Can't assign requested address",
        "ifconfig epair0a name epair0b|1|ifconfig: ioctl SIOCSIFNAME (set name): File exists",
        "ifconfig epair0a fib 7|0|ifconfig: ioctl (SIOCSIFFIB): Invalid argument",
      })
  void mistakes_have_freebsds_words_and_status(String line, int status, String message) {
    kernel.withEpair();
    assertThat(run(line)).isEqualTo(new ToolRun(status, "", message + "\n"));
  }

  @Test
  void wrong_options_end_with_the_usage() {
    for (String line : List.of("ifconfig -Z", "ifconfig -la", "ifconfig -ud", "ifconfig -j", "ifconfig -a x y")) {
      ToolRun run = run(line);
      assertThat(run.status()).as(line).isOne();
      assertThat(run.err()).as(line).contains("usage: ifconfig [-j jail]");
    }
    assertThat(run("ifconfig -a foo").err()).startsWith("ifconfig: Address family 'foo' unknown.\nusage:");
  }
}
