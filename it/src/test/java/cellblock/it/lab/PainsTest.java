package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What people who run jails with stacks of their own have complained of; see docs/pains.md. */
class PainsTest {
  private static final Pattern ETHER = Pattern.compile("ether (\\S+)");

  private static String ether(Lab lab, String in, String ifname) {
    Matcher m = ETHER.matcher(lab.ok(in + "ifconfig " + ifname));
    assertThat(m.find()).as("ether of %s", ifname).isTrue();
    return m.group(1);
  }

  @Test
  void an_interface_that_was_moved_into_a_jail_is_destroyed_inside_under_any_name() {
    try (Lab lab = new Lab(1)) {
      lab.all(
          """
          jail -c name=j vnet persist
          ifconfig epair0 create
          ifconfig lo7 create
          ifconfig gif3 create
          ifconfig epair0b vnet j
          ifconfig lo7 vnet j
          ifconfig gif3 vnet j
          jexec j ifconfig epair0b name uplink
          jexec j ifconfig lo7 name dummy
          jexec j ifconfig gif3 name tunnel
          """);
      for (String name : List.of("uplink", "dummy", "tunnel")) {
        lab.ok("jexec j ifconfig " + name + " destroy");
      }
      assertThat(lab.ok("jexec j ifconfig -l")).isEqualTo("lo0\n");
      assertThat(lab.ok("ifconfig -l")).isEqualTo("lo0\n");
    }
  }

  @Test
  void a_jail_is_gone_when_its_removal_returns_and_its_number_and_name_are_free() {
    try (Lab lab = new Lab(2)) {
      lab.all(
          """
          jail -c name=j jid=7 vnet persist
          jexec j ifconfig lo0 127.0.0.1/8 up
          """);
      Lab.Running ping = lab.start("jexec j ping -q -c 100 127.0.0.1", new byte[0]);
      lab.ok("jail -r j");
      assertThat(lab.ok("jls -d jid")).isEmpty();
      lab.all(
          """
          jail -c name=j jid=7 vnet persist
          jail -r j
          """);
      lab.await(ping);
    }
  }

  @Test
  void an_interface_of_a_jail_is_the_hosts_again_and_works_when_the_removal_returns() {
    try (Lab lab = new Lab(3)) {
      lab.all(
          """
          ifconfig epair0 create
          jail -c name=a vnet persist
          jail -c name=b vnet persist
          ifconfig epair0a vnet a
          ifconfig epair0b vnet b
          jexec a ifconfig epair0a 192.0.2.1/24 up
          jexec b ifconfig epair0b 192.0.2.2/24 up
          jexec a ping -q -c 1 192.0.2.2
          jail -r b
          jail -c name=b vnet persist
          ifconfig epair0b vnet b
          jexec b ifconfig epair0b 192.0.2.2/24 up
          jexec a ping -q -c 1 192.0.2.2
          """);
    }
  }

  @Test
  void no_two_of_a_thousand_interfaces_have_one_ethernet_address() {
    try (Lab lab = new Lab(4)) {
      HashSet<String> seen = new HashSet<>();
      for (int i = 0; i < 500; i++) {
        lab.ok("ifconfig epair" + i + " create");
        assertThat(seen.add(ether(lab, "", "epair" + i + "a"))).isTrue();
        assertThat(seen.add(ether(lab, "", "epair" + i + "b"))).isTrue();
      }
      for (int i = 0; i < 500; i++) {
        lab.ok("ifconfig epair" + i + "a destroy");
      }
    }
  }

  @Test
  void a_cable_made_anew_has_the_ethernet_addresses_that_it_had() {
    try (Lab lab = new Lab(5)) {
      List<String> before = new ArrayList<>();
      for (int round = 0; round < 2; round++) {
        lab.ok("ifconfig epair5 create");
        List<String> now = List.of(ether(lab, "", "epair5a"), ether(lab, "", "epair5b"));
        lab.ok("ifconfig epair5a destroy");
        if (round == 0) {
          before.addAll(now);
        }
        assertThat(now).isEqualTo(before);
      }
    }
  }

  @Test
  void a_name_that_is_too_long_is_refused_and_never_cut() {
    try (Lab lab = new Lab(6)) {
      lab.ok("ifconfig epair0 create");
      lab.ok("ifconfig epair0a name exactly15chars_");
      assertThat(lab.fails("ifconfig epair0b name exactly15chars_x", 1)).isNotEmpty();
      assertThat(lab.ok("ifconfig -l")).isEqualTo("lo0 exactly15chars_ epair0b\n");
      lab.ok("ifconfig epair0b destroy");
    }
  }

  @Test
  void whoever_asks_for_a_cable_is_told_a_number_that_is_nobody_elses() {
    try (Lab lab = new Lab(7)) {
      lab.ok("jail -c name=j vnet persist");
      List<String> told = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        String in = i % 2 == 0 ? "" : "jexec j ";
        told.add(lab.ok(in + "ifconfig epair create").strip());
      }
      assertThat(new HashSet<>(told)).hasSize(10);
      lab.ok("jexec j ifconfig " + told.get(1) + " destroy");
      assertThat(lab.ok("ifconfig epair create").strip()).isEqualTo(told.get(1));
      for (String end : lab.ok("ifconfig -l").strip().split(" ")) {
        if (end.endsWith("a")) {
          lab.ok("ifconfig " + end + " destroy");
        }
      }
    }
  }
}
