package cellblock.kern.jail;

import cellblock.kern.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What became of a prison, when: who began and ceased to hold it, and the steps of its removal. The
 * last lines are kept. Threading: any.
 */
public final class Timeline {
  private static final int KEPT = 256;

  /** Above that many it is shortened, so that not every line costs a copy. */
  private static final int MOST = KEPT + KEPT / 4;

  private final Clock clock;
  private final AtomicReference<@Nullable Line> last = new AtomicReference<>();

  /** A line and those before it: an idle jail has a few, so they are small. */
  private record Line(long nanos, String what, int number, @Nullable Line before) {}

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
    long now = clock.nanos();
    last.updateAndGet(before -> {
      Line kept = before != null && before.number >= MOST ? shortened(before) : before;
      return new Line(now, what, kept == null ? 1 : kept.number + 1, kept);
    });
  }

  /** The newest. */
  private static @Nullable Line shortened(Line all) {
    Line[] newest = new Line[KEPT];
    int n = 0;
    for (Line l = all; l != null && n < KEPT; l = l.before) {
      newest[n++] = l;
    }
    Line made = null;
    while (n > 0) {
      Line l = newest[--n];
      made = new Line(l.nanos, l.what, made == null ? 1 : made.number + 1, made);
    }
    return made;
  }

  /** Every line that is kept, oldest first. */
  public List<Moment> moments() {
    List<Moment> all = new ArrayList<>();
    for (Line l = last.get(); l != null && all.size() < KEPT; l = l.before) {
      all.add(new Moment(l.nanos, l.what));
    }
    return List.copyOf(all.reversed());
  }
}
