package cellblock.it.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cellblock.control.JailRequest;
import cellblock.control.KernelPort;
import cellblock.control.SocketPort;
import cellblock.daemon.KernelDoor;
import cellblock.daemon.LocalShell;
import cellblock.host.Jail;
import cellblock.host.Kernel;
import cellblock.host.port.ProcessPort;
import cellblock.inet.Inet;
import cellblock.it.lab.Lab;
import cellblock.kern.Machine;
import cellblock.kern.drop.DropReason;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.jail.HolderKind;
import cellblock.kern.jail.Prison;
import cellblock.kern.jail.PrisonState;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.proc.ProcBody;
import cellblock.kern.vnet.CurVnet;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.IfRegistration;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.pfil.Pfil;
import cellblock.net.pfil.PfilHook;
import cellblock.net.pfil.Verdict;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Mechanisms that the seeds name, one by one, on a whole kernel. docs/parity.md leads here. */
class SeedMechanismsTest {
  private static Vnet vnet(Lab lab, String jail) {
    return lab.kernel().jail(jail).vnet();
  }

  @Test
  void curvnet_nests_and_comes_back_and_is_unset_outside() {
    try (Lab lab = new Lab(31)) {
      lab.ok("jail -c name=a vnet persist");
      Vnet zero = lab.kernel().machine().vnet0();
      Vnet a = vnet(lab, "a");
      assertThat(CurVnet.isSet()).isFalse();
      zero.run(() -> {
        a.run(() -> assertThat(CurVnet.get()).isSameAs(a));
        assertThat(CurVnet.get()).isSameAs(zero);
      });
      assertThat(CurVnet.isSet()).isFalse();
      assertThatThrownBy(() -> CurVnet.get()) // a lambda, so that this class is the place
          .hasMessageContaining("SeedMechanismsTest");
      lab.sim().stepper().settle();
      assertThat(lab.ok("dmesg")).contains("CURVNET_SET() recursion").contains("vnet0 -> a");
      lab.ok("jail -r a");
    }
  }

  @Test
  void the_wrong_vnet_is_an_error_in_checked_mode() {
    try (Lab lab = new Lab(32)) {
      lab.ok("jail -c name=a vnet persist");
      Vnet zero = lab.kernel().machine().vnet0();
      Vnet a = vnet(lab, "a");
      a.run(a::assertCurrent);
      a.run(() ->
          assertThatThrownBy(zero::assertCurrent)
              .hasMessageContaining("wrong vnet: vnet0 used while a"));
      lab.ok("jail -r a");
    }
  }

  @Test
  void a_process_finds_its_vnet_by_its_prison_and_a_socket_keeps_its_own() throws Exception {
    try (Lab lab = new Lab(33)) {
      lab.ok("jail -c name=a vnet persist");
      Kernel kernel = lab.kernel();
      Jail a = kernel.jail("a");
      var proc = kernel.start(kernel.prisons().prison0(), null, "mover", new NoBody());
      KernelPort port = new ProcessPort(kernel, proc);
      assertThat(proc.vnet()).isSameAs(kernel.machine().vnet0());
      try (SocketPort before = port.socket(SocketPort.Domain.INET, SocketPort.Type.DGRAM, 0)) {
        before.bind(null, 5000);
        port.ask(new JailRequest.Attach(a.jid()));
        assertThat(proc.vnet()).isSameAs(a.vnet());
        try (SocketPort after = port.socket(SocketPort.Domain.INET, SocketPort.Type.DGRAM, 0)) {
          after.bind(null, 5000); // the same port is free in another vnet
          assertThat(sockets(kernel.machine().vnet0())).isEqualTo(1);
          assertThat(sockets(a.vnet())).isEqualTo(1);
        }
      }
      kernel.exit(proc);
      assertThat(sockets(kernel.machine().vnet0())).isZero();
      lab.ok("jail -r a");
    }
  }

  private static int sockets(Vnet vnet) throws ErrnoException {
    return vnet.call(() -> Inet.of(vnet).sockets.sockets().size());
  }

  @Test
  void every_vnet_is_visited_and_the_list_is_a_snapshot() {
    try (Lab lab = new Lab(34)) {
      lab.all("jail -c name=a vnet persist\njail -c name=b vnet persist");
      List<String> names = new ArrayList<>();
      for (Vnet v : lab.kernel().machine().vnets().list()) {
        lab.run("jail -r a");
        names.add(v.name());
      }
      assertThat(names).hasSize(3).startsWith("vnet0");
      assertThat(lab.kernel().machine().vnets().list()).hasSize(2);
      lab.ok("jail -r b");
    }
  }

  @Test
  void a_variable_of_any_vnet_is_read_by_name_from_outside() {
    try (Lab lab = new Lab(35)) {
      lab.ok("jail -c name=a vnet persist");
      Machine machine = lab.kernel().machine();
      Object ofA = machine.vnets().peek(vnet(lab, "a"), "rt_tables");
      assertThat(ofA).isNotNull();
      assertThat(machine.vnets().peek(machine.vnet0(), "rt_tables")).isNotNull().isNotSameAs(ofA);
      assertThat(machine.vnets().peek(machine.vnet0(), "no_such_variable")).isNull();
      lab.ok("jail -r a");
    }
  }

  @Test
  void a_removal_that_is_held_up_fails_at_its_deadline_and_says_who_holds_it() throws Exception {
    try (Kernel kernel = Kernel.boot(Kernel.Config.defaults(36))) { // in real time
      LocalShell shell = new LocalShell(KernelDoor.of(kernel), Path.of("/"));
      shell.line("jail -c name=a vnet persist");
      shell.line("sysctl security.jail.remove_timeout=1");
      Jail a = kernel.jail("a");
      Prison prison = hold(kernel, a);
      assertThatThrownBy(a::remove).hasMessageContaining("BURY").hasMessageContaining("1 request");
      assertThat(a.state()).isEqualTo(PrisonState.DYING);
      assertThat(shell.line("jls -d -v").out()).contains("DYING").contains("request");
      assertThat(shell.line("jls jid").out()).isBlank();
      letGo(kernel, prison);
      awaitGone(kernel, a);
      assertThat(a.ledger().entries()).isEmpty();
    }
  }

  @Test
  void a_removal_may_be_left_to_itself_as_in_freebsd() throws Exception {
    try (Kernel kernel = Kernel.boot(Kernel.Config.defaults(37))) { // in real time
      LocalShell shell = new LocalShell(KernelDoor.of(kernel), Path.of("/"));
      shell.line("jail -c name=a vnet persist");
      shell.line("sysctl security.jail.remove_async=1");
      Jail a = kernel.jail("a");
      Prison prison = hold(kernel, a);
      assertThat(shell.line("jail -r a").ok()).isTrue();
      assertThat(a.state()).isEqualTo(PrisonState.DYING);
      letGo(kernel, prison);
      shell.line("sysctl security.jail.remove_async=0");
      awaitGone(kernel, a);
    }
  }

  private static void awaitGone(Kernel kernel, Jail jail) {
    kernel.machine().lanes().waiting().until(() -> jail.state() == PrisonState.GONE);
  }

  private static Prison hold(Kernel kernel, Jail jail) throws ErrnoException {
    return kernel
        .machine()
        .kernelLane()
        .call(() -> {
          Prison p = kernel.prisons().find(jail.jid());
          p.hold(HolderKind.REQUEST);
          return p;
        });
  }

  private static void letGo(Kernel kernel, Prison prison) throws ErrnoException {
    kernel.machine().kernelLane().call(() -> kernel.prisons().release(prison, HolderKind.REQUEST));
  }

  @Test
  void the_steps_of_a_removal_come_in_their_order() throws Exception {
    try (Lab lab = new Lab(38)) {
      lab.all(
          "jail -c name=out vnet persist children.max=1\njexec out jail -c name=in vnet persist");
      Kernel kernel = lab.kernel();
      lab.ok("jail -r out");
      List<List<String>> traces =
          kernel
              .machine()
              .kernelLane()
              .call(() -> kernel.prisons().buried().stream().map(b -> b.trace()).toList());
      assertThat(traces).hasSize(2);
      assertThat(traces.getLast().stream().map(line -> line.replaceAll("\\(\\d+\\).*", "")))
          .containsSubsequence(
              "KILL out.in",
              "AWAIT out.in",
              "SHUTDOWN out.in",
              "AUDIT out.in",
              "DESTROY out.in",
              "BURY out.in",
              "KILL out",
              "AWAIT out",
              "SHUTDOWN out",
              "AUDIT out",
              "DESTROY out");
    }
  }

  @Test
  void a_filter_of_one_vnet_sees_the_packets_of_that_vnet() throws Exception {
    try (Lab lab = new Lab(39)) {
      lab.pair("a", "b");
      Vnet b = vnet(lab, "b");
      PfilHook refuse =
          new PfilHook() {
            @Override
            public Verdict check(Mbuf m, Ifnet ifp, boolean out) {
              return Verdict.DROP;
            }

            @Override
            public String name() {
              return "refuse";
            }
          };
      IfRegistration link = b.call(() -> Pfil.of(b).inet().link(false, 0, refuse));
      assertThat(lab.run("jexec a ping -c 1 -t 1 192.0.2.2").status()).isEqualTo(2);
      assertThat(b.drops().of(DropReason.PFIL)).isEqualTo(1);
      assertThat(vnet(lab, "a").drops().of(DropReason.PFIL)).isZero();
      b.call(() -> {
        link.close();
        return true;
      });
      lab.ok("jexec a ping -c 1 192.0.2.2");
      lab.all("jail -r a\njail -r b\nifconfig epair0a destroy");
    }
  }

  /** A process that is nothing but its entry in the table. */
  private static final class NoBody implements ProcBody {
    @Override
    public void signal(String name) {}

    @Override
    public long hostPid() {
      return 0;
    }
  }
}
