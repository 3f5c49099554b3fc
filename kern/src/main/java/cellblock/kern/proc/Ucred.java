package cellblock.kern.proc;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.jail.Prison;

/**
 * Credentials (ancestor: struct ucred): whose root it is. Inside Cellblock every process is root of
 * its prison; what it may do is decided by the prison (prison_priv_check).
 */
public record Ucred(Prison prison) {
  /** Whether the process is outside every jail. */
  public boolean host() {
    return prison.parent() == null;
  }

  /**
   * What the root of a vnet may do to its own stack (PRIV_NET_*): EPERM in a jail without a vnet.
   */
  public void checkNet() throws ErrnoException {
    if (!prison.ownsVnet()) {
      throw new ErrnoException(Errno.EPERM);
    }
  }

  /** What only the host's root may do: load modules, change what all vnets share. */
  public void checkHost() throws ErrnoException {
    if (!host()) {
      throw new ErrnoException(Errno.EPERM);
    }
  }
}
