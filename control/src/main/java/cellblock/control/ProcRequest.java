package cellblock.control;

import java.util.List;

/** Processes of the caller's jail and below: ps(1), kill(2), killall(1). */
public sealed interface ProcRequest<R> extends Request<R> {
  /** The processes that the caller may see. */
  record ListAll() implements ProcRequest<List<ProcInfo>> {}

  /** kill(2) by the kernel's pid. */
  record Kill(int pid, String signal) implements ProcRequest<Done> {}

  /** Who am I: pid, jid, FIB. */
  record Self() implements ProcRequest<ProcInfo> {}

  /** Renames the calling process, as the shell's argv[0] would. */
  record SetTitle(String command) implements ProcRequest<Done> {}

  /**
   * One process. {@code hostPid} is the host's pid for a host program, 0 for a program that runs
   * inside the kernel's JVM.
   */
  record ProcInfo(
      int pid, int parent, int jid, int fib, String command, long hostPid, String state) {}
}
