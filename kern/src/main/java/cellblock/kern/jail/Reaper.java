package cellblock.kern.jail;

import java.util.function.BooleanSupplier;

/**
 * Kills what belongs to a jail without being in its process table: programs of the host that
 * daemonised, or that hide behind a new session. Called by the undertaker, outside every lane.
 */
@FunctionalInterface
public interface Reaper {
  /** There is nothing besides the process table. */
  Reaper NONE = prison -> () -> true;

  /** Begins to kill; returns at once, with what tells whether all have ended. */
  BooleanSupplier kill(Prison prison);
}
