package cellblock.daemon;

import cellblock.control.KernelError;
import cellblock.control.KernelPort;
import cellblock.control.tool.Tool;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the daemon needs of a kernel and its tools. Any thread may call it. */
public interface Door {
  /** Makes the door; found by {@link java.util.ServiceLoader}. */
  interface Maker {
    /**
     * Boots a kernel whose jails own the host processes that {@code processes} finds.
     *
     * @param tunables its environment by name, as of loader.conf(5)
     */
    Door boot(HostProcesses processes, Map<String, String> tunables);
  }

  /** A process that the kernel can send a signal to ("KILL", "TERM", "INT", ...). */
  @FunctionalInterface
  interface Signalled {
    /** Delivers it; returns at once. */
    void signal(String name);

    /** The host's process; 0 for a tool, which runs in this JVM, and before there is one. */
    default long hostPid() {
      return 0;
    }
  }

  /** The tool of that name; null when there is none. */
  @Nullable Tool tool(String name);

  /** The names of all tools, sorted. */
  List<String> toolNames();

  /**
   * A process begins.
   *
   * @param jid its jail; 0 is the host's
   * @param fib its default FIB
   * @param command for ps(1)
   * @param signalled takes signals for it, from any thread
   * @throws KernelError when that jail takes no processes (ESRCH: there is none; it is dying)
   */
  KernelPort enter(int jid, int fib, String command, Signalled signalled) throws KernelError;

  /**
   * What tells the jail of that jid from every other, whatever becomes of its jid: one that dies
   * can be made to give it up. 0 is the host's; below 2^20.
   *
   * @return -1 when there is no such jail
   */
  int serial(int jid);

  /** The jid that the jail with that serial has by now; -1 when it is gone. */
  int jid(int serial);

  /** The same as {@link #enter} for a jail known by its serial. */
  KernelPort join(int serial, int fib, String command, Signalled signalled) throws KernelError;

  /** That process has ended. */
  void leave(KernelPort process);

  /** Wall clock by the kernel's clock, nanoseconds since the Unix epoch. */
  long nowNanos();

  /** Waits by the kernel's clock. */
  void sleep(Duration time) throws InterruptedException;

  /** Lines for {@code cellblock status}. */
  List<String> status();

  /** Removes every jail, then stops the kernel. Returns when all is gone. */
  void stop();
}
