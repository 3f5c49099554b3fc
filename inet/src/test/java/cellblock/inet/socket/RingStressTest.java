package cellblock.inet.socket;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.wire.IpAddress;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The rings at full speed between two threads: what Lincheck cannot cut in two, the copying of many
 * bytes, happens while the other side looks. Every byte tells its place.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RingStressTest {
  private static final long SEED = 20261121;
  private static final int ROUNDS = Integer.getInteger("cellblock.race.rounds", 50_000);
  private static final int LIMIT = 40_000;
  private static final int MOST = 3000;

  /** Both at once; fails with what either fails with. */
  private static void together(Callable<Integer> producer, Callable<Integer> consumer)
      throws Exception {
    System.out.println("ring stress, seed " + SEED);
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      Future<Integer> wrote = threads.submit(producer);
      Future<Integer> read = threads.submit(consumer);
      int bad = read.get();
      assertThat(wrote.get()).as("bound broken").isZero();
      assertThat(bad).as("bytes that are not what was written there").isZero();
    }
  }

  /** What stands at a place of the stream. */
  private static byte at(long place) {
    return (byte) (place ^ place >>> 8 ^ place >>> 16);
  }

  @Test
  void a_stream_arrives_whole_and_in_order() throws Exception {
    StreamRing ring = new StreamRing();
    ring.limit(LIMIT);
    SplittableRandom random = new SplittableRandom(SEED);
    int[] sizes = random.ints(ROUNDS, 1, MOST).toArray();
    long all = 0;
    for (int size : sizes) {
      all += size;
    }
    long total = all;
    together(() -> produce(ring, sizes), () -> consume(ring, total));
    assertThat(ring.size()).isZero();
  }

  private static int produce(StreamRing ring, int[] sizes) {
    byte[] buf = new byte[MOST];
    long place = 0;
    int bad = 0;
    for (int size : sizes) {
      for (int i = 0; i < size; i++) {
        buf[i] = at(place + i);
      }
      for (int done = 0; done < size; ) {
        done += ring.put(buf, done, size - done);
        bad += ring.size() > LIMIT ? 1 : 0;
      }
      place += size;
    }
    return bad;
  }

  private static int consume(StreamRing ring, long total) {
    SplittableRandom random = new SplittableRandom(SEED + 1);
    byte[] buf = new byte[MOST];
    int bad = 0;
    for (long place = 0; place < total; ) {
      int most = random.nextInt(1, MOST);
      int n = ring.take(buf, 0, most);
      for (int i = 0; i < n; i++) {
        bad += buf[i] == at(place + i) ? 0 : 1;
      }
      place += n;
    }
    return bad;
  }

  @Test
  void datagrams_arrive_whole_in_order_and_once() throws Exception {
    DatagramRing ring = new DatagramRing(LIMIT);
    together(() -> send(ring), () -> receive(ring));
    assertThat(ring.isEmpty()).isTrue();
    assertThat(ring.used()).isZero();
  }

  /** One thread, many young rings: wrapping and growing at every fill. */
  @Test
  void a_ring_of_datagrams_is_a_queue_whatever_its_size_and_fill() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int n = 0; n < 3000; n++) {
      DatagramRing ring = new DatagramRing(random.nextInt(200, 3000), 2);
      Deque<Integer> law = new ArrayDeque<>();
      Arrival arrival = new Arrival();
      int number = 0;
      for (int step = 0; step < 60; step++) {
        if (random.nextInt(5) < 3) {
          byte[] data = new byte[random.nextInt(300)];
          arrival.inet(0, number & 0xffff, 0);
          arrival.nanos = number;
          Arrays.fill(data, (byte) number);
          if (ring.offer(data, 0, data.length, arrival)) {
            law.add(number);
          }
          number++;
        } else {
          Datagram d = ring.poll(false);
          Integer wanted = law.poll();
          assertThat(d == null).isEqualTo(wanted == null);
          if (d != null && wanted != null) {
            byte[] whole = new byte[d.data().length];
            Arrays.fill(whole, wanted.byteValue());
            assertThat(d.data()).as("ring %d, seed %d", n, SEED).isEqualTo(whole);
            assertThat(d.nanos()).isEqualTo((long) wanted);
          }
        }
      }
    }
  }

  /** Both ways of taking one out tell the same; what does not fit is lost with it. */
  @Test
  void a_datagram_goes_into_a_buffer_as_far_as_it_fits() {
    SplittableRandom random = new SplittableRandom(SEED);
    DatagramRing ring = new DatagramRing(LIMIT);
    Arrival arrival = new Arrival();
    Arrival about = new Arrival();
    byte[] into = new byte[100];
    for (int n = 0; n < 5000; n++) {
      byte[] data = new byte[random.nextInt(200)];
      random.nextBytes(data);
      arrival.inet(random.nextInt(), random.nextInt(1 << 16), random.nextInt());
      arrival.ttl = random.nextInt(256);
      arrival.tos = random.nextInt(256);
      arrival.ifindex = random.nextInt(1 << 16);
      arrival.nanos = random.nextLong();
      assertThat(ring.offer(data, 0, data.length, arrival)).isTrue();
      Datagram whole = ring.poll(true);
      boolean peek = random.nextBoolean();
      int most = random.nextInt(into.length);
      assertThat(ring.poll(into, 1, most, about, peek)).isEqualTo(data.length);
      assertThat(whole).isNotNull();
      assertThat(Arrays.copyOfRange(into, 1, 1 + Math.min(most, data.length)))
          .isEqualTo(Arrays.copyOf(data, Math.min(most, data.length)));
      assertThat(about).usingRecursiveComparison().isEqualTo(arrival);
      assertThat(whole.from()).isEqualTo(IpAddress.ofKey(about.family, about.fromHi, about.fromLo));
      assertThat(whole.ttl()).isEqualTo(about.ttl);
      if (peek) {
        assertThat(ring.poll(into, 0, 0, null, false)).isEqualTo(data.length);
      }
      assertThat(ring.isEmpty()).isTrue();
      assertThat(ring.poll(into, 0, 1, null, false)).isEqualTo(-1);
    }
  }

  private static int send(DatagramRing ring) {
    SplittableRandom random = new SplittableRandom(SEED);
    byte[] buf = new byte[MOST];
    Arrival arrival = new Arrival();
    for (int number = 0; number < ROUNDS; number++) {
      int size = random.nextInt(MOST);
      for (int i = 0; i < size; i++) {
        buf[i] = at(number + i);
      }
      arrival.inet(number, number & 0xffff, size);
      arrival.nanos = number;
      while (!ring.offer(buf, 0, size, arrival)) {
        Thread.onSpinWait();
      }
    }
    return ring.used() > LIMIT ? 1 : 0;
  }

  private static int receive(DatagramRing ring) {
    SplittableRandom random = new SplittableRandom(SEED);
    int bad = 0;
    for (int number = 0; number < ROUNDS; ) {
      Datagram d = ring.poll(false);
      if (d == null) {
        continue;
      }
      byte[] data = d.data();
      bad += data.length == random.nextInt(MOST) && d.nanos() == number ? 0 : 1;
      bad += d.port() == (number & 0xffff) ? 0 : 1;
      for (int i = 0; i < data.length; i++) {
        bad += data[i] == at(number + i) ? 0 : 1;
      }
      number++;
    }
    return bad;
  }
}
