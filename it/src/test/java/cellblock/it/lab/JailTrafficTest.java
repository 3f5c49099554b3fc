package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.daemon.KernelDoor;
import cellblock.host.Jail;
import cellblock.host.Kernel;
import cellblock.kern.lane.Lane;
import cellblock.net.ifnet.IfState;
import cellblock.net.ifnet.Ifnet;
import cellblock.sim.Residue;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ConcurrentModificationException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The loop that crashes hosts, in real time: two jails of a jail.conf come and go while the host
 * pings them and streams to them without a break. After each cycle the ledgers read zero, and a
 * walk of all objects, which asks no ledger, finds nothing of them.
 */
@Timeout(3600)
class JailTrafficTest {
  /** 10,000 in the profile "soak". */
  private static final int CYCLES = Integer.getInteger("cellblock.traffic.cycles", 500);

  /** By then what is bounded has been filled: dead jails kept for asking, caches, the JVM's own. */
  private static final int WARM = CYCLES / 2;

  private static final List<String> JAILS = List.of("first", "second");
  private static final List<String> ADDRESSES = List.of("192.168.10.2", "192.168.20.2");

  @Test
  void jails_that_come_and_go_under_traffic_leave_nothing(@TempDir Path folder) throws Exception {
    try (Kernel kernel = Kernel.boot(Kernel.Config.defaults(12))) {
      CrashLoop loop = new CrashLoop(KernelDoor.of(kernel), folder);
      loop.ok(0, "sysctl net.inet.icmp.icmplim=0");
      long begin = System.nanoTime();
      long warm = 0;
      int threads = 0;
      try (JailTraffic traffic = new JailTraffic(kernel.port(), ADDRESSES)) {
        for (int i = 1; i <= CYCLES; i++) {
          cycle(kernel, loop, traffic, i);
          if (i == WARM) {
            warm = traffic.pause(LiveHeap::bytes);
            threads = ManagementFactory.getThreadMXBean().getThreadCount();
          }
        }
        long end = traffic.pause(LiveHeap::bytes);
        int threadsNow = ManagementFactory.getThreadMXBean().getThreadCount();
        System.out.printf(
            "%d cycles under traffic, %.1f s: %d echo replies, %d bytes back, %d connections cut;"
                + " live heap %d KiB after %d cycles, %d KiB at the end; threads %d, %d%n",
            CYCLES,
            (System.nanoTime() - begin) / 1e9,
            traffic.answers(),
            traffic.bytes(),
            traffic.cut(),
            warm / 1024,
            WARM,
            end / 1024,
            threads,
            threadsNow);
        assertThat(end).as("live heap").isLessThan(warm + Math.max(warm / 100, 64 * 1024));
        assertThat(threadsNow).as("threads").isLessThanOrEqualTo(threads + threads / 100 + 1);
        assertThat(traffic.answers()).isPositive();
        assertThat(traffic.bytes()).isPositive();
        assertThat(traffic.cut()).isPositive();
      }
      assertThat(loop.shell.line("dmesg").out()).doesNotContain("memguard").doesNotContain("left");
      assertThat(Residue.of(kernel.machine())).isEmpty();
    }
  }

  private static void cycle(Kernel kernel, CrashLoop loop, JailTraffic traffic, int i)
      throws Exception {
    for (String name : JAILS) {
      loop.ok(i, "jail -q -f jail.conf -c " + name);
      Jail jail = kernel.jail(name);
      assertThat(jail).as("cycle %d: %s", i, name).isNotNull();
      jail.start("nc", JailTraffic::echo);
    }
    List<Jail> jails = JAILS.stream().map(kernel::jail).toList();
    for (String address : ADDRESSES) {
      loop.ok(i, "ping -q -c 1 -t 20 " + address);
    }
    loop.ok(i, "jail -q -f jail.conf -r first second");
    for (Jail jail : jails) {
      assertThat(jail.ledger().entries()).as("cycle %d: ledger of %s", i, jail).isEmpty();
    }
    assertThat(loop.shell.line("ifconfig -l").out().strip()).as("cycle %d", i).isEqualTo("lo0");
    assertThat(kernel.machine().memguard().faults()).as("cycle %d", i).isEmpty();
    for (Lane lane : kernel.machine().lanes().snapshot()) {
      assertThat(lane.fault()).as("cycle %d: lane %s", i, lane).isNull();
    }
    ObjectGraph graph = traffic.pause(() -> walk(kernel));
    assertThat(graph.deadVnets()).as("cycle %d: stacks that are gone", i).isEmpty();
    List<String> more =
        graph.all(Ifnet.class).stream()
            .filter(ifp -> ifp.state() != IfState.ATTACHED)
            .map(graph::path)
            .toList();
    assertThat(more).as("cycle %d: interfaces that are gone", i).isEmpty();
  }

  /** Timers go on in real time: where one was met the walk is taken again. */
  private static ObjectGraph walk(Kernel kernel) {
    for (int i = 0; ; i++) {
      try {
        return ObjectGraph.of(kernel);
      } catch (ConcurrentModificationException e) {
        if (i == 100) {
          throw e;
        }
      }
    }
  }
}
