package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.daemon.Door;
import cellblock.daemon.KernelDoor;
import cellblock.daemon.LocalShell;
import cellblock.host.Kernel;
import cellblock.kern.memguard.Fault;
import cellblock.kern.plan.TeardownPlan;
import cellblock.sim.Residue;
import cellblock.sim.Sim;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The loop that crashes hosts, by both plans: two jails made from a jail.conf whose poststop hook
 * destroys the epair that the jail's interface is an end of. In {@code classic} the hook meets the
 * jail that is still dying.
 */
class JailCrashTest {
  private static final int CYCLES = Integer.getInteger("cellblock.crash.cycles", 40);
  private static final long SEED = 1;

  private static final List<String> CYCLE =
      List.of(
          "jail -q -f jail.conf -c first",
          "jail -q -f jail.conf -c second",
          "ping -q -c 1 -t 5 192.168.10.2",
          "jexec second ping -q -c 1 -t 5 192.168.20.1",
          "jail -q -f jail.conf -r first second");

  @TempDir Path folder;

  private record World(Sim sim, Kernel kernel, CrashLoop loop) {}

  private World world(TeardownPlan plan) throws Exception {
    Sim sim = new Sim(SEED, plan);
    Kernel kernel = Kernel.boot(sim.machine(), Kernel.Config.defaults(SEED).checked());
    Door door = KernelDoor.of(kernel, time -> sim.stepper().advance(time.toNanos()));
    return new World(sim, kernel, new CrashLoop(door, folder));
  }

  /** Cycles until a fault is met; how many, or 0 when there was none. */
  private static int cyclesUntilFault(World w, boolean all) {
    for (int i = 1; i <= CYCLES; i++) {
      for (String command : CYCLE) {
        LocalShell.Result r = w.loop.shell.line(command);
        if (all) {
          assertThat(r.status()).as("cycle %d: %s: %s", i, command, r).isZero();
        }
      }
      if (!w.kernel.machine().memguard().faults().isEmpty()) {
        return i;
      }
    }
    return 0;
  }

  @Test
  void the_staged_plan_lives_through_it_and_nothing_pops_up() throws Exception {
    World w = world(TeardownPlan.STAGED);
    assertThat(cyclesUntilFault(w, true)).isZero();
    assertThat(w.loop.shell.line("ifconfig -l").out().strip()).isEqualTo("lo0");
    assertThat(w.loop.shell.line("ledger").out().lines().filter(l -> !l.endsWith("ledger zero")))
        .isEmpty();
    w.kernel.close();
    w.sim.stepper().settle();
    assertThat(Residue.of(w.sim.machine())).isEmpty();
  }

  @Test
  void the_classic_plan_faults_by_name_and_the_process_lives() throws Exception {
    World w = world(TeardownPlan.CLASSIC);
    int cycles = cyclesUntilFault(w, false);
    List<Fault> faults = w.kernel.machine().memguard().faults();
    System.out.printf("classic: after %d cycles %s%n", cycles, faults);
    assertThat(cycles).isPositive();
    assertThat(faults.getFirst().kind()).isEqualTo(Fault.Kind.USE_AFTER_FREE);
    assertThat(faults.getFirst().object()).startsWith("ifnet epair");
    assertThat(w.loop.shell.line("dmesg").out()).contains("memguard: ifnet epair");
    assertThat(w.loop.shell.line("ifconfig lo0").status()).isZero();
  }
}
