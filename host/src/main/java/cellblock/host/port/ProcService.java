package cellblock.host.port;

import cellblock.control.Done;
import cellblock.control.ProcRequest;
import cellblock.control.ProcRequest.ProcInfo;
import cellblock.host.Kernel;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.proc.Proc;
import java.util.ArrayList;
import java.util.List;

/** ps(1) and kill(2) for one process: it sees its own jail and those below. */
final class ProcService {
  private final Kernel kernel;
  private final Proc proc;

  ProcService(Kernel kernel, Proc proc) {
    this.kernel = kernel;
    this.proc = proc;
  }

  Object answer(ProcRequest<?> request) throws ErrnoException {
    return switch (request) {
      case ProcRequest.ListAll r -> list();
      case ProcRequest.Kill r -> kill(r.pid(), r.signal());
      case ProcRequest.Self r -> info(proc);
      case ProcRequest.SetTitle r -> {
        proc.command(r.command());
        yield Done.DONE;
      }
    };
  }

  private List<ProcInfo> list() throws ErrnoException {
    return kernel
        .machine()
        .kernelLane()
        .call(() -> {
          List<ProcInfo> all = new ArrayList<>();
          kernel.procs().within(proc.prison()).forEach(p -> all.add(info(p)));
          return all;
        });
  }

  private Done kill(int pid, String signal) throws ErrnoException {
    return kernel
        .machine()
        .kernelLane()
        .call(() -> {
          Proc victim = kernel.procs().find(pid);
          if (victim == null || !proc.prison().contains(victim.prison())) {
            throw new ErrnoException(Errno.ESRCH);
          }
          victim.body().signal(signal);
          return Done.DONE;
        });
  }

  private static ProcInfo info(Proc p) {
    return new ProcInfo(
        p.pid(),
        p.parent(),
        p.prison().id(),
        p.fib(),
        p.command(),
        p.body().hostPid(),
        p.exited() ? "Z" : "S");
  }
}
