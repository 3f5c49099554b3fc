package cellblock.kern.jail;

import cellblock.kern.time.Clock;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What became of a prison, when: who began and ceased to hold it, and the steps of its removal. The
 * last lines are kept. Threading: any.
 */
public final class Timeline {
  private static final int KEPT = 256;

  private final Clock clock;
  private final ConcurrentLinkedQueue<Moment> moments = new ConcurrentLinkedQueue<>();
  private final AtomicInteger count = new AtomicInteger();

  /**
   * One line.
   *
   * @param nanos since boot
   */
  public record Moment(long nanos, String what) {}

  Timeline(Clock clock) {
    this.clock = clock;
  }

  /** Something happened, now. */
  public void add(String what) {
    moments.add(new Moment(clock.nanos(), what));
    if (count.incrementAndGet() > KEPT && moments.poll() != null) {
      count.decrementAndGet();
    }
  }

  /** Every line that is kept, oldest first. */
  public List<Moment> moments() {
    return List.copyOf(moments);
  }
}
