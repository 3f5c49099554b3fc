package cellblock.it.interop;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.daemon.KernelDoor;
import cellblock.daemon.LocalShell;
import cellblock.host.Kernel;
import cellblock.it.lab.Lab;
import cellblock.kern.lane.Lane;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.IfCounters;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.sim.Residue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The life of an interface that is joined to the host. */
@Tag("interop")
@Timeout(180)
class HostInterfaceTest {
  @TempDir Path folder;

  private static LocalShell shell(Kernel kernel) {
    return new LocalShell(KernelDoor.of(kernel), Path.of("/"));
  }

  private static String device(String suffix) {
    return "cb" + ProcessHandle.current().pid() + suffix;
  }

  @Test
  void in_virtual_time_the_host_is_not_reached() {
    try (Lab lab = new Lab(1)) {
      assertThat(lab.fails("ifconfig host0 create", 1))
          .isEqualTo("ifconfig: SIOCIFCREATE2 (host0): Invalid argument\n");
      assertThat(lab.ok("dmesg")).contains("if_host: the host is not reached in virtual time");
    }
  }

  @Test
  void a_jail_may_not_make_one() {
    try (Kernel kernel = Kernel.boot(Kernel.Config.defaults(1))) {
      LocalShell shell = shell(kernel);
      assertThat(shell.line("kldload if_host").err()).isEmpty();
      assertThat(shell.line("jail -c name=a vnet persist").err()).isEmpty();
      assertThat(shell.line("jexec a ifconfig host0 create").err())
          .isEqualTo("ifconfig: SIOCIFCREATE2 (host0): Operation not permitted\n");
      assertThat(shell.line("jail -r a").err()).isEmpty();
    }
  }

  @Test
  void the_host_and_a_jail_ping_each_other_over_both_families() throws Exception {
    Host.mayReach();
    Host.needs("ping");
    try (Cable c = new Cable(folder)) {
      assertThat(c.jail("ping -c 3 -i 0.1 " + Cable.HOST4)).contains("3 packets received");
      assertThat(c.jail("ping -6 -c 3 -i 0.1 " + Cable.HOST6)).contains("3 packets received");
      assertThat(c.host("ping -c 3 -i 0.1 " + Cable.JAIL4)).contains("3 received");
      assertThat(c.host("ping -6 -c 3 -i 0.1 " + Cable.JAIL6)).contains("3 received");
      assertThat(c.jail("ifconfig " + Cable.IF))
          .contains("hostdev: " + c.tap(), "status: active", "UP,BROADCAST,RUNNING");
    }
  }

  @Test
  void what_cannot_be_made_says_why_and_leaves_nothing_open() throws Exception {
    Host.mayReach();
    try (Kernel kernel = Kernel.boot(Kernel.Config.defaults(2))) {
      LocalShell shell = shell(kernel);
      String error = "ifconfig: SIOCIFCREATE2 (host1): ";
      assertThat(shell.line("ifconfig host0 create hostdev " + device("x")).err()).isEmpty();
      assertThat(shell.line("ifconfig host1 create hostdev " + device("x")).err())
          .isEqualTo(error + "Device busy\n");
      assertThat(shell.line("ifconfig host1 create hostdev lo").err())
          .isEqualTo(error + "Invalid argument\n");
      assertThat(shell.line("ifconfig host1 create hostdev a/b").err())
          .isEqualTo(error + "Invalid argument\n");
      assertThat(shell.line("ifconfig host1 create vlan 3").err())
          .isEqualTo(error + "Invalid argument\n");
      assertThat(shell.line("ifconfig host0 hostdev " + device("y")).err())
          .isEqualTo("ifconfig: hostdev: Invalid argument\n");
      assertThat(shell.line("ifconfig host0 mtu 65522").err())
          .isEqualTo("ifconfig: ioctl SIOCSIFMTU (set mtu): Invalid argument\n");
      assertThat(shell.line("ifconfig host0 mtu 65521").err()).isEmpty();
      assertThat(Host.taps()).isEqualTo(1);
      assertThat(shell.line("ifconfig host0 destroy").err()).isEmpty();
      assertThat(Host.taps()).isZero();
    }
  }

  @Test
  void made_and_destroyed_many_times_it_leaves_neither_descriptor_nor_thread() throws Exception {
    Host.mayReach();
    try (Kernel kernel = Kernel.boot(Kernel.Config.defaults(3).checked())) {
      LocalShell shell = shell(kernel);
      for (int i = 0; i < 50; i++) {
        assertThat(shell.line("ifconfig host create hostdev " + device("x")).out())
            .isEqualTo("host0\n");
        assertThat(Host.taps()).isEqualTo(1);
        assertThat(Host.threads("host0")).hasSize(2);
        assertThat(shell.line("ifconfig host0 destroy").err()).isEmpty();
        assertThat(Host.taps()).as("after round %d", i).isZero();
      }
      assertThat(Host.threads("host0")).isEmpty();
      assertThat(shell.line("kldunload if_host").err()).isEmpty();
    }
  }

  @Test
  void a_kernel_that_stops_and_a_module_that_goes_take_theirs_along() throws Exception {
    Host.mayReach();
    Kernel kernel = Kernel.boot(Kernel.Config.defaults(4).checked());
    try (kernel) {
      LocalShell shell = shell(kernel);
      assertThat(shell.line("ifconfig host0 create hostdev " + device("x")).err()).isEmpty();
      assertThat(shell.line("kldunload if_host").err()).isEmpty();
      assertThat(Host.taps()).isZero();
      assertThat(shell.line("ifconfig host0 create hostdev " + device("x")).err()).isEmpty();
      assertThat(shell.line("jail -c name=a vnet persist vnet.interface=host0").err()).isEmpty();
    }
    assertThat(Host.taps()).isZero();
    assertThat(Host.threads("host0")).isEmpty();
    assertThat(Residue.of(kernel.machine())).isEmpty();
  }

  @Test
  void when_the_host_deletes_the_device_there_is_no_carrier() throws Exception {
    Host.mayReach();
    try (Cable c = new Cable(folder)) {
      c.host("ip link del " + c.tap());
      c.until("ifconfig " + Cable.IF, "status: no carrier");
      assertThat(c.run("ping -c 1 -t 1 " + Cable.HOST4).status()).isEqualTo(2);
    }
  }

  @Test
  void a_pulled_plug_takes_the_carrier_away_and_gives_it_back() throws Exception {
    Host.mayReach();
    try (Cable c = new Cable(folder)) {
      c.jail("ifconfig " + Cable.IF + " unplug");
      assertThat(c.jail("ifconfig " + Cable.IF)).contains("status: no carrier");
      assertThat(c.run("ping -c 1 -t 1 " + Cable.HOST4).status()).isEqualTo(2);
      c.jail("ifconfig " + Cable.IF + " plug");
      assertThat(c.jail("ping -c 1 " + Cable.HOST4)).contains("1 packets received");
    }
  }

  @Test
  void moved_to_and_fro_under_traffic_it_works_where_it_is() throws Exception {
    Host.mayReach();
    Host.needs("python3");
    try (Cable c = new Cable(folder)) {
      flood(c, 1_000_000_000L);
      for (int i = 0; i < 40; i++) {
        c.tool("ifconfig " + Cable.IF + " -vnet j");
        c.tool("ifconfig " + Cable.IF + " up");
        c.tool("ifconfig " + Cable.IF + " vnet j");
        c.jail("ifconfig " + Cable.IF + " inet " + Cable.JAIL4 + "/24 up");
      }
      assertThat(c.jail("ping -c 2 -i 0.1 " + Cable.HOST4)).contains(" packets received");
      assertThat(c.kernel().machine().vnet0().lane().fault()).isNull();
    }
  }

  @Test
  void its_jail_removed_under_traffic_it_comes_home_and_the_next_jail_has_it() throws Exception {
    Host.mayReach();
    Host.needs("python3");
    try (Cable c = new Cable(folder)) {
      flood(c, 1_000_000_000L);
      for (int i = 0; i < 10; i++) {
        Cable.Background ping = c.start("ping -i 0.01 -q " + Cable.HOST4);
        c.tool("jail -r j");
        ping.await();
        assertThat(c.tool("ifconfig -l")).contains(Cable.IF);
        c.tool("jail -c name=j vnet persist vnet.interface=" + Cable.IF);
        c.jail("ifconfig " + Cable.IF + " inet " + Cable.JAIL4 + "/24 up");
        assertThat(c.jail("ping -c 1 " + Cable.HOST4)).contains("1 packets received");
      }
    }
  }

  @Test
  void what_comes_while_the_lane_is_busy_waits_in_a_queue_with_an_end_and_the_rest_is_counted()
      throws Exception {
    Host.mayReach();
    Host.needs("python3");
    try (Cable c = new Cable(folder)) {
      Vnet vnet = c.jail().vnet();
      Lane lane = vnet.lane();
      Process flood = flood(c, 8_000);
      lane.call(() -> {
        long patience = 3_000;
        while (flood.isAlive() && patience-- > 0) {
          LockSupport.parkNanos(1_000_000);
        }
        return true;
      });
      for (int i = 0; i < 500 && lane.call(() -> counters(vnet).ipackets) < 1000; i++) {
        LockSupport.parkNanos(10_000_000);
      }
      assertThat(lane.call(() -> counters(vnet).ipackets)).as("that waited").isGreaterThan(1000);
      assertThat(lane.call(() -> counters(vnet).iqdrops)).as("that found it full").isPositive();
      assertThat(c.jail("ping -c 1 " + Cable.HOST4)).contains("1 packets received");
    }
  }

  private static IfCounters counters(Vnet vnet) {
    Ifnet ifp = Interfaces.of(vnet).unit(Cable.IF);
    assertThat(ifp).isNotNull();
    return ifp.counters();
  }

  /** So many datagrams of 1,400 bytes from the host to the jail's discard port. */
  private Process flood(Cable c, long datagrams) throws Exception {
    assertThat(c.host("ip neigh replace " + Cable.JAIL4 + " lladdr " + mac(c) + " dev " + c.tap()))
        .isEmpty();
    Path script = folder.resolve("flood.py");
    Files.writeString(
        script,
        """
        import socket
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        for i in range(%d):
            try:
                s.sendto(b'x' * 1400, ('%s', 9))
            except OSError:
                pass
        """
            .formatted(datagrams, Cable.JAIL4));
    return c.startHost("python3 " + script, "flood.out");
  }

  private static String mac(Cable c) {
    return c.jail("ifconfig " + Cable.IF).replaceAll("(?s).*ether ([0-9a-f:]+).*", "$1");
  }
}
