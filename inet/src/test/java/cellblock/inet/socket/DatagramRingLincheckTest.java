package cellblock.inet.socket;

import cellblock.wire.Ip4Address;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A datagram socket's ring under Lincheck: one producer, one reader, and anybody who asks how full
 * it is, see a bounded queue of datagrams. Each datagram's bytes and header carry its number, so
 * that a lost, doubled, mixed or torn one is a result that no order explains. The ring begins
 * small: it wraps and grows all the time.
 */
class DatagramRingLincheckTest {
  private static final int LIMIT = 250;
  private static final int ADDRESS = 16;

  private static int length(int n) {
    return n * 40;
  }

  private static String text(int number, int length) {
    return "#" + number + " of " + length;
  }

  /** The ring. */
  public static class Real {
    private final DatagramRing ring = new DatagramRing(LIMIT, 2);
    private final Arrival arrival = new Arrival();
    private int number; // the producer's

    @Operation(nonParallelGroup = "producer")
    public boolean offer(@Param(gen = IntGen.class, conf = "1:3") int n) {
      byte[] data = new byte[length(n)];
      Arrays.fill(data, (byte) number);
      arrival.inet(number, number, -number);
      arrival.nanos = number;
      boolean taken = ring.offer(data, 0, data.length, arrival);
      number += taken ? 1 : 0;
      return taken;
    }

    @Operation(nonParallelGroup = "reader")
    public @Nullable String poll() {
      return string(ring.poll(false));
    }

    @Operation(nonParallelGroup = "reader")
    public @Nullable String peek() {
      return string(ring.poll(true));
    }

    @Operation
    public boolean isEmpty() {
      return ring.isEmpty();
    }

    private static @Nullable String string(@Nullable Datagram d) {
      if (d == null) {
        return null;
      }
      int number = d.port();
      byte[] whole = new byte[d.data().length];
      Arrays.fill(whole, (byte) number);
      if (!Arrays.equals(whole, d.data())) {
        return "torn " + number + " " + Arrays.toString(d.data());
      }
      if (d.nanos() != number
          || !d.from().equals(new Ip4Address(number))
          || !d.to().equals(new Ip4Address(-number))) {
        return "mixed " + number + " " + d;
      }
      return text(number, d.data().length);
    }
  }

  /** The law. */
  public static class Law {
    private final Deque<String> queue = new ArrayDeque<>();
    private final Deque<Integer> costs = new ArrayDeque<>();
    private int used;
    private int number;

    public boolean offer(int n) {
      int cost = length(n) + ADDRESS;
      if (used + cost > LIMIT) {
        return false;
      }
      used += cost;
      costs.add(cost);
      queue.add(text(number++, length(n)));
      return true;
    }

    public @Nullable String poll() {
      used -= costs.isEmpty() ? 0 : costs.remove();
      return queue.poll();
    }

    public @Nullable String peek() {
      return queue.peek();
    }

    public boolean isEmpty() {
      return queue.isEmpty();
    }
  }

  @Test
  void in_every_interleaving_the_ring_is_a_bounded_queue_of_datagrams() {
    new ModelCheckingOptions()
        // Reads and writes by views of byte arrays, which Lincheck cannot look into.
        .addGuarantee(
            ManagedStrategyGuaranteeKt.forClasses("cellblock.wire.BigEndian").allMethods().ignore())
        .sequentialSpecification(Law.class)
        .threads(3)
        .actorsPerThread(3)
        .actorsBefore(3)
        .actorsAfter(2)
        .iterations(Integer.getInteger("cellblock.race.iterations", 10))
        .invocationsPerIteration(Integer.getInteger("cellblock.race.invocations", 150))
        .check(Real.class);
  }

  @Test
  void under_stress_the_ring_is_a_bounded_queue_of_datagrams() {
    new StressOptions()
        .sequentialSpecification(Law.class)
        .threads(3)
        .actorsPerThread(4)
        .actorsBefore(3)
        .actorsAfter(2)
        .iterations(Integer.getInteger("cellblock.race.iterations", 4))
        .invocationsPerIteration(Integer.getInteger("cellblock.race.invocations", 300))
        .check(Real.class);
  }
}
