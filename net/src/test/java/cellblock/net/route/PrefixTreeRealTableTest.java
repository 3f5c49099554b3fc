package cellblock.net.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cellblock.net.route.PrefixModel.Prefix;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A real full table against the model. Needs {@code bgp-prefixes.txt.gz} (one prefix a line) in the
 * folder that the system property {@code cellblock.data} names; skipped without it.
 */
class PrefixTreeRealTableTest {
  private static final long SEED = 7;
  private static final Path FILE =
      Path.of(System.getProperty("cellblock.data", "../../shared/data"), "bgp-prefixes.txt.gz");

  private static List<Prefix> read(int width) throws IOException {
    assumeTrue(Files.isReadable(FILE), "no full table: set -Dcellblock.data (" + FILE + ")");
    List<Prefix> prefixes = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(FILE)), StandardCharsets.US_ASCII))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        int slash = line.indexOf('/');
        int length = Integer.parseInt(line.substring(slash + 1));
        byte[] bytes = InetAddress.ofLiteral(line.substring(0, slash)).getAddress();
        ByteBuffer address = ByteBuffer.wrap(bytes);
        if (bytes.length == 4 && width == 32) {
          prefixes.add(new Prefix((long) address.getInt() << 32, 0, length));
        } else if (bytes.length == 16 && width == 128) {
          prefixes.add(new Prefix(address.getLong(), address.getLong(), length));
        }
      }
    }
    return prefixes;
  }

  @ParameterizedTest
  @ValueSource(ints = {32, 128})
  void a_full_table_answers_like_the_model(int width) throws IOException {
    List<Prefix> prefixes = read(width);
    Map<Prefix, Object> model = new HashMap<>();
    Collections.shuffle(prefixes, new Random(SEED));
    PrefixTree.Builder<Object> builder = PrefixTree.builder(width);
    for (Prefix p : prefixes) {
      Object value = model.size();
      model.put(p, value);
      builder.put(p.hi(), p.lo(), p.length(), value);
    }
    PrefixTree<Object> tree = builder.build();
    assertThat(tree.size()).isEqualTo(model.size());
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < 100_000; i++) {
      Prefix p = prefixes.get(random.nextInt(prefixes.size()));
      long noise = i % 2 == 0 ? random.nextLong() : random.nextLong() >>> p.length();
      long hi = width == 32 ? (p.hi() ^ noise) & -1L << 32 : p.hi() ^ noise;
      Object expected = lookup(model, hi, p.lo(), width);
      assertThat(tree.lookup(hi, p.lo())).isEqualTo(expected);
      if (width == 32) {
        assertThat(tree.lookup4((int) (hi >>> 32))).isEqualTo(expected);
      }
    }
    for (Prefix p : prefixes.subList(0, 20_000)) {
      tree = tree.without(p.hi(), p.lo(), p.length());
      model.remove(p);
      assertThat(tree.lookup(p.hi(), p.lo())).isEqualTo(lookup(model, p.hi(), p.lo(), width));
    }
    assertThat(tree.size()).isEqualTo(model.size());
  }

  private static Object lookup(Map<Prefix, Object> model, long hi, long lo, int width) {
    for (int length = width; length >= 0; length--) {
      Object value = model.get(Prefix.around(hi, lo, length));
      if (value != null) {
        return value;
      }
    }
    return null;
  }
}
