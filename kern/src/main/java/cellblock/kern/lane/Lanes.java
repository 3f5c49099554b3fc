package cellblock.kern.lane;

import java.util.Arrays;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * All lanes of one machine, and how they are run. In real time {@code ready} is null: whoever makes
 * a lane ready runs it, up to {@link #APPLICATION_ITEMS} items, then hands the rest to {@code
 * workers}. In virtual time {@code ready} is the stepper.
 */
public final class Lanes {
  /** What an application's thread serves of other lanes before it hands over (lanes.md, trap 1). */
  static final int APPLICATION_ITEMS = 256;

  final @Nullable Ready ready;
  final TurnClock clock;
  final FaultHandler faults;
  private final Executor workers;
  private final Waiting waiting;
  private final AtomicReference<Lane[]> all = new AtomicReference<>(new Lane[0]);

  /**
   * @param ready the stepper, or null to run inline
   * @param workers where the rest of a long chain runs
   * @param waiting how an outside thread waits for a turn
   */
  public Lanes(
      @Nullable Ready ready,
      TurnClock clock,
      Executor workers,
      Waiting waiting,
      FaultHandler faults) {
    this.ready = ready;
    this.clock = clock;
    this.workers = workers;
    this.waiting = waiting;
    this.faults = faults;
  }

  /** Every open lane; the array is a snapshot and must not be changed. */
  public Lane[] snapshot() {
    return all.get();
  }

  void add(Lane lane) {
    all.updateAndGet(old -> {
      Lane[] now = Arrays.copyOf(old, old.length + 1);
      now[old.length] = lane;
      return now;
    });
  }

  void remove(Lane lane) {
    all.updateAndGet(old -> {
      int at = Arrays.asList(old).indexOf(lane);
      if (at < 0) {
        return old;
      }
      Lane[] now = new Lane[old.length - 1];
      System.arraycopy(old, 0, now, 0, at);
      System.arraycopy(old, at + 1, now, at, now.length - at);
      return now;
    });
  }

  /** How an outside thread waits. */
  public Waiting waiting() {
    return waiting;
  }

  /** A lane became ready outside any turn: sees to it that it runs. */
  void dispatch(Lane lane) {
    if (ready != null) {
      ready.ready(lane);
      return;
    }
    lane.beginFifo();
    run(lane, APPLICATION_ITEMS);
  }

  /** Runs a FIFO of lanes to its end, or hands it over when {@code items} are used up. */
  private void run(Lane first, int items) {
    int most = items;
    for (Lane head = first.turn(); head != null; head = head.turn()) {
      if (head.served() >= most) {
        if (handOver(head)) {
          return;
        }
        most = Integer.MAX_VALUE;
      }
    }
  }

  /** False when the workers are gone (the kernel stops): whoever asked runs the FIFO to its end. */
  private boolean handOver(Lane head) {
    try {
      workers.execute(() -> run(head, Integer.MAX_VALUE));
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }
}
