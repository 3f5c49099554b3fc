package cellblock.kern.lane;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A place where one thread at a time waits for what turns of a lane bring, such as a socket's
 * reader (ancestor: the wait channel of sleepqueue(9)). While it looks, before it parks, the thread
 * <em>attends</em> the lane: a turn of another lane that makes this one ready leaves the turn to
 * it, so that each of two threads that talk to each other stays with its own vnet's state, in its
 * own cache. A lane left to a thread that does not come is taken back by who left it.
 *
 * <p>Threading: {@link #until} outside turns, one thread at a time; {@link #wake} in turns of the
 * lane, after what it tells of was published by a volatile store; the rest is for {@link Waiting}.
 */
public class LaneWait {
  private final Lane lane;
  private volatile @Nullable Thread sleeper;
  private volatile @Nullable Thread watcher;

  /** Owned by the one who waits. */
  private int patience;

  public LaneWait(Lane lane) {
    this.lane = lane;
  }

  /**
   * Returns once {@code condition} holds, or the thread is interrupted, which stays marked. Whoever
   * makes it true calls {@link #wake}.
   */
  public final void until(BooleanSupplier condition) {
    patience = lane.lanes().waiting().untilWoken(this, condition, patience);
  }

  /** Unparks the one who waits, after the turn; one who looks needs no waking. */
  public final void wake() {
    Thread t = sleeper;
    if (t != null) {
      lane.wake(t);
    }
    Thread w = watcher;
    if (w != null) {
      lane.wake(w);
    }
  }

  /** Who waits for this place among others, by poll(2), and is unparked, too; null = nobody. */
  public final void watch(@Nullable Thread thread) {
    watcher = thread;
  }

  /** From now on {@link #wake} unparks {@code thread}; null = nobody. */
  public final void sleeper(@Nullable Thread thread) {
    sleeper = thread;
  }

  /** Begins to attend the lane; false = another thread does, or nobody may. */
  public final boolean attend() {
    return lane.attend();
  }

  /** Runs what was left to the attending thread, or what this lane left to one that is late. */
  public final void serve(boolean late) {
    lane.serve(late);
  }

  /** Attends the lane no longer; what was left to the thread is run. */
  public final void leave() {
    lane.attendNoMore();
  }
}
