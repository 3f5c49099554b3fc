package cellblock.bench;

import cellblock.host.Kernel;
import cellblock.inet.Inet;
import cellblock.inet.socket.Socket;
import cellblock.inet.socket.Stream;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.vnet.Vnet;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * TCP and UDP between vnets in real time: one stream at MTU 1500 with checksums and with large
 * segments, by one thread, by two, in pairs on two threads; 1-byte request and response on virtual
 * and platform threads; 64-byte datagrams; connections a second; the memory of idle ones.
 *
 * <p>Run: {@code bench/run -m cellblock.bench.TcpBench [CASE...]}, where a case is bulk, large,
 * pairs, rr, udp, connect or idle; all of them without one.
 */
public final class TcpBench {
  private static final int IO = 1 << 16;
  private static final int SAMPLES = 1 << 18;
  private static final int IDLE = 10_000;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final Kernel kernel;
  private final Report report;
  private final int runs = Report.setting("runs", 5);
  private final long nanos = Report.setting("run", 2000) * 1_000_000L;
  private final List<TcpPair> pairs = new ArrayList<>();

  private TcpBench(Kernel kernel) throws Exception {
    this.kernel = kernel;
    this.report = new Report("tcp");
    for (int i = 0; i < 4; i++) {
      pairs.add(new TcpPair(kernel.machine(), i));
    }
  }

  /** Measures. */
  public static void main(String[] args) throws Exception {
    List<String> cases =
        args.length > 0
            ? List.of(args)
            : List.of("bulk", "large", "pairs", "rr", "udp", "connect", "idle");
    try (Kernel kernel = Kernel.boot(Kernel.Config.defaults(1))) {
      TcpBench bench = new TcpBench(kernel);
      for (String name : cases) {
        new CoreDistance().report(bench.report, 3);
        switch (name) {
          case "bulk" -> bench.bulk("MTU 1500 with checksums", false);
          case "large" -> bench.bulk("large segments", true);
          case "pairs" -> bench.pairs();
          case "rr" -> bench.roundTrips();
          case "udp" -> bench.datagrams();
          case "connect" -> bench.connections();
          case "idle" -> bench.idle();
          default -> throw new IllegalArgumentException("no case " + name);
        }
      }
    }
  }

  // ---- threads ----

  /** What a thread does until it is done. */
  private interface Body {
    void run() throws ErrnoException;
  }

  private static Thread start(boolean virtual, Body body) {
    Runnable run =
        () -> {
          try {
            body.run();
          } catch (ErrnoException e) {
            throw new IllegalStateException(e);
          }
        };
    return virtual ? Thread.ofVirtual().start(run) : Thread.ofPlatform().start(run);
  }

  private static void join(Thread... threads) throws InterruptedException {
    for (Thread t : threads) {
      t.join();
    }
  }

  // ---- bulk ----

  private void bulk(String what, boolean large) throws Exception {
    TcpPair pair = pairs.getFirst();
    pair.large(large);
    double[] rate = new double[runs];
    double[] perCpu = new double[runs];
    Warm.up(3, () -> pump(List.of(pair), 300_000_000));
    for (int i = 0; i < runs; i++) {
      long cpu = THREADS.getCurrentThreadCpuTime();
      long start = System.nanoTime();
      rate[i] = pump(List.of(pair), nanos);
      double used = THREADS.getCurrentThreadCpuTime() - cpu;
      perCpu[i] = rate[i] / (used / (System.nanoTime() - start));
    }
    report.row("stream " + what + " one thread", "Gb/s", rate);
    report.row("stream " + what + " one thread", "Gb/s a CPU", perCpu);
    for (boolean virtual : new boolean[] {false, true}) {
      stream(pair, virtual, 3_000_000_000L);
      for (int i = 0; i < runs; i++) {
        rate[i] = stream(pair, virtual, nanos);
      }
      report.row("stream " + what + " two " + kind(virtual), "Gb/s", rate);
    }
    pair.large(false);
  }

  private static String kind(boolean virtual) {
    return virtual ? "virtual threads" : "platform threads";
  }

  /** Both ends of each pair in the calling thread, pair after pair; Gb/s of all together. */
  private static double pump(List<TcpPair> pairs, long length) throws ErrnoException {
    List<TcpPair.Connection> connections = new ArrayList<>();
    for (TcpPair p : pairs) {
      connections.add(p.connect());
    }
    byte[] data = new byte[IO];
    byte[] into = new byte[IO];
    long bytes = 0;
    long start = System.nanoTime();
    long now = start;
    while (now - start < length) {
      for (TcpPair.Connection c : connections) {
        bytes += pump(c, data, into);
      }
      now = System.nanoTime();
    }
    connections.forEach(TcpPair.Connection::close);
    return bytes * 8.0 / (now - start);
  }

  private static long pump(TcpPair.Connection c, byte[] data, byte[] into) throws ErrnoException {
    Stream out = c.client().stream();
    Stream in = c.server().stream();
    long bytes = 0;
    for (int i = 0; i < 8; i++) {
      if (out.canWrite()) {
        out.write(data, 0, data.length, 0);
      }
      while (in.receive.size() > 0) {
        bytes += in.read(into, 0, into.length, 0);
      }
    }
    return bytes;
  }

  /** One thread writes, another reads. */
  private static double stream(TcpPair pair, boolean virtual, long length) throws Exception {
    long[] result = new long[2];
    try (TcpPair.Connection c = pair.connect()) {
      Thread reader = start(virtual, () -> read(c.server(), result));
      Thread writer =
          start(
              virtual,
              () -> {
                byte[] data = new byte[IO];
                long end = System.nanoTime() + length;
                while (System.nanoTime() < end) {
                  c.client().stream().write(data, 0, data.length, Socket.FOREVER);
                }
                c.client().shutdown(false, true);
              });
      join(writer, reader);
    }
    return result[0] * 8.0 / result[1];
  }

  private static void read(Socket from, long[] result) throws ErrnoException {
    byte[] into = new byte[IO];
    long start = System.nanoTime();
    for (int n = 0; n >= 0; n = from.stream().read(into, 0, into.length, Socket.FOREVER)) {
      result[0] += n;
    }
    result[1] = System.nanoTime() - start;
  }

  // ---- pairs ----

  /** Independent pairs, both ends of each in one thread: one pair on one, then more on two. */
  private void pairs() throws Exception {
    Warm.up(3, () -> pump(pairs, 300_000_000));
    for (int count : new int[] {1, 2, 4}) {
      double[] rate = new double[runs];
      for (int i = 0; i < runs; i++) {
        double[] each = new double[Math.min(count, 2)];
        Thread[] threads = new Thread[each.length];
        for (int t = 0; t < each.length; t++) {
          int me = t;
          List<TcpPair> mine =
              count == 4 ? pairs.subList(2 * t, 2 * t + 2) : pairs.subList(t, t + 1);
          threads[t] = start(false, () -> each[me] = pump(mine, nanos));
        }
        join(threads);
        rate[i] = Arrays.stream(each).sum();
      }
      report.row(count + " pairs on " + Math.min(count, 2) + " threads", "Gb/s", rate);
    }
  }

  // ---- request and response ----

  private void roundTrips() throws Exception {
    TcpPair pair = pairs.getFirst();
    for (boolean virtual : new boolean[] {true, false}) {
      long[] took = new long[SAMPLES];
      for (int i = 0; i < 4; i++) {
        roundTrips(pair, virtual, 1_000_000_000L, took);
      }
      double[] rate = new double[runs];
      double[] median = new double[runs];
      double[] tail = new double[runs];
      for (int i = 0; i < runs; i++) {
        long n = roundTrips(pair, virtual, nanos, took);
        rate[i] = n * 1e9 / nanos;
        int samples = (int) Math.min(n, SAMPLES);
        Arrays.sort(took, 0, samples);
        median[i] = took[samples / 2] / 1e3;
        tail[i] = took[(int) (samples * 0.99)] / 1e3;
      }
      String name = "1-byte request and response " + kind(virtual);
      report.row(name, "round trips/s", rate);
      report.row(name, "p50 us", median);
      report.row(name, "p99 us", tail);
    }
  }

  private static long roundTrips(TcpPair pair, boolean virtual, long length, long[] took)
      throws Exception {
    long[] count = new long[1];
    try (TcpPair.Connection c = pair.connect()) {
      Thread echo = start(virtual, () -> echo(c.server()));
      Thread asker =
          start(
              virtual,
              () -> {
                byte[] one = new byte[1];
                long last = System.nanoTime();
                long end = last + length;
                while (last < end) {
                  c.client().stream().write(one, 0, 1, Socket.FOREVER);
                  c.client().stream().read(one, 0, 1, Socket.FOREVER);
                  long now = System.nanoTime();
                  took[(int) (count[0]++ & SAMPLES - 1)] = now - last;
                  last = now;
                }
                c.client().shutdown(false, true);
              });
      join(asker, echo);
    }
    return count[0];
  }

  private static void echo(Socket server) throws ErrnoException {
    byte[] one = new byte[1];
    while (server.stream().read(one, 0, 1, Socket.FOREVER) > 0) {
      server.stream().write(one, 0, 1, Socket.FOREVER);
    }
  }

  // ---- datagrams ----

  /** Frames of 64 bytes: by one thread, bursts of 16 sent, then received; by two threads. */
  private void datagrams() throws Exception {
    try (TcpPair.Connection c = pairs.getFirst().datagrams()) {
      Warm.up(3, () -> datagrams(c, 300_000_000));
      double[] rate = new double[runs];
      double[] perCpu = new double[runs];
      for (int i = 0; i < runs; i++) {
        long cpu = THREADS.getCurrentThreadCpuTime();
        long start = System.nanoTime();
        rate[i] = datagrams(c, nanos);
        double used = THREADS.getCurrentThreadCpuTime() - cpu;
        perCpu[i] = rate[i] / (used / (System.nanoTime() - start));
      }
      String name = "UDP 64-byte frames sent and received ";
      report.row(name + "one thread", "datagrams/s", rate);
      report.row(name + "one thread", "datagrams/s a CPU", perCpu);
      for (boolean virtual : new boolean[] {false, true}) {
        double[] lost = new double[runs];
        double[] full = new double[runs];
        flood(c, virtual, 3_000_000_000L, rate, lost, full, 0);
        for (int i = 0; i < runs; i++) {
          flood(c, virtual, nanos, rate, lost, full, i);
        }
        report.row(name + "two " + kind(virtual), "datagrams/s", rate);
        report.row(name + "two " + kind(virtual), "% lost", lost);
        report.row(name + "two " + kind(virtual), "% lost in a full socket buffer", full);
      }
    }
  }

  private static double datagrams(TcpPair.Connection c, long length) throws ErrnoException {
    byte[] data = new byte[18];
    long received = 0;
    long start = System.nanoTime();
    long now = start;
    while (now - start < length) {
      for (int i = 0; i < 16; i++) {
        c.client().send(data, 0, data.length, null, 0);
      }
      while (c.server().readable()) {
        c.server().receive(data, 0, data.length, null, 0, false);
        received++;
      }
      now = System.nanoTime();
    }
    return received * 1e9 / (now - start);
  }

  /** One thread sends as fast as it can, another receives what comes. */
  private void flood(
      TcpPair.Connection c,
      boolean virtual,
      long length,
      double[] rate,
      double[] lost,
      double[] full,
      int run)
      throws Exception {
    long before = fullSockets();
    long[] sent = new long[1];
    long[] came = new long[1];
    Thread receiver =
        start(
            virtual,
            () -> {
              byte[] into = new byte[64];
              while (c.server().receive(into, 0, into.length, null, Socket.FOREVER, false) > 1) {
                came[0]++;
              }
            });
    Thread sender =
        start(
            virtual,
            () -> {
              byte[] data = new byte[18];
              long end = System.nanoTime() + length;
              while (System.nanoTime() < end) {
                for (int i = 0; i < 16; i++) {
                  sent[0] += send(c.client(), data, data.length) ? 1 : 0;
                }
              }
            });
    sender.join();
    while (receiver.isAlive()) { // a byte alone is the end; it may be lost
      send(c.client(), new byte[1], 1);
      receiver.join(10);
    }
    rate[run] = came[0] * 1e9 / length;
    lost[run] = 100.0 * (sent[0] - came[0]) / sent[0];
    full[run] = 100.0 * (fullSockets() - before) / sent[0];
  }

  /** "dropped due to full socket buffers" of netstat -s. */
  private long fullSockets() throws ErrnoException {
    Vnet v = pairs.getFirst().server;
    return v.call(() -> Inet.of(v).udpStats.fullsock);
  }

  /** False when the other end's inbox was full. */
  private static boolean send(Socket to, byte[] data, int length) throws ErrnoException {
    try {
      to.send(data, 0, length, null, 0);
      return true;
    } catch (ErrnoException e) {
      if (e.errno() != Errno.ENOBUFS) {
        throw e;
      }
      Thread.yield();
      return false;
    }
  }

  // ---- connections ----

  /** Made, accepted, a byte each way, closed by the client, closed by the server; one thread. */
  private void connections() throws Exception {
    TcpPair pair = pairs.get(1);
    pair.client.call(() -> {
      Inet.of(pair.client).tcp.open().settings.msl.set(1);
      return true;
    });
    try (Socket listener = pair.listen(128)) {
      Warm.up(3, () -> connections(pair, listener, 300_000_000));
      double[] rate = new double[runs];
      for (int i = 0; i < runs; i++) {
        rate[i] = connections(pair, listener, nanos);
      }
      report.row(
          "connections made and closed with a byte each way one thread", "connections/s", rate);
    }
  }

  private static double connections(TcpPair pair, Socket listener, long length)
      throws ErrnoException {
    byte[] one = new byte[1];
    long made = 0;
    long start = System.nanoTime();
    long now = start;
    while (now - start < length) {
      try (TcpPair.Connection c = pair.connect(listener)) {
        c.client().stream().write(one, 0, 1, Socket.FOREVER);
        c.server().stream().read(one, 0, 1, Socket.FOREVER);
        c.server().stream().write(one, 0, 1, Socket.FOREVER);
        c.client().stream().read(one, 0, 1, Socket.FOREVER);
      }
      made++;
      now = System.nanoTime();
    }
    return made * 1e9 / (now - start);
  }

  /** Bytes of the heap that a connection holds, both ends together, after a byte each way. */
  private void idle() throws Exception {
    TcpPair pair = new TcpPair(kernel.machine(), 9);
    byte[] one = new byte[1];
    List<TcpPair.Connection> held = new ArrayList<>(IDLE);
    try (Socket listener = pair.listen(128)) {
      long before = heap();
      for (int i = 0; i < IDLE; i++) {
        TcpPair.Connection c = pair.connect(listener);
        c.client().stream().write(one, 0, 1, Socket.FOREVER);
        c.server().stream().read(one, 0, 1, Socket.FOREVER);
        held.add(c);
      }
      double each = (double) (heap() - before) / IDLE;
      report.row(IDLE + " idle connections", "bytes a connection of both ends", each);
    }
    held.forEach(TcpPair.Connection::close);
  }

  private static long heap() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
