package cellblock.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cellblock.control.KernelError;
import cellblock.control.KernelPort;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Host programs of two jails of which one took the other's jid while that was dying. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ReusedJidTest {
  private static final int KERNEL = 0x7e58;

  private final HostProcesses processes = new HostProcesses(KERNEL);

  private static void ok(LocalShell shell, String command) {
    LocalShell.Result r = shell.line(command);
    assertThat(r.status()).as("%s: %s", command, r).isZero();
  }

  @Test
  void the_undertaker_of_a_jail_leaves_the_programs_of_the_next_one_with_its_jid_alone(
      @TempDir Path folder) throws Exception {
    Door door = new KernelDoor.Maker().boot(processes, Map.of());
    processes.open(door);
    LocalShell shell = new LocalShell(door, folder);
    Process program = null;
    try {
      ok(shell, "jail -c name=old jid=5 persist");
      int old = door.serial(5);
      CountDownLatch told = new CountDownLatch(1);
      KernelPort holder = door.enter(5, 0, "undying", signal -> told.countDown());
      ok(shell, "sysctl security.jail.remove_async=1");
      ok(shell, "jail -r old");
      told.await();
      ok(shell, "jail -c name=new jid=5 persist");
      int next = door.serial(5);
      assertThat(next).isNotEqualTo(old);
      assertThat(door.jid(next)).isEqualTo(5);
      assertThat(door.jid(old)).isNotEqualTo(5).isPositive();

      program = new ProcessBuilder("sleep", "100").start();
      processes.register(next, 0, program.pid(), "sleep");
      assertThat(processes.of(old)).isEmpty();
      assertThat(processes.of(next)).containsExactly(program.toHandle());
      assertThat(processes.killAll(old, Duration.ofSeconds(5))).isTrue();
      assertThat(program.isAlive()).isTrue();

      // Whoever carries the mark of the dying one does not become a process of the new one.
      Map<String, String> env = new HashMap<>();
      processes.mark(old, 0).into(env, "");
      Mark mark = processes.recognise(ProcessHandle.current().pid(), env);
      assertThat(mark.jail()).isEqualTo(old);
      assertThatThrownBy(() -> door.join(mark.jail(), 0, "late", signal -> {}))
          .isInstanceOf(KernelError.class);

      door.leave(holder);
      while (door.jid(old) >= 0) {
        LockSupport.parkNanos(1_000_000);
      }
      assertThat(program.isAlive()).isTrue();
      ok(shell, "sysctl security.jail.remove_async=0");
      ok(shell, "jail -r new");
      assertThat(program.waitFor(10, TimeUnit.SECONDS)).isTrue();
      assertThat(door.serial(5)).isEqualTo(-1);
    } finally {
      if (program != null) {
        program.destroyForcibly();
      }
      door.stop();
    }
  }
}
