package cellblock.kern.lane;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Work to be done in a turn of a lane, posted from anywhere. It is exempt from the inbox's bound
 * and is queued at most once: posting it again before it ran changes nothing, and a post during its
 * run queues it anew.
 */
public abstract class Event extends LaneItem {
  private static final VarHandle QUEUED;

  static {
    try {
      QUEUED = MethodHandles.lookup().findVarHandle(Event.class, "queued", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @SuppressWarnings("UnusedVariable") // by QUEUED
  private volatile boolean queued;

  /** An event that runs {@code work}. */
  public static Event of(Runnable work) {
    return new Event() {
      @Override
      protected void fire(Lane lane) {
        work.run();
      }

      @Override
      public String toString() {
        return "an event";
      }
    };
  }

  /** The work. The queued mark is already cleared, so that a post from now on is not lost. */
  protected abstract void fire(Lane lane);

  /**
   * Claims the right to enqueue. Always a read-modify-write, even where the mark is set already:
   * what the poster wrote before is then seen by the run that clears the mark (with a mere read the
   * write could still wait in the store buffer, and the event would be lost).
   */
  final boolean claim() {
    return !(boolean) QUEUED.getAndSet(this, true);
  }

  @Override
  protected final void run(Lane lane) {
    QUEUED.getAndSet(this, false); // reads the last poster's mark, and so sees what it wrote
    fire(lane);
  }

  /** Events run in a quarantined lane, too: teardown needs them. */
  @Override
  protected void discard(Lane lane) {
    run(lane);
  }

  @Override
  protected final boolean bounded() {
    return false;
  }
}
