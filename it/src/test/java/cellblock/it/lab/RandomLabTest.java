package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Many small labs, each made up by a seed. A failure names its seed: {@link #ONE} runs it again.
 */
@Timeout(3600)
class RandomLabTest {
  /** How many; 1,000 in the profile "soak". */
  private static final int LABS = Integer.getInteger("cellblock.labs", 100);

  /** Seconds of CPU at most, so that a busy machine does no fewer; how far it came is said. */
  private static final long SECONDS = Integer.getInteger("cellblock.labs.seconds", 25);

  /** One seed alone. */
  private static final Long ONE = Long.getLong("cellblock.labs.seed");

  /** The first seed; others make other labs. */
  private static final long FIRST = Long.getLong("cellblock.labs.first", 1);

  @Test
  void labs_that_a_seed_makes_up_keep_every_invariant() throws Exception {
    if (ONE != null) {
      System.out.println(RandomLab.run(ONE));
      return;
    }
    long start = cpuSeconds();
    int done = 0;
    while (done < LABS && cpuSeconds() - start < SECONDS) {
      RandomLab.run(FIRST + done);
      done++;
    }
    System.out.printf(
        "random labs: %d of %d, seeds from %d, %d s of CPU%n",
        done, LABS, FIRST, cpuSeconds() - start);
    assertThat(done).isPositive();
  }

  private static long cpuSeconds() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toSeconds();
  }

  @Test
  void a_packet_off_its_way_and_one_from_nowhere_would_be_noticed() {
    RandomTopology topology = new RandomTopology(new SplittableRandom(3));
    RandomTopology.Cable first = topology.cables.getFirst();
    byte[] frame = new byte[64];
    frame[12] = 8;
    System.arraycopy(new byte[] {10, 0, 0, 1, 10, 0, 0, 2}, 0, frame, 26, 8);
    assertThat(RandomLab.fault(frame, 1, first, topology)).isNull();
    RandomTopology.Cable other = topology.cables.get(1);
    assertThat(RandomLab.fault(frame, 1, other, topology)).endsWith("off its way");
    frame[26] = (byte) 192;
    assertThat(RandomLab.fault(frame, 1, first, topology)).isEqualTo("packet 192.0.0.1 > 10.0.0.2");
    frame[13] = 6;
    assertThat(RandomLab.fault(frame, 1, other, topology)).startsWith("ARP of");
    byte[] six = new byte[64];
    six[0] = 28;
    six[12] = (byte) 0xfe;
    six[13] = (byte) 0x80;
    six[28] = (byte) 0xff;
    six[29] = 2;
    assertThat(RandomLab.fault(six, 0, first, topology)).isNull();
    six[12] = 0x20;
    assertThat(RandomLab.fault(six, 0, first, topology)).startsWith("packet 2080::");
  }

  @Test
  void the_same_seed_gives_the_same_lab_to_the_last_step() throws Exception {
    for (long seed = FIRST; seed < FIRST + 5; seed++) {
      assertThat(RandomLab.run(seed)).isEqualTo(RandomLab.run(seed));
    }
  }
}
