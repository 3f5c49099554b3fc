package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.daemon.KernelDoor;
import cellblock.daemon.LocalShell;
import cellblock.host.Jail;
import cellblock.host.Kernel;
import cellblock.kern.jail.PrisonState;
import cellblock.kern.ledger.Ledger;
import cellblock.kern.ledger.LedgerKind;
import cellblock.sim.Residue;
import cellblock.sim.Sim;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The first light of every seed: jails live, ping, move interfaces, and die. */
class FirstLightTest {
  @Test
  void two_jails_ping_each_other_over_an_epair() {
    for (long seed = 1; seed <= 20; seed++) {
      try (Lab lab = new Lab(seed)) {
        lab.pair("a", "b");
        assertThat(lab.ok("jexec a ping -c 3 192.0.2.2"))
            .contains("64 bytes from 192.0.2.2: icmp_seq=0 ttl=64 time=")
            .contains("3 packets transmitted, 3 packets received, 0.0% packet loss");
        lab.all("jail -r a\njail -r b\nifconfig epair0a destroy");
        assertThat(lab.ok("ifconfig -l").strip()).isEqualTo("lo0");
      }
    }
  }

  @Test
  void a_jail_between_two_others_forwards_when_it_is_told_to() {
    try (Lab lab = new Lab(7)) {
      row(lab);
      assertThat(lab.run("jexec a ping -c 1 -t 2 198.51.100.1").status()).isEqualTo(2);
      lab.ok("jexec r sysctl net.inet.ip.forwarding=1");
      assertThat(lab.ok("jexec a ping -c 2 198.51.100.1"))
          .contains("ttl=63")
          .contains("2 packets received");
      assertThat(lab.ok("jexec r netstat -s -p ip")).contains("packets forwarded");
    }
  }

  static void row(Lab lab) {
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
        jexec a ifconfig epair0a 192.0.2.1/24
        jexec r ifconfig epair0b 192.0.2.254/24
        jexec r ifconfig epair1a 198.51.100.254/24
        jexec b ifconfig epair1b 198.51.100.1/24
        jexec a route add default 192.0.2.254
        jexec b route add default 198.51.100.254
        """);
  }

  @Test
  void a_lent_interface_comes_home_when_its_jail_is_removed_and_its_addresses_do_not() {
    try (Lab lab = new Lab(3)) {
      lab.pair("a", "b");
      Jail a = lab.kernel().jail("a");
      lab.ok("jail -r a");
      assertThat(a.state()).isEqualTo(PrisonState.GONE);
      assertThat(lab.ok("ifconfig epair0a")).contains("epair0a: flags=").doesNotContain("inet ");
      assertThat(lab.ok("jls jid")).doesNotContain(Integer.toString(a.jid()));
    }
  }

  @Test
  void an_interface_made_inside_dies_with_its_jail_and_one_from_outside_can_be_destroyed_inside() {
    try (Lab lab = new Lab(4)) {
      lab.pair("a", "b");
      assertThat(lab.ok("jexec a ifconfig lo create").strip()).isEqualTo("lo1");
      lab.ok("jexec a ifconfig epair0a destroy");
      assertThat(lab.ok("jexec b ifconfig -l").strip()).isEqualTo("lo0");
      lab.all("jail -r a\njail -r b");
      assertThat(lab.ok("ifconfig -l").strip()).isEqualTo("lo0");
    }
  }

  @Test
  void the_ledger_of_a_dead_jail_reads_zero() throws Exception {
    try (Lab lab = new Lab(5)) {
      lab.pair("a", "b");
      lab.ok("jexec a ping -c 1 192.0.2.2");
      Jail a = lab.kernel().jail("a");
      assertThat(a.ledger().entries()).isNotEmpty();
      lab.ok("jail -r a");
      assertThat(a.ledger().dead()).isTrue();
      assertThat(a.ledger().entries()).isEmpty();
    }
  }

  @Test
  void nested_jails_die_descendants_first_and_their_interfaces_climb_home() {
    try (Lab lab = new Lab(6)) {
      lab.all(
          """
          jail -c name=out vnet persist children.max=3
          jexec out jail -c name=in vnet persist
          ifconfig epair create
          ifconfig epair0a vnet out
          jexec out ifconfig epair0a vnet in
          jexec out.in ifconfig epair0a 192.0.2.1/24
          """);
      assertThat(lab.ok("jls -N name")).contains("out.in");
      lab.ok("jail -r out");
      assertThat(lab.ok("ifconfig -l").strip()).isEqualTo("lo0 epair0b epair0a");
    }
  }

  @Test
  void a_removal_that_cannot_go_on_ends_at_its_deadline_and_says_why_then_finishes_by_itself()
      throws Exception {
    try (Lab lab = new Lab(8)) {
      lab.pair("a", "b");
      Jail a = lab.kernel().jail("a");
      lab.ok("sysctl security.jail.remove_timeout=5");
      Ledger.Entry[] stray = new Ledger.Entry[1];
      a.vnet()
          .call(
              () -> stray[0] = a.vnet().ledger().enter(LedgerKind.HOOK, this, "a forgotten hook"));
      String said = lab.fails("jail -r a", 1);
      assertThat(said).contains("AUDIT").contains("a forgotten hook");
      assertThat(lab.fails("jls -j a jid", 1)).contains("is dying");
      assertThat(lab.ok("jls -d -v")).contains("DYING").contains("a forgotten hook");
      assertThat(lab.fails("jail -r a", 1)).contains("a forgotten hook");
      a.vnet()
          .call(() -> {
            stray[0].leave();
            return 0;
          });
      lab.sim().stepper().until(() -> a.state() == PrisonState.GONE);
      assertThat(a.ledger().entries()).isEmpty();
      lab.ok("jail -r b");
    }
  }

  @Test
  void removal_may_be_asynchronous_as_in_freebsd() throws Exception {
    try (Lab lab = new Lab(9)) {
      lab.pair("a", "b");
      Jail a = lab.kernel().jail("a");
      lab.ok("sysctl security.jail.remove_async=1");
      lab.ok("jail -r a");
      lab.sim().stepper().settle();
      assertThat(a.state()).isEqualTo(PrisonState.GONE);
    }
  }

  @Test
  void a_kernel_without_vimage_has_one_stack_and_refuses_a_jail_with_its_own() {
    Sim sim = new Sim(10, false);
    try (Kernel kernel = Kernel.boot(sim.machine(), Kernel.Config.defaults(10).withoutVimage())) {
      LocalShell shell =
          new LocalShell(
              KernelDoor.of(kernel, time -> sim.stepper().advance(time.toNanos())), Path.of("/"));
      assertThat(shell.line("sysctl -n kern.features.vimage").out()).isEqualTo("0\n");
      assertThat(shell.line("jail -c name=a vnet persist").err())
          .isEqualTo("jail: unknown parameter: vnet\n");
      assertThat(shell.line("jail -c name=a persist").status()).isZero();
      assertThat(shell.line("jexec a ifconfig lo0 127.0.0.1/8").err())
          .contains("permission denied");
      assertThat(shell.line("ifconfig lo0 127.0.0.1/8").status()).isZero();
      assertThat(shell.line("ping -c 1 127.0.0.1").status()).isZero();
      assertThat(shell.line("jail -r a").status()).isZero();
    }
    assertThat(Residue.of(sim.machine())).isEmpty();
  }

  @Test
  void a_closed_stream_of_routing_messages_ends_its_reader() throws Exception {
    try (Lab lab = new Lab(11)) {
      var events = lab.kernel().port().routeEvents();
      lab.all("ifconfig epair create\nifconfig epair0a 192.0.2.1/24\nifconfig epair0a destroy");
      assertThat(events.next(Duration.ZERO)).isNotNull();
      events.close();
      int more = 0;
      while (events.next(null) != null) {
        more++;
      }
      assertThat(more).isPositive();
      assertThat(events.next(null)).isNull();
    }
  }
}
