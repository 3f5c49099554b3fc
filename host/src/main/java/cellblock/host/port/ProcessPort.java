package cellblock.host.port;

import cellblock.control.CapturePort;
import cellblock.control.DevicePort;
import cellblock.control.Done;
import cellblock.control.EventPort;
import cellblock.control.IfRequest;
import cellblock.control.JailRequest;
import cellblock.control.KernelError;
import cellblock.control.KernelPort;
import cellblock.control.KeyRequest;
import cellblock.control.ModuleRequest;
import cellblock.control.Pollable;
import cellblock.control.ProcRequest;
import cellblock.control.Request;
import cellblock.control.RouteEvent;
import cellblock.control.RouteRequest;
import cellblock.control.SocketPort;
import cellblock.control.StatRequest;
import cellblock.control.SysctlRequest;
import cellblock.host.Kernel;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.lane.KernelFault;
import cellblock.kern.proc.Proc;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The door of one process: looks at what is asked, and hands it to the service that answers.
 * Threading: any thread outside the lanes.
 */
public final class ProcessPort implements KernelPort {
  private final Kernel kernel;
  private final Proc proc;

  public ProcessPort(Kernel kernel, Proc proc) {
    this.kernel = kernel;
    this.proc = proc;
  }

  @Override
  public int pid() {
    return proc.pid();
  }

  /** The process. */
  public Proc proc() {
    return proc;
  }

  @Override
  @SuppressWarnings("unchecked") // each case answers with its own reply type
  public <R> R ask(Request<R> request) throws KernelError {
    try {
      if (proc.exited()) {
        throw new ErrnoException(Errno.EINTR);
      }
      return (R) answer(request);
    } catch (ErrnoException e) {
      throw refusal(e);
    } catch (KernelFault e) {
      throw new KernelError("EIO", Errno.EIO.text(), String.valueOf(e.getMessage()));
    }
  }

  static KernelError refusal(ErrnoException e) {
    String message = e.getMessage();
    String text = e.errno().text();
    return new KernelError(e.errno().name(), text, message == null ? text : message);
  }

  private Object answer(Request<?> request) throws ErrnoException {
    return switch (request) {
      case JailRequest<?> r -> jail(r);
      case IfRequest<?> r -> new IfService(kernel, proc).answer(r);
      case RouteRequest<?> r -> new RouteService(proc).answer(r);
      case SysctlRequest<?> r -> new SysctlService(kernel, proc).answer(r);
      case ModuleRequest<?> r -> module(r);
      case ProcRequest<?> r -> new ProcService(kernel, proc).answer(r);
      case KeyRequest<?> r -> new KeyService(proc).answer(r);
      case StatRequest<?> r -> new StatService(kernel, proc).answer(r);
    };
  }

  private Object jail(JailRequest<?> request) throws ErrnoException {
    return switch (request) {
      case JailRequest.Set r -> kernel.jails().set(r, proc);
      case JailRequest.Get r -> kernel.jails().get(r, proc);
      case JailRequest.ListAll r -> kernel.jails().list(r.dying(), proc);
      case JailRequest.Attach r -> kernel.jails().attach(r.jid(), proc);
      case JailRequest.Remove r -> {
        kernel.jails().remove(r.jid(), proc);
        yield r.jid();
      }
      case JailRequest.Params r -> kernel.jails().params();
      case JailRequest.Dead r -> kernel.jails().dead(proc);
      case JailRequest.Ledger r -> kernel.jails().ledger(r.jail(), proc);
    };
  }

  private Object module(ModuleRequest<?> request) throws ErrnoException {
    return switch (request) {
      case ModuleRequest.Load r -> kernel.modules().load(r.file(), proc);
      case ModuleRequest.Unload r -> {
        kernel.modules().unload(r.file(), r.force(), proc);
        yield Done.DONE;
      }
      case ModuleRequest.Stat r -> kernel.modules().stat();
    };
  }

  @Override
  public long nowNanos() {
    return kernel.machine().clock().wallNanos();
  }

  @Override
  public void sleep(Duration time) throws InterruptedException {
    new Nap(kernel.machine()).sleep(time);
  }

  @Override
  public SocketPort socket(SocketPort.Domain domain, SocketPort.Type type, int protocol)
      throws KernelError {
    try {
      return SocketDoor.open(proc, domain, type, protocol);
    } catch (ErrnoException e) {
      throw refusal(e);
    }
  }

  @Override
  public boolean poll(List<Pollable> any, @Nullable Duration timeout) throws InterruptedException {
    return new Poll(kernel.machine(), any).await(timeout);
  }

  @Override
  public EventPort<RouteEvent> routeEvents() throws KernelError {
    try {
      return RouteEvents.open(proc);
    } catch (ErrnoException e) {
      throw refusal(e);
    }
  }

  @Override
  public DevicePort open(String path) throws KernelError {
    try {
      return DeviceDoor.open(kernel, proc, path);
    } catch (ErrnoException e) {
      throw refusal(e);
    }
  }

  @Override
  public CapturePort capture(String ifname, int snapLength, boolean promiscuous)
      throws KernelError {
    try {
      return CaptureDoor.open(proc, ifname, snapLength, promiscuous);
    } catch (ErrnoException e) {
      throw refusal(e);
    }
  }
}
