package cellblock.inet.socket;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/**
 * A stream's ring under Lincheck. The bytes count up, so that one lost, doubled or torn shows. The
 * ring begins with two bytes: it wraps and grows all the time.
 *
 * <p>Without a bound, what one producer and one consumer do is exactly what they would do to a
 * queue of bytes. With one, a put beside a take may still find the room taken that the take is
 * about to give: there the law is that nothing is lost, doubled or out of order, and the bound is
 * kept.
 */
class StreamRingLincheckTest {
  private static final int LIMIT = 6;

  /** Where a segment that came out of order stands. */
  private enum Ahead {
    NONE,
    PLACED,
    FILLED
  }

  private static byte[] bytes(int from, int n) {
    byte[] b = new byte[n];
    for (int i = 0; i < n; i++) {
      b[i] = (byte) (from + i);
    }
    return b;
  }

  /** The ring without a bound. */
  public static class Real {
    private final StreamRing ring = new StreamRing(2);
    private int next; // this and the next two are the producer's
    private int placed;
    private Ahead ahead = Ahead.NONE;

    @Operation(nonParallelGroup = "producer")
    public boolean append(@Param(gen = IntGen.class, conf = "1:3") int n) {
      if (ahead != Ahead.NONE) {
        return false;
      }
      ring.append(bytes(next, n), 0, n);
      next += n;
      return true;
    }

    /** A segment out of order: two bytes, behind one that is missing and behind those before it. */
    @Operation(nonParallelGroup = "producer")
    public boolean place() {
      if (ahead == Ahead.FILLED) {
        return false;
      }
      ring.place(1 + placed, bytes(next + 1 + placed, 2), 0, 2);
      placed += 2;
      ahead = Ahead.PLACED;
      return true;
    }

    /** The missing one. */
    @Operation(nonParallelGroup = "producer")
    public boolean fill() {
      if (ahead != Ahead.PLACED) {
        return false;
      }
      ring.append(bytes(next, 1), 0, 1);
      next += 1;
      ahead = Ahead.FILLED;
      return true;
    }

    /** Those that were placed follow it. */
    @Operation(nonParallelGroup = "producer")
    public boolean commit() {
      if (ahead != Ahead.FILLED) {
        return false;
      }
      ring.commit(placed);
      next += placed;
      placed = 0;
      ahead = Ahead.NONE;
      return true;
    }

    @Operation(nonParallelGroup = "consumer")
    public List<Integer> take(@Param(gen = IntGen.class, conf = "1:4") int n) {
      byte[] to = new byte[n];
      return list(to, ring.take(to, 0, n));
    }

    /** As TCP sends: it looks at what is there, and lets go of it when it is acknowledged. */
    @Operation(nonParallelGroup = "consumer")
    public List<Integer> copy() {
      int n = ring.size();
      byte[] to = new byte[n];
      ring.copy(0, to, 0, n);
      return list(to, n);
    }

    @Operation(nonParallelGroup = "consumer")
    public void drop(@Param(gen = IntGen.class, conf = "1:4") int n) {
      ring.drop(n);
    }

    private static List<Integer> list(byte[] from, int n) {
      List<Integer> l = new ArrayList<>();
      for (int i = 0; i < n; i++) {
        l.add((int) from[i]);
      }
      return l;
    }
  }

  /** The law without a bound. */
  public static class Law {
    private final List<Integer> queue = new ArrayList<>();
    private int next;
    private int placed;
    private Ahead ahead = Ahead.NONE;

    private void add(int n) {
      for (int i = 0; i < n; i++) {
        queue.add(next++);
      }
    }

    public boolean append(int n) {
      if (ahead != Ahead.NONE) {
        return false;
      }
      add(n);
      return true;
    }

    public boolean place() {
      if (ahead == Ahead.FILLED) {
        return false;
      }
      placed += 2;
      ahead = Ahead.PLACED;
      return true;
    }

    public boolean fill() {
      if (ahead != Ahead.PLACED) {
        return false;
      }
      add(1);
      ahead = Ahead.FILLED;
      return true;
    }

    public boolean commit() {
      if (ahead != Ahead.FILLED) {
        return false;
      }
      add(placed);
      placed = 0;
      ahead = Ahead.NONE;
      return true;
    }

    public List<Integer> take(int n) {
      List<Integer> first = queue.subList(0, Math.min(n, queue.size()));
      List<Integer> taken = List.copyOf(first);
      first.clear();
      return taken;
    }

    public List<Integer> copy() {
      return List.copyOf(queue);
    }

    public void drop(int n) {
      take(n);
    }
  }

  /** The ring with a bound; each operation returns how much was wrong so far. */
  public static class Bounded {
    private final StreamRing ring = new StreamRing(2);
    private final AtomicInteger wrong = new AtomicInteger();
    private int put; // the producer's
    private int taken; // the consumer's

    public Bounded() {
      ring.limit(LIMIT);
    }

    @Operation(nonParallelGroup = "producer")
    public int put(@Param(gen = IntGen.class, conf = "1:4") int n) {
      put += ring.put(bytes(put, n), 0, n);
      if (ring.size() > LIMIT) {
        wrong.incrementAndGet();
      }
      return wrong.get();
    }

    @Operation(nonParallelGroup = "consumer")
    public int take(@Param(gen = IntGen.class, conf = "1:4") int n) {
      byte[] to = new byte[n];
      int got = ring.take(to, 0, n);
      for (int i = 0; i < got; i++) {
        if (to[i] != (byte) taken++) {
          wrong.incrementAndGet();
        }
      }
      return wrong.get();
    }

    /** Nobody is at work any more: what was put and not taken is there. */
    @Validate
    public void nothingIsLost() {
      if (ring.size() != put - taken) {
        throw new AssertionError(put + " put, " + taken + " taken, " + ring.size() + " there");
      }
    }
  }

  /** The law with a bound. */
  public static class Sound {
    public int put(int n) {
      return 0;
    }

    public int take(int n) {
      return 0;
    }
  }

  @Test
  void in_every_interleaving_the_ring_is_a_queue_of_bytes() {
    new ModelCheckingOptions()
        .sequentialSpecification(Law.class)
        .threads(2)
        .actorsPerThread(4)
        .actorsBefore(2)
        .actorsAfter(1)
        .iterations(Integer.getInteger("cellblock.race.iterations", 6))
        .invocationsPerIteration(Integer.getInteger("cellblock.race.invocations", 150))
        .check(Real.class);
  }

  @Test
  void in_every_interleaving_a_bounded_ring_loses_nothing_and_keeps_its_bound() {
    new ModelCheckingOptions()
        .sequentialSpecification(Sound.class)
        .threads(2)
        .actorsPerThread(4)
        .actorsBefore(2)
        .actorsAfter(1)
        .iterations(Integer.getInteger("cellblock.race.iterations", 6))
        .invocationsPerIteration(Integer.getInteger("cellblock.race.invocations", 150))
        .check(Bounded.class);
  }

  @Test
  void under_stress_the_ring_is_a_queue_of_bytes() {
    new StressOptions()
        .sequentialSpecification(Law.class)
        .threads(2)
        .actorsPerThread(5)
        .actorsBefore(2)
        .actorsAfter(1)
        .iterations(Integer.getInteger("cellblock.race.iterations", 4))
        .invocationsPerIteration(Integer.getInteger("cellblock.race.invocations", 300))
        .check(Real.class);
  }

  @Test
  void under_stress_a_bounded_ring_loses_nothing_and_keeps_its_bound() {
    new StressOptions()
        .sequentialSpecification(Sound.class)
        .threads(2)
        .actorsPerThread(8)
        .actorsBefore(2)
        .actorsAfter(1)
        .iterations(Integer.getInteger("cellblock.race.iterations", 4))
        .invocationsPerIteration(Integer.getInteger("cellblock.race.invocations", 500))
        .check(Bounded.class);
  }
}
