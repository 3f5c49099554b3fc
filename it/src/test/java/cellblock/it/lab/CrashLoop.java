package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.daemon.Door;
import cellblock.daemon.LocalShell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The shell of the loop that crashes hosts: a jail.conf with two jails "first" and "second" in the
 * style of those that do it. Template parameters, a variable per jail, hooks that make epairs, and
 * one after the stop that destroys the epair that the jail's interface is an end of.
 */
final class CrashLoop {
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

  final LocalShell shell;

  /** Writes jail.conf into the shell's folder. */
  CrashLoop(Door door, Path folder) {
    try {
      Files.writeString(folder.resolve("jail.conf"), CONF);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.shell = new LocalShell(door, folder);
    LiveHeap.bytes(); // what measures is there before it is measured
    ManagementFactory.getThreadMXBean().getThreadCount();
  }

  /** A line that has to work, in cycle {@code i}. */
  void ok(int i, String command) {
    LocalShell.Result r = shell.line(command);
    assertThat(r.status()).as("cycle %d: %s: %s", i, command, r).isZero();
    assertThat(r.err()).as("cycle %d: %s", i, command).isEmpty();
  }
}
