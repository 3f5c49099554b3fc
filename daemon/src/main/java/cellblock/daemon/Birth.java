package cellblock.daemon;

import cellblock.control.KernelPort;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * A host process of a jail from before it exists: its jail counts it from the moment at which its
 * client may start it, so no removal can look past it. A signal that comes too early is delivered
 * at birth. Made by {@link HostProcesses#expect}; whoever made it tells how it ended, once. Any
 * thread.
 */
final class Birth implements Door.Signalled {
  private final HostProcesses processes;
  private final int jail;
  private final int fib;
  private final ConcurrentLinkedQueue<String> early = new ConcurrentLinkedQueue<>();
  private volatile @Nullable KernelPort process;
  private volatile @Nullable ProcessHandle handle;

  Birth(HostProcesses processes, int jail, int fib) {
    this.processes = processes;
    this.jail = jail;
    this.fib = fib;
  }

  int jail() {
    return jail;
  }

  int fib() {
    return fib;
  }

  /** Its counterpart inside the kernel; null where no jail counts it. */
  @Nullable KernelPort process() {
    return process;
  }

  void process(KernelPort entered) {
    process = entered;
  }

  /** It is there: what was sent to it meanwhile is delivered. */
  void is(ProcessHandle living) {
    handle = living;
    deliver();
  }

  @Override
  public void signal(String name) {
    early.add(name);
    deliver();
  }

  private void deliver() {
    ProcessHandle living = handle;
    if (living != null) {
      for (String name = early.poll(); name != null; name = early.poll()) {
        processes.deliver(living, name);
      }
    }
  }

  @Override
  public long hostPid() {
    ProcessHandle living = handle;
    return living == null ? 0 : living.pid();
  }

  /** The client started it. */
  void born(long pid) {
    processes.born(this, pid);
  }

  /** It could not be started. */
  void failed() {
    processes.leave(this);
  }

  /** The client went without a word: if it started it, it is found by its mark. */
  void lost() {
    processes.lost(this);
  }
}
