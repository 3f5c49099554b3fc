package cellblock.kern.module;

import cellblock.kern.Machine;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.saga.Saga;

/**
 * Code of a module that comes or goes, in a turn of the kernel lane: what it throws is a refusal
 * with a line in the message buffer, not a fault of the kernel.
 */
final class ModuleCode {
  private ModuleCode() {}

  /** Runs {@code code}, known to people as {@code what}. */
  static void run(Machine machine, String what, Saga.Action code) throws ErrnoException {
    try {
      code.run();
    } catch (RuntimeException | Error e) {
      machine.messages().log(what + ": " + e);
      throw new ErrnoException(Errno.ENOEXEC);
    }
  }

  /** The same where there is no way back: logs whatever is thrown, and goes on. */
  static void runAnyway(Machine machine, String what, Saga.Action code) {
    try {
      code.run();
    } catch (ErrnoException | RuntimeException | Error e) {
      machine.messages().log(what + ": " + e);
    }
  }
}
