package cellblock.control.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class FrameChannelTest {
  private static final List<String> ENV = List.of("A=1", "B=", "C=é\n");

  /** A byte channel over memory that hands out at most {@code step} bytes a read. */
  private static final class Memory implements ByteChannel {
    private final ByteBuffer input;
    private final int step;
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();

    Memory(byte[] input, int step) {
      this.input = ByteBuffer.wrap(input);
      this.step = step;
    }

    @Override
    public int read(ByteBuffer into) {
      int n = Math.min(step, Math.min(into.remaining(), input.remaining()));
      if (n == 0) {
        return -1;
      }
      for (int i = 0; i < n; i++) {
        into.put(input.get());
      }
      return n;
    }

    @Override
    public int write(ByteBuffer from) {
      output.write(from.get());
      return 1;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  private static byte[] written(int type, byte[] body) throws IOException {
    Memory memory = new Memory(new byte[0], 1);
    new FrameChannel(memory).write(type, body);
    return memory.output.toByteArray();
  }

  private static Frame read(byte[] bytes, int step) throws IOException {
    return new FrameChannel(new Memory(bytes, step)).read(FrameType.MAX_FRAME);
  }

  @Test
  void a_frame_survives_a_channel_that_moves_a_byte_at_a_time() throws IOException {
    byte[] body = new byte[100_000];
    new Random(1).nextBytes(body);
    Frame frame = read(written(FrameType.STDOUT, body), 1);
    assertThat(frame.type()).isEqualTo(FrameType.STDOUT);
    assertThat(frame.body()).isEqualTo(body);
  }

  @Test
  void the_end_between_frames_is_no_error() throws IOException {
    assertThat(read(new byte[0], 1)).isNull();
  }

  @Test
  void half_a_message_is_an_error_wherever_it_is_cut() throws IOException {
    byte[] whole = written(FrameType.STDOUT, new byte[20]);
    for (int cut = 1; cut < whole.length; cut++) {
      byte[] half = Arrays.copyOf(whole, cut);
      assertThatThrownBy(() -> read(half, 3)).isInstanceOf(EOFException.class);
    }
  }

  @Test
  void a_length_of_one_gibibyte_is_refused_without_taking_memory() {
    byte[] head = ByteBuffer.allocate(5).putInt(1 << 30).put((byte) 1).array();
    assertThatThrownBy(() -> read(head, 5))
        .isInstanceOf(ProtocolError.class)
        .hasMessageContaining("1073741824");
  }

  @Test
  void lengths_below_one_are_refused() {
    for (int length : new int[] {0, -1, Integer.MIN_VALUE}) {
      byte[] head = ByteBuffer.allocate(5).putInt(length).put((byte) 1).array();
      assertThatThrownBy(() -> read(head, 5)).isInstanceOf(ProtocolError.class);
    }
  }

  @Test
  void a_promised_length_takes_memory_only_as_bytes_arrive() {
    byte[] head = ByteBuffer.allocate(6).putInt(FrameType.MAX_FRAME).put((byte) 1).array();
    assertThatThrownBy(() -> read(head, 6)).isInstanceOf(EOFException.class);
  }

  @Test
  void a_greeting_reads_as_it_was_written() throws IOException {
    Hello hello = new Hello(1L << 33, "ping", List.of("-c", "3", "ü"), "/x y", ENV);
    assertThat(Hello.decode(hello.encode())).isEqualTo(hello);
  }

  @Test
  void a_launch_reads_as_it_was_written() throws IOException {
    Launch launch =
        new Launch("/bin/sh", List.of("sh", "-c", ":"), ENV, "/", 1L << 61, "/tmp/log", true);
    assertThat(Launch.decode(launch.encode())).isEqualTo(launch);
  }

  @Test
  void a_greeting_of_another_version_is_refused() {
    byte[] body = new Hello(1, "ping", List.of(), "/", List.of()).encode();
    body[7]++;
    assertThatThrownBy(() -> Hello.decode(body)).hasMessageContaining("version 2");
  }

  @Test
  void no_damage_to_a_greeting_does_more_than_a_protocol_error() throws IOException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    byte[] good = new Hello(7, "ifconfig", List.of("-l", "-a"), "/root", ENV).encode();
    for (int round = 0; round < 20_000; round++) {
      byte[] bad = Arrays.copyOf(good, random.nextInt(good.length + 8));
      for (int hits = random.nextInt(4); hits >= 0 && bad.length > 0; hits--) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt();
      }
      try {
        Hello.decode(bad);
      } catch (ProtocolError expected) {
        assertThat(expected.getMessage()).as("seed %d", seed).isNotEmpty();
      }
    }
  }
}
