package cellblock.userland.net.inetd;

import cellblock.control.KernelError;
import cellblock.control.Pollable;
import java.util.List;

/** What serves one connection: a child process of FreeBSD's inetd. */
interface Server extends AutoCloseable {
  /** Adds what it waits for. */
  void wants(List<Pollable> all);

  /** Does what can be done without waiting; false when it is done for good. */
  boolean serve() throws KernelError, InterruptedException;

  @Override
  void close();
}
