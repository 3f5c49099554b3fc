package cellblock.userland.net.ping;

import cellblock.control.KernelError;
import cellblock.control.SocketPort;
import cellblock.userland.net.AddrInfo;
import cellblock.userland.net.Getopt;
import cellblock.userland.net.Inet6;
import cellblock.userland.net.Stdio;
import cellblock.userland.net.Sysexits;
import cellblock.userland.net.ToolExit;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** ping(8) with -6, and ping6. Ancestors: sbin/ping/ping6.c (pinger, pr_pack), main.c. */
public final class Ping6 {
  private static final String OPTIONS = "46ac:De:fHI:i:k:l:m:nNop:P:qoS:s:t:vWx:X:z:C:duY";
  private static final long SECOND = 1_000_000_000L;
  private static final long MILLI = 1_000_000L;
  private static final int TIME = 8;
  private static final int HEADER = 8;

  private final Stdio io;
  private final AtomicBoolean interrupted = new AtomicBoolean();
  private long count;
  private long interval = SECOND;
  private long timeout;
  private long waitMillis = 10_000;
  private int size = 8;
  private int hops = -1;
  private boolean quiet;
  private boolean once;
  private boolean dontFragment;
  private boolean flood;
  private @Nullable String source;
  private @Nullable String ifname;
  private String host = "";
  private String target = "";
  private int ident;
  private PingStats stats = new PingStats(true);

  private Ping6(Stdio io) {
    this.io = io;
  }

  /** Whether the words of ping ask for IPv6: -6, or an IPv6 address. */
  static boolean asked(List<String> args) {
    for (String word : args) {
      if (word.matches("-[4DHfnoqv]*6.*")) {
        return true;
      }
      if (word.equals("--")) {
        break;
      }
    }
    return !args.isEmpty() && Inet6.isAddress(args.getLast()) && !args.contains("-4");
  }

  /** Runs the tool. */
  public static int run(Stdio io) throws InterruptedException {
    return new Ping6(io).main();
  }

  private ToolExit usage() {
    io.eprint(
        """
        usage:
        \tping [-6DfHnoqv] [-c count] [-I interface] [-i wait] [-m hoplimit]
        \t    [-S sourceaddr] [-s packetsize] [-t timeout] [-x waittime] IPv6-host
        """);
    return new ToolExit(Sysexits.EX_USAGE);
  }

  private void parse() {
    Getopt getopt = new Getopt(io, "ping", io.context().args(), OPTIONS);
    for (int c = getopt.next(); c != Getopt.END; c = getopt.next()) {
      switch (c) {
        case '4' -> throw io.errx(1, "-4 and -6 cannot be used simultaneously");
        case 'c' -> count = number(getopt.value(), 1, Long.MAX_VALUE, "number of packets");
        case 'i' -> interval = seconds(getopt.value());
        case 's' -> size = (int) number(getopt.value(), 0, 65_487, "datalen");
        case 't', 'X' -> timeout = number(getopt.value(), 1, Integer.MAX_VALUE, "timeout");
        case 'x' -> waitMillis = number(getopt.value(), 1, Integer.MAX_VALUE, "timing interval");
        case 'm' -> hops = (int) number(getopt.value(), 0, 255, "hoplimit");
        case 'S' -> source = getopt.value();
        case 'I' -> ifname = getopt.value();
        case 'q' -> quiet = true;
        case 'o' -> once = true;
        case 'D' -> dontFragment = true;
        case 'f' -> flood = true;
        case '6', 'n', 'H', 'v', 'd', 'u' -> {
          // Names are never looked up; the rest changes nothing here.
        }
        default -> throw usage();
      }
    }
    List<String> rest = getopt.rest();
    if (rest.size() != 1) {
      throw usage();
    }
    host = rest.getFirst();
    List<String> found = AddrInfo.lookup(io, host, AddrInfo.Family.INET6, false);
    target = found.isEmpty() ? host : found.getFirst();
    if (found.isEmpty()) {
      throw io.errx(Sysexits.EX_NOHOST, "cannot resolve " + host + ": Unknown host");
    }
    boolean linkScoped =
        target.toLowerCase(Locale.ROOT).startsWith("fe80:")
            || target.toLowerCase(Locale.ROOT).startsWith("ff02:");
    if (ifname != null && linkScoped && target.indexOf('%') < 0) {
      target += "%" + ifname;
    }
  }

  private long number(String text, long low, long high, String what) {
    try {
      long value = Long.parseLong(text);
      if (value >= low && value <= high) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw io.errx(Sysexits.EX_USAGE, "illegal " + what + " -- " + text);
  }

  private long seconds(String text) {
    try {
      double value = Double.parseDouble(text);
      if (value > 0 && value < 1e9) {
        return Math.max(MILLI, (long) (value * SECOND));
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw io.errx(Sysexits.EX_USAGE, "illegal timing interval -- " + text);
  }

  private int main() throws InterruptedException {
    parse();
    stats = new PingStats(size >= TIME);
    ident = io.kernel().pid() & 0xffff;
    SocketPort socket;
    try {
      socket = io.kernel().socket(SocketPort.Domain.INET6, SocketPort.Type.RAW, 58);
    } catch (KernelError e) {
      throw io.err(Sysexits.EX_OSERR, "socket", e);
    }
    try (socket) {
      prepare(socket);
      String from = source == null ? sourceAddress() : source;
      Runnable stop =
          () -> {
            interrupted.set(true);
            socket.close();
          };
      io.context().onSignal("INT", stop);
      int total = 40 + HEADER + size;
      io.print("PING(" + total + "=40+8+" + size + " bytes) " + from + " --> " + target + "\n");
      io.flush();
      loop(socket);
    }
    io.print(stats.summary(host));
    return stats.received() > 0 ? 0 : 2;
  }

  private void prepare(SocketPort socket) {
    try {
      if (source != null) {
        socket.bind(source, 0);
      }
      if (hops >= 0) {
        socket.setOption("IPV6_UNICAST_HOPS", hops);
        socket.setOption("IPV6_MULTICAST_HOPS", hops);
      }
      if (dontFragment) {
        socket.setOption("IPV6_DONTFRAG", 1);
      }
    } catch (KernelError e) {
      throw io.err(1, source != null ? "bind" : "setsockopt", e);
    }
  }

  /** Which address the kernel would send from: a connected UDP socket tells. */
  private String sourceAddress() {
    try (SocketPort probe = io.kernel().socket(SocketPort.Domain.INET6, SocketPort.Type.DGRAM, 0)) {
      probe.connect(target, 58);
      return probe.localAddress();
    } catch (KernelError e) {
      throw io.err(1, "UDP connect", e);
    }
  }

  private void loop(SocketPort socket) throws InterruptedException {
    long start = io.context().nowNanos();
    long end = timeout > 0 ? start + timeout * SECOND : Long.MAX_VALUE;
    long every = flood ? 10 * MILLI : interval;
    send(socket);
    long due = start + every;
    boolean last = count == 1;
    if (last) {
      due = start + waitMillis * MILLI;
    }
    while (!interrupted.get()) {
      long now = io.context().nowNanos();
      if (now >= end) {
        return;
      }
      if (now >= due) {
        if (last) {
          return;
        }
        send(socket);
        last = count > 0 && stats.transmitted() >= count;
        due = now + (last ? Math.max(lastWait(), 1) : every);
        continue;
      }
      receive(socket, Math.min(Math.min(due, end) - now, SECOND));
      boolean all = count > 0 && stats.received() >= count;
      if (stats.received() > 0 && (once || all)) {
        return;
      }
    }
  }

  private long lastWait() {
    if (stats.received() > 0) {
      return Math.max(1, (long) (2 * stats.max() / 1000)) * SECOND;
    }
    return waitMillis * MILLI;
  }

  private void send(SocketPort socket) {
    long sequence = stats.send();
    long now = io.context().nowNanos();
    ByteBuffer m = ByteBuffer.allocate(HEADER + size);
    m.put((byte) 128).put((byte) 0).putShort((short) 0);
    m.putShort((short) ident).putShort((short) sequence);
    if (size >= TIME) {
      m.putInt((int) (now / SECOND)).putInt((int) (now % SECOND));
    }
    for (int i = size >= TIME ? TIME : 0; i < size; i++) {
      m.put(HEADER + i, (byte) i);
    }
    try {
      socket.sendTo(m.array(), 0, m.capacity(), target, 0);
    } catch (KernelError e) {
      if (!interrupted.get()) {
        io.warn("sendmsg", e);
        io.print("ping: wrote " + host + " " + m.capacity() + " chars, ret=-1\n");
      }
    }
  }

  private void receive(SocketPort socket, long wait) throws InterruptedException {
    SocketPort.Datagram d;
    try {
      d = socket.receive(Duration.ofNanos(Math.max(1, wait)));
    } catch (KernelError e) {
      if (!interrupted.get() && !e.errno().equals("EINTR")) {
        io.warn("recvmsg", e);
      }
      return;
    }
    if (d == null || d.data().length < HEADER) {
      return;
    }
    byte[] data = d.data();
    int type = data[0] & 0xff;
    if (type == 129 && IcmpText.int16(data, 4) == ident) {
      reply(d, data);
    } else if (type < 128 && !quiet) {
      error(d, data, type);
    }
  }

  private void reply(SocketPort.Datagram d, byte[] data) {
    int sequence = IcmpText.int16(data, 6);
    StringBuilder line = new StringBuilder();
    line.append(data.length).append(" bytes from ").append(d.from());
    line.append(", icmp_seq=").append(sequence).append(" hlim=").append(d.ttl());
    if (data.length >= HEADER + TIME && stats.timing()) {
      long now = d.timestampNanos() > 0 ? d.timestampNanos() : io.context().nowNanos();
      long sent =
          (IcmpText.int32(data, 8) & 0xffff_ffffL) * SECOND
              + (IcmpText.int32(data, 12) & 0xffff_ffffL);
      double millis =
          Math.max(0, (now / SECOND & 0xffff_ffffL) * SECOND + now % SECOND - sent) / 1e6;
      stats.time(millis);
      line.append(String.format(Locale.ROOT, " time=%.3f ms", millis));
    }
    boolean first = stats.receive(sequence);
    if (!quiet) {
      io.print(line.append(first ? "\n" : "(DUP!)\n").toString());
      io.flush();
    }
  }

  /** An error about one of ours: the quoted packet is an echo request with our number. */
  private void error(SocketPort.Datagram d, byte[] data, int type) {
    int inner = HEADER + 40;
    boolean ours =
        data.length >= inner + HEADER
            && data[HEADER + 6] == 58
            && (data[inner] & 0xff) == 128
            && IcmpText.int16(data, inner + 4) == ident;
    if (ours) {
      io.print(data.length + " bytes from " + d.from() + ": " + text(type, data) + "\n");
      io.flush();
    }
  }

  private static String text(int type, byte[] data) {
    int code = data[1] & 0xff;
    return switch (type) {
      case 1 ->
          switch (code) {
            case 0 -> "No Route to Destination";
            case 1 -> "Destination Administratively Unreachable";
            case 2 -> "Destination Unreachable Beyond Scope";
            case 3 -> "Destination Host Unreachable";
            case 4 -> "Destination Port Unreachable";
            default -> "Destination Unreachable, Bad Code: " + code;
          };
      case 2 -> "Packet too big mtu = " + IcmpText.int32(data, 4);
      case 3 -> code == 0 ? "Time to live exceeded" : "Frag reassembly time exceeded";
      case 4 -> "Parameter Problem: pointer = " + IcmpText.int32(data, 4);
      default -> "Bad ICMP type: " + type;
    };
  }
}
