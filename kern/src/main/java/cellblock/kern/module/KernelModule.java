package cellblock.kern.module;

import cellblock.kern.Machine;
import cellblock.kern.errno.ErrnoException;

/**
 * A kernel module: what seed code calls mymod. It says who it is, answers events, and declares its
 * variables, constructors, shutdown handlers and destructors.
 *
 * <p>Threading: {@link #event} and global constructors run in turns of the kernel lane, per-vnet
 * ones in turns of the vnet's lane. Module code is trusted: it must not block.
 */
public interface KernelModule {
  ModuleInfo info();

  /** The modevent handler; throwing vetoes (not for SHUTDOWN). */
  default void event(ModuleEvent event, Machine machine) throws ErrnoException {}

  /** Declares everything, once per load. */
  void declare(Declarations declare);
}
