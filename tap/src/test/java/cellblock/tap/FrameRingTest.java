package cellblock.tap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A ring gives back what was put in, in order, and is never fuller than it is large. */
class FrameRingTest {
  private static byte[] frame(int length, int seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static byte[] take(FrameRing ring) {
    byte[] bytes = new byte[ring.length() + 3];
    ring.copyTo(bytes, 3);
    ring.release();
    return Arrays.copyOfRange(bytes, 3, bytes.length);
  }

  @Test
  void frames_of_all_lengths_come_out_as_they_went_in_across_the_end_of_the_ring() {
    long seed = 4711;
    Random random = new Random(seed);
    FrameRing ring = new FrameRing(4096);
    ArrayDeque<byte[]> model = new ArrayDeque<>();
    int full = 0;
    for (int i = 0; i < 100_000; i++) {
      if (random.nextInt(100) < 52) {
        byte[] bytes = frame(random.nextInt(1600), i);
        if (ring.offer(bytes, 0, bytes.length)) {
          model.add(bytes);
        } else {
          full++;
          assertThat(model).as("a ring that refuses is not empty (seed %d)", seed).isNotEmpty();
        }
      } else if (model.isEmpty()) {
        assertThat(ring.isEmpty()).isTrue();
      } else {
        assertThat(ring.peek()).isPositive();
        assertThat(take(ring)).as("frame %d (seed %d)", i, seed).isEqualTo(model.remove());
      }
    }
    assertThat(full).isGreaterThan(100);
  }

  @Test
  void a_full_ring_refuses_and_takes_again_once_there_is_room() {
    FrameRing ring = new FrameRing(256);
    byte[] bytes = frame(56, 1); // with its length a quarter of the ring
    for (int i = 0; i < 4; i++) {
      assertThat(ring.offer(bytes, 0, bytes.length)).isTrue();
    }
    assertThat(ring.offer(bytes, 0, 1)).isFalse();
    assertThat(take(ring)).isEqualTo(bytes);
    assertThat(ring.offer(bytes, 0, bytes.length)).isTrue();
    for (int i = 0; i < 4; i++) {
      assertThat(take(ring)).isEqualTo(bytes);
    }
    assertThat(ring.isEmpty()).isTrue();
  }

  @Test
  void what_was_reserved_and_turned_out_shorter_takes_no_more_than_it_is() {
    FrameRing ring = new FrameRing(256);
    for (int i = 0; i < 1000; i++) {
      int at = ring.reserve(100);
      assertThat(at).as("round %d", i).isGreaterThanOrEqualTo(0);
      ring.commit(i % 50);
      assertThat(ring.peek()).isGreaterThanOrEqualTo(0);
      assertThat(ring.length()).isEqualTo(i % 50);
      ring.release();
    }
  }

  @Test
  void one_thread_puts_while_another_takes_and_nothing_is_lost_or_changed() throws Exception {
    FrameRing ring = new FrameRing(1 << 14);
    int frames = 200_000;
    Thread producer =
        Thread.ofPlatform()
            .start(() -> {
              byte[] bytes = new byte[300];
              for (int i = 0; i < frames; i++) {
                Arrays.fill(bytes, (byte) i);
                while (!ring.offer(bytes, 0, i % 300)) {
                  Thread.onSpinWait();
                }
              }
            });
    byte[] got = new byte[300];
    for (int i = 0; i < frames; i++) {
      while (ring.peek() < 0) {
        Thread.onSpinWait();
      }
      assertThat(ring.length()).isEqualTo(i % 300);
      ring.copyTo(got, 0);
      ring.release();
      for (int b = 0; b < i % 300; b++) {
        if (got[b] != (byte) i) {
          throw new AssertionError("frame " + i + " byte " + b);
        }
      }
    }
    producer.join();
  }
}
