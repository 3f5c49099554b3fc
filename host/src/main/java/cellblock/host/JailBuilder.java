package cellblock.host;

import cellblock.control.JailRequest;
import cellblock.control.JailRequest.Param;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gathers a jail's parameters, then makes it. Not shared between threads. */
public final class JailBuilder {
  private final Kernel kernel;
  private final List<Param> params = new ArrayList<>();
  private final List<String> interfaces = new ArrayList<>();

  JailBuilder(Kernel kernel, String name) {
    this.kernel = kernel;
    parameter("name", name);
  }

  /** Any parameter of jail(8)'s kernel parameters, as text; null for a bare boolean. */
  public JailBuilder parameter(String name, @Nullable String value) {
    params.add(new Param(name, value));
    return this;
  }

  /** A network stack of its own. */
  public JailBuilder vnet() {
    return parameter("vnet", "new");
  }

  /** Lives without a process. */
  public JailBuilder persist() {
    return parameter("persist", null);
  }

  /** How many jails may lie below it. */
  public JailBuilder children(int max) {
    return parameter("children.max", Integer.toString(max));
  }

  /** host.hostname. */
  public JailBuilder hostname(String name) {
    return parameter("host.hostname", name);
  }

  /** Lends it an interface of the host once it is there. */
  public JailBuilder lend(String ifname) {
    interfaces.add(ifname);
    return this;
  }

  /**
   * Makes the jail and lends it its interfaces; when one cannot be lent the jail is removed again.
   *
   * @throws ErrnoException as jail_set(2) and SIOCSIFVNET refuse
   */
  public Jail create() throws ErrnoException {
    int jid = kernel.jails().set(new JailRequest.Set(params, true, false, false), kernel.init());
    Jail jail = kernel.jail(Integer.toString(jid));
    if (jail == null) {
      throw new ErrnoException(Errno.ENOENT);
    }
    try {
      for (String ifname : interfaces) {
        jail.lend(ifname);
      }
    } catch (ErrnoException e) {
      jail.remove();
      throw e;
    }
    return jail;
  }
}
