package cellblock.kern.saga;

import cellblock.kern.errno.ErrnoException;
import cellblock.kern.lane.Lane;
import cellblock.kern.lane.Waiting;
import org.jspecify.annotations.Nullable;

/**
 * Drives sagas to their end on the calling thread, outside every lane. The simulator drives them
 * step by step itself. Threading: any; each saga has one driver.
 */
public final class Coordinator {
  private final Waiting waiting;

  public Coordinator(Waiting waiting) {
    this.waiting = waiting;
  }

  /** Runs the saga, waits as it waits, and returns its result or throws what it failed with. */
  public <T extends @Nullable Object> T run(Saga<T> saga) throws ErrnoException {
    if (Lane.CURRENT.isBound()) {
      throw new IllegalStateException("saga " + saga + " inside a turn of " + Lane.CURRENT.get());
    }
    drive(saga);
    return saga.result();
  }

  /** Advances and waits until the saga has finished, however it did. */
  public void drive(Saga<?> saga) {
    while (!saga.finished()) {
      if (!saga.advance()) {
        waiting.until(saga::ready);
      }
    }
  }
}
