package cellblock.kern.proc;

import cellblock.kern.jail.Prison;
import cellblock.kern.vnet.Vnet;
import java.util.ArrayList;
import java.util.List;

/**
 * A process: pid, credentials, default FIB (ancestor: struct proc). TD_TO_VNET is {@link #vnet}:
 * process to credential to prison to vnet.
 *
 * <p>Threading: changed by the kernel lane; {@link #cred} and {@link #fib} may be read from
 * anywhere.
 */
public final class Proc {
  private final int pid;
  private final int parent;
  private final ProcBody body;
  private final List<Runnable> exitActions = new ArrayList<>();
  private volatile Ucred cred;
  private volatile int fib;
  private volatile String command;
  private volatile boolean exited;

  Proc(int pid, int parent, Ucred cred, int fib, String command, ProcBody body) {
    this.pid = pid;
    this.parent = parent;
    this.cred = cred;
    this.fib = fib;
    this.command = command;
    this.body = body;
  }

  public int pid() {
    return pid;
  }

  /** The parent's pid; 1 when there is none. */
  public int parent() {
    return parent;
  }

  public ProcBody body() {
    return body;
  }

  public Ucred cred() {
    return cred;
  }

  void cred(Ucred now) {
    cred = now;
  }

  public Prison prison() {
    return cred.prison();
  }

  /** TD_TO_VNET. */
  public Vnet vnet() {
    return cred.prison().vnet();
  }

  /** The FIB that its lookups use. */
  public int fib() {
    return fib;
  }

  public void fib(int number) {
    fib = number;
  }

  public String command() {
    return command;
  }

  public void command(String now) {
    command = now;
  }

  public boolean exited() {
    return exited;
  }

  /**
   * Done when the process ends: closing its files. False = it has ended already. In a turn of the
   * kernel lane; the action runs in one, too, and must not block.
   */
  public boolean onExit(Runnable action) {
    return !exited && exitActions.add(action);
  }

  /** Takes an exit action back. In a turn of the kernel lane. */
  public void forget(Runnable action) {
    exitActions.remove(action);
  }

  void ended() {
    exited = true;
    exitActions.forEach(Runnable::run);
    exitActions.clear();
  }

  @Override
  public String toString() {
    return command + "[" + pid + "]";
  }
}
