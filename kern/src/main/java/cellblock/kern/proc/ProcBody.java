package cellblock.kern.proc;

/**
 * What a process really is: a program on a virtual thread of this JVM, or a program of the host.
 * The body tells {@link Procs#exit} when it has ended.
 */
public interface ProcBody {
  /**
   * Sends a signal ("KILL", "TERM", "INT"). Must not block; may be called again. Runs in a turn of
   * the kernel lane.
   */
  void signal(String name);

  /** The host's pid, or 0 for a program inside the JVM. */
  long hostPid();
}
