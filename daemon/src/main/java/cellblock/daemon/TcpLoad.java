package cellblock.daemon;

import cellblock.control.KernelError;
import cellblock.control.KernelPort;
import cellblock.control.SocketPort;
import cellblock.host.Jail;
import cellblock.host.Kernel;
import cellblock.kern.errno.ErrnoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * {@code cellblock bench tcp}: what two jails joined by an epair bring about, as iperf3 prints it.
 * A kernel of its own; a pair of jails for each stream, a thread for each end. Exit 0 when all that
 * was sent has come, 64 when the arguments are wrong.
 */
public final class TcpLoad {
  private static final int PORT = 5201;
  private static final int SAMPLES = 1 << 18;
  private static final String USAGE =
      """
      usage: cellblock bench tcp [-46R] [--large] [--udp | --rr] [--platform] [-i SECONDS]
                                 [-l BYTES] [-O SECONDS] [-P PAIRS] [-t SECONDS]
      """;

  /** What was asked for. */
  private static final class Asked {
    boolean six;
    boolean reverse;
    boolean large;
    boolean udp;
    boolean rr;
    boolean platform;
    double interval = 1;
    double omit = 2; // the compilers are at work
    int length;
    int pairs = 1;
    double seconds = 10;
  }

  /** One stream: its jails, and what was counted so far. */
  private static final class Flow {
    final int number;
    final Jail client;
    final Jail server;
    volatile long sent;
    volatile long came;
    volatile boolean over;
    final long[] took = new long[SAMPLES];

    Flow(int number, Jail client, Jail server) {
      this.number = number;
      this.client = client;
      this.server = server;
    }
  }

  private final Asked asked;
  private final Kernel kernel;
  private final LocalShell shell;
  private final List<Flow> flows = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile long end;

  private TcpLoad(Kernel kernel, Asked asked) {
    this.kernel = kernel;
    this.asked = asked;
    this.shell = new LocalShell(KernelDoor.of(kernel), Path.of("/"));
  }

  /** Runs it. */
  public static void main(String[] args) throws Exception {
    Locale.setDefault(Locale.ROOT);
    if (List.of(args).contains("--help")) {
      System.out.print(USAGE);
      return;
    }
    Asked asked = parse(args);
    if (asked == null) {
      System.err.print(USAGE);
      System.exit(64);
      return;
    }
    try (Kernel kernel = Kernel.boot(Kernel.Config.defaults(1))) {
      boolean whole = new TcpLoad(kernel, asked).run();
      if (!whole) {
        System.exit(1);
      }
    }
  }

  private static @Nullable Asked parse(String[] args) {
    Asked a = new Asked();
    try {
      for (int i = 0; i < args.length; i++) {
        switch (args[i]) {
          case "-4" -> a.six = false;
          case "-6" -> a.six = true;
          case "-R" -> a.reverse = true;
          case "--large" -> a.large = true;
          case "--udp" -> a.udp = true;
          case "--rr" -> a.rr = true;
          case "--platform" -> a.platform = true;
          case "-i" -> a.interval = Double.parseDouble(args[++i]);
          case "-l" -> a.length = Integer.parseInt(args[++i]);
          case "-O" -> a.omit = Double.parseDouble(args[++i]);
          case "-P" -> a.pairs = Integer.parseInt(args[++i]);
          case "-t" -> a.seconds = Double.parseDouble(args[++i]);
          default -> {
            return null;
          }
        }
      }
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
      return null;
    }
    if (a.length == 0) {
      a.length = a.rr ? 1 : a.udp ? 18 : 131_072; // 18: a frame of 64 bytes
    }
    boolean possible =
        a.pairs > 0
            && a.pairs <= 128
            && a.length > 0
            && a.length <= (a.udp ? 9_000 : 1 << 20)
            && a.interval >= 0.1
            && a.omit >= 0
            && a.seconds > 0
            && !(a.udp && (a.rr || a.reverse));
    return possible ? a : null;
  }

  // ---- the lab ----

  private void does(String command) {
    LocalShell.Result r = shell.line(command);
    if (!r.ok()) {
      throw new IllegalStateException(command + ": " + r.err().strip());
    }
  }

  private Flow flow(int n) {
    does("jail -c name=client" + n + " vnet persist");
    does("jail -c name=server" + n + " vnet persist");
    does("ifconfig epair" + n + " create");
    end(n, "client", "a", 1);
    end(n, "server", "b", 2);
    return new Flow(n, jail("client" + n), jail("server" + n));
  }

  private void end(int n, String jail, String letter, int host) {
    String ifname = "epair" + n + letter;
    does("ifconfig " + ifname + " vnet " + jail + n);
    String in = "jexec " + jail + n + " ifconfig " + ifname + " ";
    does(in + "inet 192.0.2." + host + "/24");
    if (asked.six) {
      does(in + "inet6 2001:db8::" + host + "/64 no_dad");
    }
    if (asked.large) {
      does(in + "txcsum txcsum6 tso");
    }
  }

  private Jail jail(String name) {
    Jail jail = kernel.jail(name);
    if (jail == null) {
      throw new IllegalStateException("no jail " + name);
    }
    return jail;
  }

  // ---- the run ----

  private boolean run() throws Exception {
    machine();
    for (int n = 0; n < asked.pairs; n++) {
      flows.add(flow(n));
    }
    for (Flow f : flows) {
      start(f.server, port -> serve(port, f));
      TimeUnit.MILLISECONDS.sleep(50); // it listens
    }
    long begin = System.nanoTime();
    long start = begin + (long) (asked.omit * 1e9);
    end = start + (long) (asked.seconds * 1e9);
    for (Flow f : flows) {
      start(f.client, port -> ask(port, f));
    }
    TimeUnit.NANOSECONDS.sleep(start - System.nanoTime());
    System.out.printf("[ ID] Interval           Transfer     Bitrate%n");
    long[] first = flows.stream().mapToLong(f -> f.came).toArray();
    long[] before = first.clone();
    double at = 0;
    while (at < asked.seconds) {
      double until = Math.min(at + asked.interval, asked.seconds);
      long wait = start + (long) (until * 1e9) - System.nanoTime();
      TimeUnit.NANOSECONDS.sleep(Math.max(0, wait));
      double now = (System.nanoTime() - start) / 1e9;
      lines(before, at, now);
      at = Math.max(now, until);
    }
    for (Thread t : threads) {
      t.join(10_000);
    }
    System.out.println("- - - - - - - - - - - - - - - - - - - - - - - - -");
    lines(first, 0, asked.seconds);
    boolean whole = true;
    for (Flow f : flows) {
      tail(f);
      whole &= asked.udp ? f.came > 0 : f.came == f.sent;
    }
    return whole;
  }

  private static void machine() throws IOException {
    String cpu = System.getProperty("os.arch");
    Path info = Path.of("/proc/cpuinfo");
    if (Files.isReadable(info)) {
      cpu =
          Files.readAllLines(info).stream()
              .filter(line -> line.startsWith("model name"))
              .findFirst()
              .map(line -> line.substring(line.indexOf(':') + 2).strip())
              .orElse(cpu);
    }
    System.out.printf(
        "%s x %d, %s %s, commit %s%n",
        cpu,
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("java.vm.name"),
        Runtime.version(),
        System.getProperty("cellblock.commit", "unknown"));
  }

  /** What came between two moments, seconds since the start. */
  private void lines(long[] before, double from, double to) {
    long sum = 0;
    for (Flow f : flows) {
      long came = f.came;
      line(String.format("%3d", f.number + 1), from, to, came - before[f.number]);
      sum += came - before[f.number];
      before[f.number] = came;
    }
    if (flows.size() > 1) {
      line("SUM", from, to, sum);
    }
  }

  private void line(String id, double from, double to, long came) {
    double seconds = to - from;
    if (asked.rr) {
      System.out.printf(
          "[%s] %6.2f-%-6.2f sec  %,12.0f round trips/s%n", id, from, to, came / seconds);
    } else {
      long bytes = asked.udp ? came * asked.length : came;
      String packets = asked.udp ? String.format("  %,.0f datagrams/s", came / seconds) : "";
      System.out.printf(
          "[%s] %6.2f-%-6.2f sec  %8.2f GBytes  %6.2f Gbits/sec%s%n",
          id, from, to, bytes / 1073741824.0, bytes * 8 / seconds / 1e9, packets);
    }
  }

  private void tail(Flow f) {
    if (asked.udp) {
      System.out.printf("[%3d] lost %,d of %,d%n", f.number + 1, f.sent - f.came, f.sent);
    }
    if (asked.rr && f.came > 0) {
      int n = (int) Math.min(f.came, SAMPLES);
      Arrays.sort(f.took, 0, n);
      System.out.printf(
          "[%3d] p50 %.2f us, p99 %.2f us%n",
          f.number + 1, f.took[n / 2] / 1e3, f.took[(int) (n * 0.99)] / 1e3);
    }
  }

  // ---- the two ends ----

  private void start(Jail jail, Jail.Program<Boolean> program) throws ErrnoException {
    if (asked.platform) {
      Thread t =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  jail.run("bench", program);
                } catch (Exception e) {
                  System.err.println(jail.name() + ": " + e);
                }
              });
      threads.add(t);
    } else {
      threads.add(jail.start("bench", program));
    }
  }

  private SocketPort open(KernelPort port) throws KernelError {
    return port.socket(
        asked.six ? SocketPort.Domain.INET6 : SocketPort.Domain.INET,
        asked.udp ? SocketPort.Type.DGRAM : SocketPort.Type.STREAM,
        0);
  }

  private boolean serve(KernelPort port, Flow f) throws Exception {
    try (SocketPort socket = open(port)) {
      socket.bind(null, PORT);
      if (asked.udp) {
        receive(socket, f);
        return true;
      }
      socket.listen(5);
      try (SocketPort child = socket.accept(null)) {
        if (child == null) {
          return false;
        }
        if (asked.rr) {
          echo(child);
        } else if (asked.reverse) {
          send(child, f);
        } else {
          read(child, f);
        }
      }
    }
    return true;
  }

  private boolean ask(KernelPort port, Flow f) throws Exception {
    try (SocketPort socket = open(port)) {
      socket.connect(asked.six ? "2001:db8::2" : "192.0.2.2", PORT);
      if (asked.udp) {
        datagrams(socket, f);
      } else if (asked.rr) {
        roundTrips(socket, f);
      } else if (asked.reverse) {
        read(socket, f);
      } else {
        send(socket, f);
      }
    }
    return true;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer each
  private void send(SocketPort to, Flow f) throws KernelError, InterruptedException {
    byte[] data = new byte[asked.length];
    while (System.nanoTime() < end) {
      to.write(data, 0, data.length);
      f.sent += data.length;
    }
    to.shutdown(false, true);
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer each
  private void read(SocketPort from, Flow f) throws KernelError, InterruptedException {
    byte[] into = new byte[asked.length];
    for (int n = 0; n >= 0; n = from.read(into, 0, into.length, null)) {
      f.came += n;
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer each
  private void roundTrips(SocketPort with, Flow f) throws KernelError, InterruptedException {
    with.setOption("TCP_NODELAY", 1);
    byte[] data = new byte[asked.length];
    long last = System.nanoTime();
    while (last < end) {
      with.write(data, 0, data.length);
      for (int got = 0; got < data.length; ) {
        int n = with.read(data, got, data.length - got, null);
        if (n < 0) {
          return;
        }
        got += n;
      }
      long now = System.nanoTime();
      f.took[(int) f.came & SAMPLES - 1] = now - last;
      f.came++;
      f.sent++;
      last = now;
    }
    with.shutdown(false, true);
  }

  private void echo(SocketPort with) throws KernelError, InterruptedException {
    with.setOption("TCP_NODELAY", 1);
    byte[] data = new byte[asked.length];
    for (int n = with.read(data, 0, data.length, null);
        n >= 0;
        n = with.read(data, 0, data.length, null)) {
      with.write(data, 0, n);
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer each
  private void datagrams(SocketPort to, Flow f) throws KernelError {
    byte[] data = new byte[asked.length];
    while (System.nanoTime() < end) {
      for (int i = 0; i < 16; i++) {
        try {
          to.sendTo(data, 0, data.length, null, 0);
        } catch (KernelError e) {
          if (!e.errno().equals("ENOBUFS")) {
            throw e;
          }
          Thread.yield(); // lost: the inbox of the other end is full
        }
      }
      f.sent += 16;
    }
    f.over = true;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer each
  private void receive(SocketPort from, Flow f) throws KernelError, InterruptedException {
    Duration patience = Duration.ofMillis(200);
    byte[] into = new byte[asked.length];
    while (true) {
      boolean last = f.over;
      if (from.receive(into, 0, into.length, patience) >= 0) {
        f.came++;
      } else if (last) {
        return;
      }
    }
  }
}
