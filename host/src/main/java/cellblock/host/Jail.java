package cellblock.host;

import cellblock.control.JailRequest.LedgerInfo;
import cellblock.control.KernelPort;
import cellblock.host.port.ProcessPort;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.jail.Prison;
import cellblock.kern.jail.PrisonState;
import cellblock.kern.proc.Proc;
import cellblock.kern.proc.ProcBody;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.IfMove;
import org.jspecify.annotations.Nullable;

/**
 * A jail from outside. The handle stays valid after the jail is gone, and says so. Threading: any.
 */
public final class Jail {
  private final Kernel kernel;
  private final Prison prison;

  Jail(Kernel kernel, Prison prison) {
    this.kernel = kernel;
    this.prison = prison;
  }

  /** A program that runs inside a jail, on the caller's thread. */
  @FunctionalInterface
  public interface Program<T> {
    T run(KernelPort port) throws Exception;
  }

  public int jid() {
    return prison.id();
  }

  public String name() {
    return prison.name();
  }

  public PrisonState state() {
    return prison.state();
  }

  public Vnet vnet() {
    return prison.vnet();
  }

  /** Moves an interface of the host into the jail: {@code ifconfig IF vnet JAIL}. */
  public void lend(String ifname) throws ErrnoException {
    Vnet host = kernel.machine().vnet0();
    kernel.machine().coordinator().run(IfMove.lend(host, ifname, vnet()));
  }

  /**
   * Runs a program as a process of the jail, on this thread. When the jail is removed meanwhile the
   * thread is interrupted, as a process is killed.
   *
   * @throws Exception what the program threw
   */
  public <T> T run(String command, Program<T> program) throws Exception {
    Running body = new Running(Thread.currentThread());
    Proc proc = kernel.start(prison, kernel.init(), command, body);
    try {
      return program.run(new ProcessPort(kernel, proc));
    } finally {
      body.thread = null;
      kernel.exit(proc);
    }
  }

  /**
   * Starts a program as a process of the jail on a virtual thread of its own; it ends with the
   * jail. In virtual time the thread is part of the run: it goes on while it holds the run's baton,
   * and gives it away in every call that waits.
   */
  public Thread start(String command, Program<?> program) throws ErrnoException {
    Running body = new Running(null);
    Proc proc = kernel.start(prison, kernel.init(), command, body);
    return kernel
        .threads()
        .start(
            command,
            () -> {
              body.begins();
              try {
                program.run(new ProcessPort(kernel, proc));
              } catch (Exception e) {
                kernel.machine().messages().log(proc + ": " + e);
              } finally {
                body.thread = null;
                kernel.exit(proc);
              }
            });
  }

  /** What the jail's vnet owns now, by kind; of a jail that is gone, what it left behind. */
  public LedgerInfo ledger() throws ErrnoException {
    return kernel.jails().ledger(Integer.toString(jid()), kernel.init());
  }

  /** {@code jail -r}: returns when everything is gone, or refuses with EBUSY at the deadline. */
  public void remove() throws ErrnoException {
    kernel.jails().remove(jid(), kernel.init());
  }

  @Override
  public String toString() {
    return prison.toString();
  }

  /** A thread as a process: to be killed is to be interrupted. */
  private static final class Running implements ProcBody {
    private volatile @Nullable Thread thread;
    private volatile boolean killed;

    private Running(@Nullable Thread thread) {
      this.thread = thread;
    }

    /** On the program's thread; it may have been killed before it began. */
    private void begins() {
      thread = Thread.currentThread();
      if (killed) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void signal(String name) {
      killed = true;
      Thread running = thread;
      if (running != null) {
        running.interrupt();
      }
    }

    @Override
    public long hostPid() {
      return 0;
    }
  }
}
