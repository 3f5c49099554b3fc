package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.daemon.KernelDoor;
import cellblock.daemon.LocalShell;
import cellblock.host.Jail;
import cellblock.host.Kernel;
import cellblock.sim.Residue;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
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

  private static final String CONF =
      """
      # template for all
      path = "/";
      exec.clean;
      persist;
      vnet = new;
      vnet.interface = "epair${ifnum}b";

      exec.prestart  = "/sbin/ifconfig epair${ifnum} create";
      exec.prestart += "/sbin/ifconfig epair${ifnum}a inet 192.168.${ifnum}.1/24 up";

      exec.start  = "/bin/sh /etc/rc";
      exec.start += "/sbin/ifconfig epair${ifnum}b inet 192.168.${ifnum}.2/24";
      exec.start += "/sbin/route add default 192.168.${ifnum}.1";

      exec.stop  = "/bin/sh /etc/rc.shutdown";
      exec.poststop += "/sbin/ifconfig epair${ifnum}a destroy";

      first {
        $ifnum = 10;
      }

      second {
        $ifnum = 20;
      }
      """;

  @Test
  void thousands_of_cycles_leave_nothing_behind(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("jail.conf"), CONF);
    try (Kernel kernel = Kernel.boot(Kernel.Config.defaults(11))) {
      LocalShell shell = new LocalShell(KernelDoor.of(kernel), folder);
      // FreeBSD answers no more than 200 pings a second; the cycles are faster than that.
      ok(shell, 0, "sysctl net.inet.icmp.icmplim=0");
      long warm = 0;
      int threads = 0;
      for (int i = 0; i < CYCLES; i++) {
        cycle(kernel, shell, i);
        if (i == WARM - 1) {
          warm = heap();
          threads = ManagementFactory.getThreadMXBean().getThreadCount();
        }
      }
      long end = heap();
      System.out.printf(
          "%d cycles; live heap %d KiB after %d cycles, %d KiB at the end%n",
          CYCLES, warm / 1024, WARM, end / 1024);
      assertThat(end).as("live heap").isLessThan(warm + Math.max(warm / 100, 64 * 1024));
      assertThat(ManagementFactory.getThreadMXBean().getThreadCount())
          .isLessThanOrEqualTo(threads + 2);
      assertThat(shell.line("ifconfig -l").out().strip()).isEqualTo("lo0");
      assertThat(shell.line("jls -d jid").out().strip()).isEmpty();
      assertThat(Residue.of(kernel.machine())).isEmpty();
    }
  }

  private static void cycle(Kernel kernel, LocalShell shell, int i) throws Exception {
    ok(shell, i, "jail -q -f jail.conf -c first");
    ok(shell, i, "jail -q -f jail.conf -c second");
    Jail first = kernel.jail("first");
    Jail second = kernel.jail("second");
    assertThat(first).isNotNull();
    assertThat(second).isNotNull();
    ok(shell, i, "ping -q -c 1 -t 5 192.168.10.2");
    ok(shell, i, "jexec second ping -q -c 1 -t 5 192.168.20.1");
    ok(shell, i, "jail -q -f jail.conf -r first second");
    assertThat(first.ledger().entries()).as("ledger of cycle %d", i).isEmpty();
    assertThat(second.ledger().entries()).as("ledger of cycle %d", i).isEmpty();
  }

  private static void ok(LocalShell shell, int i, String command) {
    LocalShell.Result r = shell.line(command);
    assertThat(r.status()).as("cycle %d: %s: %s", i, command, r).isZero();
    assertThat(r.err()).as("cycle %d: %s", i, command).isEmpty();
  }

  /** Live bytes after collections, once they no longer shrink. */
  private static long heap() throws IOException {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      System.gc();
      least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    return least;
  }
}
