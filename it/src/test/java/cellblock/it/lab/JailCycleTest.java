package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.daemon.KernelDoor;
import cellblock.host.Jail;
import cellblock.host.Kernel;
import cellblock.sim.Residue;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two jails made, pinged and removed over and over by jail(8)'s own code from a jail.conf in the
 * style of those that crash hosts: template parameters, a variable per jail, hooks that make and
 * destroy epairs.
 */
class JailCycleTest {
  private static final int CYCLES = Integer.getInteger("cellblock.cycles", 5000);
  private static final int WARM = Math.min(100, CYCLES / 2);

  @Test
  void thousands_of_cycles_leave_nothing_behind(@TempDir Path folder) throws Exception {
    try (Kernel kernel = Kernel.boot(Kernel.Config.defaults(11))) {
      CrashLoop loop = new CrashLoop(KernelDoor.of(kernel), folder);
      // FreeBSD answers no more than 200 pings a second; the cycles are faster than that.
      loop.ok(0, "sysctl net.inet.icmp.icmplim=0");
      long warm = 0;
      int threads = 0;
      for (int i = 0; i < CYCLES; i++) {
        cycle(kernel, loop, i);
        if (i == WARM - 1) {
          warm = LiveHeap.bytes();
          threads = ManagementFactory.getThreadMXBean().getThreadCount();
        }
      }
      long end = LiveHeap.bytes();
      System.out.printf(
          "%d cycles; live heap %d KiB after %d cycles, %d KiB at the end%n",
          CYCLES, warm / 1024, WARM, end / 1024);
      assertThat(end).as("live heap").isLessThan(warm + Math.max(warm / 100, 64 * 1024));
      assertThat(ManagementFactory.getThreadMXBean().getThreadCount())
          .isLessThanOrEqualTo(threads + 2);
      assertThat(loop.shell.line("ifconfig -l").out().strip()).isEqualTo("lo0");
      assertThat(loop.shell.line("jls -d jid").out().strip()).isEmpty();
      assertThat(Residue.of(kernel.machine())).isEmpty();
    }
  }

  private static void cycle(Kernel kernel, CrashLoop loop, int i) throws Exception {
    loop.ok(i, "jail -q -f jail.conf -c first");
    loop.ok(i, "jail -q -f jail.conf -c second");
    Jail first = kernel.jail("first");
    Jail second = kernel.jail("second");
    assertThat(first).isNotNull();
    assertThat(second).isNotNull();
    loop.ok(i, "ping -q -c 1 -t 5 192.168.10.2");
    loop.ok(i, "jexec second ping -q -c 1 -t 5 192.168.20.1");
    loop.ok(i, "jail -q -f jail.conf -r first second");
    assertThat(first.ledger().entries()).as("ledger of cycle %d", i).isEmpty();
    assertThat(second.ledger().entries()).as("ledger of cycle %d", i).isEmpty();
  }
}
