package cellblock.kern.lane;

import java.util.Arrays;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
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
  private final ConcurrentSkipListMap<Long, Lane> all = new ConcurrentSkipListMap<>();
  private final AtomicLong births = new AtomicLong();
  private final AtomicReference<LaneRunner[]> runners =
      new AtomicReference<>(new LaneRunner[] {new LaneRunner()});

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

  /** Every open lane, oldest first: a copy. */
  public Lane[] snapshot() {
    return all.values().toArray(new Lane[0]);
  }

  /** Enters a lane; the number it gets takes it out again. */
  Long add(Lane lane) {
    Long number = births.getAndIncrement();
    all.put(number, lane);
    return number;
  }

  void remove(Long number) {
    all.remove(number);
  }

  /**
   * The lanes that threads are at, null where a thread is at none: whoever is in a turn is among
   * them, if it began before the caller's last full fence. Places keep their meaning while a turn
   * lasts.
   */
  public @Nullable Lane[] running() {
    LaneRunner[] now = runners.get();
    @Nullable Lane[] lanes = new Lane[now.length];
    for (int i = 0; i < now.length; i++) {
      lanes[i] = now[i].lane();
    }
    return lanes;
  }

  /** A mark for the calling thread. There are as many as threads ever ran turns at one time. */
  LaneRunner runner() {
    while (true) {
      LaneRunner[] now = runners.get();
      int start = (int) (Thread.currentThread().threadId() % now.length);
      for (int i = 0; i < now.length; i++) {
        LaneRunner r = now[start + i < now.length ? start + i : start + i - now.length];
        if (r.take()) {
          return r;
        }
      }
      LaneRunner[] more = Arrays.copyOf(now, now.length + 1);
      more[now.length] = new LaneRunner();
      runners.compareAndSet(now, more);
    }
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
    LaneRunner mark = runner();
    try {
      for (Lane head = first.turn(mark); head != null; head = head.turn(mark)) {
        if (head.served() >= most) {
          if (handOver(head)) {
            return;
          }
          most = Integer.MAX_VALUE;
        }
      }
    } finally {
      mark.giveBack();
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
