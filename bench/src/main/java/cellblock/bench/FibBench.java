package cellblock.bench;

import cellblock.net.route.PrefixTree;
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
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToLongFunction;
import java.util.zip.GZIPInputStream;

/**
 * The forwarding table with a real full table: load time, lookups per second (addresses at random,
 * and inside prefixes of the table), single changes per second, bytes per prefix; for both
 * families, on one thread.
 *
 * <p>Run: {@code bench/run -m cellblock.bench.FibBench [bgp-prefixes.txt.gz]}: one prefix a line.
 */
public final class FibBench {
  private static final int NEXTHOPS = 64;
  private static final int ADDRESSES = 1 << 20;
  private static final int ROUNDS = 10;
  private static final int WARM = 5;
  private static final long SEED = 20250601;

  private FibBench() {}

  private record Prefix(long hi, long lo, int length) {}

  private record Nexthop(int index) {}

  private record Addresses(long[] hi, long[] lo) {}

  /** Measures both families. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path file = Path.of(args.length > 0 ? args[0] : "../shared/data/bgp-prefixes.txt.gz");
    Report report = new Report("fib");
    List<Prefix> four = new ArrayList<>();
    List<Prefix> six = new ArrayList<>();
    read(file, four, six);
    Nexthop[] nexthops = new Nexthop[NEXTHOPS];
    for (int i = 0; i < NEXTHOPS; i++) {
      nexthops[i] = new Nexthop(i);
    }
    small(report, nexthops[0]);
    new Family(report, "v4", PrefixTree.IPV4, four, nexthops).measure();
    new Family(report, "v6", PrefixTree.IPV6, six, nexthops).measure();
  }

  /** Bytes of a small jail's table: a default, the loopback host, a network and its own host. */
  private static void small(Report report, Nexthop nexthop) throws IOException {
    List<PrefixTree<Nexthop>> trees = new ArrayList<>(ADDRESSES);
    long before = used();
    for (int i = 0; i < 100_000; i++) {
      trees.add(
          PrefixTree.<Nexthop>empty(PrefixTree.IPV4)
              .with(0, 0, 0, nexthop)
              .with(0x7f000001L << 32, 0, 32, nexthop)
              .with(0xc0000200L << 32, 0, 24, nexthop)
              .with(0xc0000201L << 32, 0, 32, nexthop));
    }
    long bytes = used() - before;
    report.row("table of 4 prefixes", "bytes", (double) bytes / trees.size());
  }

  private static long used() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private static void read(Path file, List<Prefix> four, List<Prefix> six) throws IOException {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.US_ASCII))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        int slash = line.indexOf('/');
        int length = Integer.parseInt(line.substring(slash + 1));
        byte[] bytes = InetAddress.ofLiteral(line.substring(0, slash)).getAddress();
        ByteBuffer address = ByteBuffer.wrap(bytes);
        if (bytes.length == 4) {
          four.add(new Prefix((long) address.getInt() << 32, 0, length));
        } else {
          six.add(new Prefix(address.getLong(), address.getLong(), length));
        }
      }
    }
  }

  /** Everything measured of one family. */
  private record Family(
      Report report, String name, int width, List<Prefix> prefixes, Nexthop[] nexthops) {

    void measure() throws IOException {
      List<Prefix> shuffled = new ArrayList<>(prefixes);
      Collections.shuffle(shuffled, new Random(SEED));
      row("prefixes", "prefixes", prefixes.size());
      row("load sorted", "ms", each(round -> load(prefixes).size(), nanos -> nanos / 1e6));
      row("load shuffled", "ms", each(round -> load(shuffled).size(), nanos -> nanos / 1e6));
      long before = used();
      PrefixTree<Nexthop> tree = load(shuffled);
      long bytes = used() - before;
      row("memory", "bytes a prefix", (double) bytes / tree.size());
      lookups(tree, "lookup random", random());
      lookups(tree, "lookup in table", inTable(shuffled));
      changes(tree, shuffled);
    }

    private PrefixTree<Nexthop> load(List<Prefix> order) {
      PrefixTree.Builder<Nexthop> builder = PrefixTree.builder(width);
      int i = 0;
      for (Prefix p : order) {
        builder.put(p.hi(), p.lo(), p.length(), nexthops[i++ % NEXTHOPS]);
      }
      return builder.build();
    }

    private void lookups(PrefixTree<Nexthop> tree, String what, Addresses addresses)
        throws IOException {
      if (width == PrefixTree.IPV4) {
        int[] four = new int[ADDRESSES];
        for (int i = 0; i < ADDRESSES; i++) {
          four[i] = (int) (addresses.hi()[i] >>> 32);
        }
        row(what, "lookups/s", each(round -> lookup4(tree, four), Family::rate));
        row(what + " chained", "lookups/s", each(round -> chained4(tree, four), Family::rate));
      } else {
        row(what, "lookups/s", each(round -> lookup6(tree, addresses), Family::rate));
      }
    }

    private static double rate(double nanos) {
      return ADDRESSES / nanos * 1e9;
    }

    private static long lookup4(PrefixTree<Nexthop> tree, int[] addresses) {
      long sum = 0;
      for (int address : addresses) {
        Nexthop found = tree.lookup4(address);
        sum += found == null ? -1 : found.index();
      }
      return sum;
    }

    /** Each lookup waits for the answer of the one before. */
    private static long chained4(PrefixTree<Nexthop> tree, int[] addresses) {
      int last = 0;
      for (int address : addresses) {
        Nexthop found = tree.lookup4(address ^ last);
        last = found == null ? 0 : found.index() >>> 8;
      }
      return last;
    }

    private static long lookup6(PrefixTree<Nexthop> tree, Addresses addresses) {
      long[] hi = addresses.hi();
      long[] lo = addresses.lo();
      long sum = 0;
      for (int i = 0; i < hi.length; i++) {
        Nexthop found = tree.lookup(hi[i], lo[i]);
        sum += found == null ? -1 : found.index();
      }
      return sum;
    }

    private Addresses random() {
      SplittableRandom random = new SplittableRandom(SEED);
      Addresses all = new Addresses(new long[ADDRESSES], new long[ADDRESSES]);
      for (int i = 0; i < ADDRESSES; i++) {
        boolean four = width == PrefixTree.IPV4;
        all.hi()[i] = four ? random.nextLong() & -1L << 32 : 1L << 61 | random.nextLong() >>> 3;
        all.lo()[i] = four ? 0 : random.nextLong();
      }
      return all;
    }

    private Addresses inTable(List<Prefix> shuffled) {
      SplittableRandom random = new SplittableRandom(SEED);
      Addresses all = new Addresses(new long[ADDRESSES], new long[ADDRESSES]);
      for (int i = 0; i < ADDRESSES; i++) {
        Prefix p = shuffled.get(random.nextInt(shuffled.size()));
        long host = width == PrefixTree.IPV4 ? random.nextLong() & -1L << 32 : random.nextLong();
        all.hi()[i] = p.hi() | (p.length() >= 64 ? 0 : host >>> p.length());
        all.lo()[i] = width == PrefixTree.IPV4 ? 0 : p.lo();
        all.hi()[i] &= width == PrefixTree.IPV4 ? -1L << 32 : -1L;
      }
      return all;
    }

    /** One change: take a prefix out, or put it back; each time a whole new tree. */
    private void changes(PrefixTree<Nexthop> tree, List<Prefix> shuffled) throws IOException {
      int count = Math.min(100_000, shuffled.size());
      double[] rates =
          each(
              round -> {
                PrefixTree<Nexthop> now = tree;
                for (Prefix p : shuffled.subList(0, count)) {
                  now = now.without(p.hi(), p.lo(), p.length());
                }
                for (Prefix p : shuffled.subList(0, count)) {
                  now = now.with(p.hi(), p.lo(), p.length(), nexthops[p.length() % NEXTHOPS]);
                }
                return now.size();
              },
              nanos -> 2 * count / nanos * 1e9);
      row("change", "changes/s", rates);
    }

    /** A figure of each round, of the nanoseconds that it took; the first rounds warm up. */
    private static double[] each(ToLongFunction<Integer> work, DoubleUnaryOperator figure) {
      double[] figures = new double[ROUNDS];
      long sink = 0;
      for (int round = -WARM; round < ROUNDS; round++) {
        long start = System.nanoTime();
        sink += work.applyAsLong(round);
        long nanos = System.nanoTime() - start;
        if (round >= 0) {
          figures[round] = figure.applyAsDouble(nanos);
        }
      }
      if (sink == Long.MIN_VALUE) {
        System.out.println("never");
      }
      return figures;
    }

    private void row(String what, String unit, double... figures) throws IOException {
      report.row(name + " " + what, unit, figures);
    }
  }
}
