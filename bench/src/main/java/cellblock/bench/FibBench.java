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
import java.util.SplittableRandom;
import java.util.function.ToLongFunction;
import java.util.zip.GZIPInputStream;

/**
 * The forwarding table with a real full table: load time, lookups per second (addresses at random,
 * and inside prefixes of the table), single changes per second, bytes per prefix; for both
 * families, on one thread. Prints one line of {@code key=value} a figure; each is the best of
 * several rounds.
 *
 * <p>Run: {@code java ... cellblock.bench.FibBench [bgp-prefixes.txt.gz]}: one prefix a line.
 */
public final class FibBench {
  private static final int NEXTHOPS = 64;
  private static final int ADDRESSES = 1 << 20;
  private static final int ROUNDS = 15;
  private static final long SEED = 20250601;

  private FibBench() {}

  private record Prefix(long hi, long lo, int length) {}

  private record Nexthop(int index) {}

  private record Addresses(long[] hi, long[] lo) {}

  /** Measures both families. */
  public static void main(String[] args) throws IOException {
    Path file = Path.of(args.length > 0 ? args[0] : "../shared/data/bgp-prefixes.txt.gz");
    System.out.printf("machine=%s cpus=%d%n", cpu(), Runtime.getRuntime().availableProcessors());
    System.out.printf(
        "jdk=%s %s%n", System.getProperty("java.vm.name"), System.getProperty("java.vm.version"));
    List<Prefix> four = new ArrayList<>();
    List<Prefix> six = new ArrayList<>();
    read(file, four, six);
    Nexthop[] nexthops = new Nexthop[NEXTHOPS];
    for (int i = 0; i < NEXTHOPS; i++) {
      nexthops[i] = new Nexthop(i);
    }
    small(nexthops[0]);
    new Family("v4", PrefixTree.IPV4, four, nexthops).measure();
    new Family("v6", PrefixTree.IPV6, six, nexthops).measure();
  }

  /** Bytes of a small jail's table: a default, the loopback host, a network and its own host. */
  private static void small(Nexthop nexthop) {
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
    System.out.printf("fib.small.4_prefixes=%d bytes%n", bytes / trees.size());
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

  private static String cpu() throws IOException {
    Path info = Path.of("/proc/cpuinfo");
    if (Files.isReadable(info)) {
      for (String line : Files.readAllLines(info)) {
        if (line.startsWith("model name")) {
          return line.substring(line.indexOf(':') + 2);
        }
      }
    }
    return System.getProperty("os.arch");
  }

  /** Everything measured of one family. */
  private record Family(String name, int width, List<Prefix> prefixes, Nexthop[] nexthops) {

    void measure() {
      List<Prefix> shuffled = new ArrayList<>(prefixes);
      Collections.shuffle(shuffled, new java.util.Random(SEED));
      print("prefixes", prefixes.size(), "");
      double sorted = best(round -> load(prefixes).size());
      double mixed = best(round -> load(shuffled).size());
      print("load_sorted", sorted / 1e6, "ms");
      print("load_shuffled", mixed / 1e6, "ms");
      long before = used();
      PrefixTree<Nexthop> tree = load(shuffled);
      long bytes = used() - before;
      print("memory", bytes / 1e6, "MB");
      print("memory_per_prefix", (double) bytes / tree.size(), "bytes");
      lookups(tree, "lookup_random", random());
      lookups(tree, "lookup_in_table", inTable(shuffled));
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

    private void lookups(PrefixTree<Nexthop> tree, String what, Addresses addresses) {
      if (width == PrefixTree.IPV4) {
        int[] four = new int[ADDRESSES];
        for (int i = 0; i < ADDRESSES; i++) {
          four[i] = (int) (addresses.hi()[i] >>> 32);
        }
        print(what, rate(best(round -> lookup4(tree, four))), "M/s");
        print(what + "_chained", rate(best(round -> chained4(tree, four))), "M/s");
      } else {
        print(what, rate(best(round -> lookup6(tree, addresses))), "M/s");
      }
    }

    private static double rate(double nanos) {
      return ADDRESSES / nanos * 1e3;
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
    private void changes(PrefixTree<Nexthop> tree, List<Prefix> shuffled) {
      int count = Math.min(100_000, shuffled.size());
      double nanos =
          best(round -> {
            PrefixTree<Nexthop> now = tree;
            for (Prefix p : shuffled.subList(0, count)) {
              now = now.without(p.hi(), p.lo(), p.length());
            }
            for (Prefix p : shuffled.subList(0, count)) {
              now = now.with(p.hi(), p.lo(), p.length(), nexthops[p.length() % NEXTHOPS]);
            }
            return now.size();
          });
      print("changes", 2 * count / nanos * 1e6, "k/s");
    }

    /** Nanoseconds of the fastest round. */
    private static double best(ToLongFunction<Integer> work) {
      double best = Double.MAX_VALUE;
      long sink = 0;
      for (int round = 0; round < ROUNDS; round++) {
        long start = System.nanoTime();
        sink += work.applyAsLong(round);
        best = Math.min(best, System.nanoTime() - start);
      }
      if (sink == Long.MIN_VALUE) {
        System.out.println("never");
      }
      return best;
    }

    private void print(String what, double figure, String unit) {
      System.out.printf("fib.%s.%s=%.1f %s%n", name, what, figure, unit);
    }
  }
}
