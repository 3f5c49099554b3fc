package cellblock.kern.proc;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.jail.HolderKind;
import cellblock.kern.jail.Inmates;
import cellblock.kern.jail.Prison;
import cellblock.kern.jail.PrisonState;
import cellblock.kern.jail.Prisons;
import cellblock.kern.plan.Guard;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The process table (ancestor: allproc). Starting a process and marking its prison dying are turns
 * of one lane: a process is either there to be killed, or refused.
 *
 * <p>Threading: owned by the kernel lane.
 */
public final class Procs implements Inmates {
  private static final int PID_MAX = 99_999;

  private final Prisons prisons;
  private final Consumer<Prison> lastOneLeft;
  private final TreeMap<Integer, Proc> byPid = new TreeMap<>();
  private int lastPid = 100;

  /**
   * @param lastOneLeft told, in a turn of the kernel lane, when nobody keeps a prison alive any
   *     more
   */
  public Procs(Prisons prisons, Consumer<Prison> lastOneLeft) {
    this.prisons = prisons;
    this.lastOneLeft = lastOneLeft;
  }

  /**
   * Starts a process in a prison.
   *
   * @throws ErrnoException EINVAL when the prison is not alive: it is too late to enter
   */
  public Proc start(Prison prison, @Nullable Proc parent, int fib, String command, ProcBody body)
      throws ErrnoException {
    if (!mayEnter(prison)) {
      throw new ErrnoException(Errno.EINVAL);
    }
    Proc p =
        new Proc(
            nextPid(), parent == null ? 1 : parent.pid(), new Ucred(prison), fib, command, body);
    prison.hold(HolderKind.PROCESS, p.toString());
    byPid.put(p.pid(), p);
    return p;
  }

  private boolean mayEnter(Prison prison) {
    return prison.state() == PrisonState.ALIVE
        || prison.state() == PrisonState.DYING && !prisons.machine().plan().has(Guard.ENTRY);
  }

  /** The next process gets the number after {@code pid}, or the first free one then. */
  public void after(int pid) {
    lastPid = pid;
  }

  private int nextPid() throws ErrnoException {
    for (int tried = 0; tried < PID_MAX; tried++) {
      lastPid = lastPid >= PID_MAX ? 100 : lastPid + 1;
      if (!byPid.containsKey(lastPid)) {
        return lastPid;
      }
    }
    throw new ErrnoException(Errno.EPROCLIM);
  }

  /** jail_attach(2): the process enters a prison below its own. */
  public void attach(Proc p, Prison prison) throws ErrnoException {
    if (p.exited() || !mayEnter(prison)) {
      throw new ErrnoException(Errno.EINVAL);
    }
    Prison old = p.prison();
    prison.hold(HolderKind.PROCESS, p.toString());
    p.cred(new Ucred(prison));
    leave(old, p);
  }

  /** The process has ended; once. */
  public void exit(Proc p) {
    if (byPid.remove(p.pid()) != null) {
      p.ended();
      leave(p.prison(), p);
    }
  }

  private void leave(Prison prison, Proc p) {
    if (prisons.release(prison, HolderKind.PROCESS, p.toString())) {
      lastOneLeft.accept(prison);
    }
  }

  public @Nullable Proc find(int pid) {
    return byPid.get(pid);
  }

  @Override
  public void kill(Prison prison) {
    for (Proc p : List.copyOf(byPid.values())) {
      if (p.prison() == prison) {
        p.body().signal("KILL");
      }
    }
  }

  /** The processes of a prison and of those below it, by pid. */
  public List<Proc> within(Prison prison) {
    List<Proc> found = new ArrayList<>();
    for (Proc p : byPid.values()) {
      if (prison.contains(p.prison())) {
        found.add(p);
      }
    }
    return found;
  }
}
