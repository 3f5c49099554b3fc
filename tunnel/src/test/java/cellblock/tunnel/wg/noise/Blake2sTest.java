package cellblock.tunnel.wg.noise;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** BLAKE2s against RFC 7693. */
class Blake2sTest {
  private static String hash(int length, byte[] key, byte[] data) {
    byte[] out = new byte[length];
    new Blake2s().begin(length, key).update(data).finish(out, 0);
    return HexFormat.of().formatHex(out);
  }

  /** The bytes of the self-test: a Fibonacci generator. */
  private static byte[] sequence(int length, int seed) {
    byte[] out = new byte[length];
    int a = 0xdead4bad * seed;
    int b = 1;
    for (int i = 0; i < length; i++) {
      int t = a + b;
      a = b;
      b = t;
      out[i] = (byte) (t >>> 24);
    }
    return out;
  }

  @Test
  void abc_is_as_in_appendix_b() {
    assertThat(hash(32, new byte[0], "abc".getBytes(StandardCharsets.US_ASCII)))
        .isEqualTo("508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982");
  }

  @Test
  void the_self_test_of_appendix_e_gives_the_grand_hash() {
    Blake2s all = new Blake2s().begin(32);
    for (int length : new int[] {16, 20, 28, 32}) {
      for (int bytes : new int[] {0, 3, 64, 65, 255, 1024}) {
        byte[] data = sequence(bytes, bytes);
        all.update(HexFormat.of().parseHex(hash(length, new byte[0], data)));
        byte[] key = sequence(length, length);
        all.update(HexFormat.of().parseHex(hash(length, key, data)));
      }
    }
    byte[] out = new byte[32];
    all.finish(out, 0);
    assertThat(HexFormat.of().formatHex(out))
        .isEqualTo("6a411f08ce25adcdfb02aba641451cec53c598b24f4fc787fbdc88797f4c1dfe");
  }

  @Test
  void pieces_hash_as_the_whole_does() {
    Random random = new Random(5);
    Blake2s blake = new Blake2s();
    for (int i = 0; i < 500; i++) {
      byte[] data = new byte[random.nextInt(400)];
      random.nextBytes(data);
      blake.begin(32);
      int at = 0;
      while (at < data.length) {
        int piece = 1 + random.nextInt(data.length - at);
        blake.update(data, at, piece);
        at += piece;
      }
      byte[] out = new byte[32];
      blake.finish(out, 0);
      assertThat(HexFormat.of().formatHex(out)).isEqualTo(hash(32, new byte[0], data));
    }
  }
}
