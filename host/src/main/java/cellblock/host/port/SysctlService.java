package cellblock.host.port;

import cellblock.control.SysctlRequest;
import cellblock.control.SysctlRequest.Node;
import cellblock.host.Kernel;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.proc.Proc;
import cellblock.kern.sysctl.SysctlDeclaration;
import java.util.ArrayList;
import java.util.List;

/** sysctl(3) for one process. */
final class SysctlService {
  private static final String MY_FIB = "net.my_fibnum";

  private final Kernel kernel;
  private final Proc proc;

  SysctlService(Kernel kernel, Proc proc) {
    this.kernel = kernel;
    this.proc = proc;
  }

  Object answer(SysctlRequest<?> request) throws ErrnoException {
    return switch (request) {
      case SysctlRequest.Get r when r.name().equals(MY_FIB) -> myFib();
      case SysctlRequest.Get r -> node(kernel.sysctls().find(r.name()));
      case SysctlRequest.Environment r -> kernel.sysctls().environment();
      case SysctlRequest.Set r -> {
        SysctlDeclaration d = kernel.sysctls().find(r.name());
        Node old = node(d);
        kernel.sysctls().write(d, proc.cred(), r.value());
        yield old;
      }
      case SysctlRequest.Walk r -> {
        List<Node> all = new ArrayList<>();
        for (SysctlDeclaration d : kernel.sysctls().below(r.name())) {
          all.add(node(d));
        }
        yield all;
      }
    };
  }

  /** The one node that belongs to a process. */
  private Node myFib() {
    return new Node(
        MY_FIB,
        Integer.toString(proc.fib()),
        "int",
        "I",
        "default FIB of caller",
        false,
        false,
        false);
  }

  private Node node(SysctlDeclaration d) throws ErrnoException {
    String unit = d.unit();
    String text = unit == null ? d.description() : d.description() + " (" + unit + ")";
    return new Node(
        d.name(),
        kernel.sysctls().read(d, proc.cred()),
        d.type().text(),
        d.type().format(),
        text,
        d.writable(),
        d.tunable(),
        d.vnet());
  }
}
