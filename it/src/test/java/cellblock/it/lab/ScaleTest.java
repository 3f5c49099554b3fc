package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.control.IfRequest;
import cellblock.control.KernelPort;
import cellblock.control.RouteRequest;
import cellblock.host.Jail;
import cellblock.host.Kernel;
import cellblock.sim.Residue;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Many jails at once: what one costs must not depend on how many there are. */
class ScaleTest {
  private static final int FEW = 200;
  private static final int MANY = 2000;

  @Test
  void two_thousand_jails_cost_no_more_each_than_two_hundred() throws Exception {
    try (Kernel kernel = Kernel.boot(Kernel.Config.defaults(5))) {
      for (int i = 0; i < 4; i++) {
        round(kernel, FEW);
      }
      double few = Double.MAX_VALUE;
      double many = Double.MAX_VALUE;
      for (int i = 0; i < 3; i++) {
        few = Math.min(few, round(kernel, FEW));
        many = Math.min(many, round(kernel, MANY));
      }
      System.out.printf(
          "a jail's whole life: %.1f us at %d, %.1f us at %d%n", few, FEW, many, MANY);
      assertThat(many)
          .as("us per jail at %d against %.1f at %d", MANY, few, FEW)
          .isLessThan(few * 1.2 + 5);
      assertThat(Residue.of(kernel.machine())).isEmpty();
    }
  }

  @Test
  void an_idle_jail_with_its_epair_addresses_and_default_route_takes_at_most_16_KiB()
      throws Exception {
    try (Kernel kernel = Kernel.boot(Kernel.Config.defaults(6))) {
      round(kernel, FEW);
      long before = LiveHeap.bytes();
      List<Jail> jails = new ArrayList<>();
      for (int i = 0; i < MANY; i++) {
        jails.add(make(kernel, kernel.port(), i));
      }
      long each = (LiveHeap.bytes() - before) / MANY;
      System.out.printf("an idle jail with its epair: %d bytes%n", each);
      assertThat(each).isLessThanOrEqualTo(16 * 1024);
      for (Jail jail : jails) {
        jail.remove();
      }
    }
  }

  /**
   * Makes, pings and removes jails; microseconds of this thread's CPU for each, so that other
   * programs do not count.
   */
  private static double round(Kernel kernel, int count) throws Exception {
    KernelPort host = kernel.port();
    long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    List<Jail> jails = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      jails.add(make(kernel, host, i));
    }
    Pinger pinger = new Pinger(host);
    for (int i = 0; i < count; i++) {
      assertThat(pinger.ping(address(i, 2))).as("ping %d", i).isTrue();
    }
    pinger.close();
    for (Jail jail : jails) {
      jail.remove();
    }
    for (int i = 0; i < count; i++) {
      host.ask(new IfRequest.Destroy("epair" + i + "a"));
    }
    return (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start) / 1e3 / count;
  }

  private static Jail make(Kernel kernel, KernelPort host, int i) throws Exception {
    host.ask(new IfRequest.Create("epair" + i, Map.of()));
    Jail jail = kernel.newJail("j" + i).vnet().persist().lend("epair" + i + "b").create();
    address(host, "epair" + i + "a", address(i, 1));
    jail.run("ifconfig", port -> configure(port, i));
    return jail;
  }

  /** The jail's address and its way out. */
  private static boolean configure(KernelPort port, int i) throws Exception {
    address(port, "epair" + i + "b", address(i, 2));
    port.ask(
        new RouteRequest.Add(
            -1, "0.0.0.0", 0, address(i, 1), null, null, RouteRequest.RTF_STATIC, 0, 0));
    return true;
  }

  private static void address(KernelPort port, String ifname, String address) throws Exception {
    port.ask(new IfRequest.AddAddress(ifname, address, 30, null, null, false, Map.of()));
  }

  private static String address(int i, int host) {
    int n = i * 4 + host;
    return "10." + (n >> 16 & 0xff) + "." + (n >> 8 & 0xff) + "." + (n & 0xff);
  }
}
