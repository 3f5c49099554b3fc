package cellblock.userland.net.ping;

import cellblock.control.KernelError;
import cellblock.control.SocketPort;
import cellblock.control.SysctlRequest;
import cellblock.userland.net.AddrInfo;
import cellblock.userland.net.Inet4;
import cellblock.userland.net.Stdio;
import cellblock.userland.net.Sysexits;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * ping(8): sends, waits, and sums up. The status is 0 when something came back, 2 when nothing did.
 * Ancestors: sbin/ping/ping.c (ping, pinger), main.c.
 */
public final class Ping {
  private static final long SECOND = 1_000_000_000L;
  private static final long MILLI = 1_000_000L;

  private final Stdio io;
  private final PingOptions options;
  private final AtomicBoolean interrupted = new AtomicBoolean();
  private final String host;
  private final int target;
  private final PingPacket packet;
  private final PingStats stats;
  private int ttl = 64;
  private int source;
  private int dotIndex;
  private long sweepSent;
  private long missedMax;

  private Ping(Stdio io) {
    this.io = io;
    this.options = PingOptions.parse(io);
    this.host = options.target;
    this.target = resolve(options.target);
    if (options.source != null) {
      this.source = resolve(options.source);
    }
    options.checkTarget(target);
    this.packet = new PingPacket(options, io.kernel().pid() & 0xffff, io);
    this.stats = new PingStats(packet.timed());
  }

  /** Runs the tool. */
  public static int run(Stdio io) throws InterruptedException {
    return Ping6.asked(io.context().args()) ? Ping6.run(io) : new Ping(io).main();
  }

  private int resolve(String name) {
    List<String> found = AddrInfo.lookup(io, name, AddrInfo.Family.INET, false);
    if (found.isEmpty()) {
      boolean byFamily = options.four || options.source != null;
      throw io.errx(
          Sysexits.EX_NOHOST,
          "cannot resolve " + name + ": " + (byFamily ? "Unknown host" : "Name does not resolve"));
    }
    return Inet4.aton(found.getFirst()).orElse(0);
  }

  private int main() throws InterruptedException {
    SocketPort socket;
    try {
      socket = io.kernel().socket(SocketPort.Domain.INET, SocketPort.Type.RAW, 1);
    } catch (KernelError e) {
      throw io.err(Sysexits.EX_OSERR, "ssend socket", e);
    }
    try (socket) {
      prepare(socket);
      Runnable stop =
          () -> {
            interrupted.set(true);
            socket.close();
          };
      // Whoever has seen the first line may interrupt.
      io.context().onSignal("INT", stop);
      io.context().onSignal("INFO", () -> io.eprint(stats.summary(host)));
      banner();
      loop(socket);
    }
    io.print(stats.summary(host));
    return stats.received() > 0 ? 0 : 2;
  }

  private void prepare(SocketPort socket) {
    if (options.source != null) {
      try {
        socket.bind(Inet4.format(source), 0);
      } catch (KernelError e) {
        throw io.err(1, "bind", e);
      }
    }
    if (options.debug) {
      option(socket, "SO_DEBUG", 1, null);
    }
    if (options.dontRoute) {
      option(socket, "SO_DONTROUTE", 1, null);
    }
    if (options.pcp >= -1) {
      option(socket, "IP_VLAN_PCP", options.pcp, null);
    }
    if (packet.withHeader()) {
      ttl = options.ttl >= 0 ? options.ttl : defaultTtl();
      option(socket, "IP_HDRINCL", 1, "setsockopt IP_HDRINCL");
    }
    if (options.ttl >= 0) {
      option(socket, "IP_TTL", options.ttl, "setsockopt IP_TTL");
    }
    if (options.noLoop) {
      option(socket, "IP_MULTICAST_LOOP", 0, "setsockopt IP_MULTICAST_LOOP");
    }
    if (options.multicastTtl >= 0) {
      option(socket, "IP_MULTICAST_TTL", options.multicastTtl, "setsockopt IP_MULTICAST_TTL");
    }
    if (options.multicastInterface != null) {
      option(socket, "IP_MULTICAST_IF", options.multicastInterface, "setsockopt IP_MULTICAST_IF");
    }
    option(socket, "SO_BROADCAST", 1, null);
  }

  /** Sets an option; a refusal matters only when there are words for it. */
  private void option(SocketPort socket, String name, int value, @Nullable String complaint) {
    try {
      socket.setOption(name, value);
    } catch (KernelError e) {
      if (complaint != null) {
        throw io.err(Sysexits.EX_OSERR, complaint, e);
      }
    }
  }

  private int defaultTtl() {
    try {
      return Integer.parseInt(
          io.kernel().ask(new SysctlRequest.Get("net.inet.ip.ttl")).value().trim());
    } catch (KernelError | NumberFormatException e) {
      return 64;
    }
  }

  private void banner() {
    io.print("PING " + host + " (" + Inet4.format(target) + ")");
    if (options.source != null) {
      io.print(" from " + options.source);
    }
    io.print(
        options.sweepMax > 0
            ? ": (" + options.sweepMin + " ... " + options.sweepMax + ") data bytes\n"
            : ": " + options.size + " data bytes\n");
    io.flush();
  }

  // ---- the loop

  private void loop(SocketPort socket) throws InterruptedException {
    long now = io.context().nowNanos();
    long end = options.timeoutSeconds > 0 ? now + options.timeoutSeconds * SECOND : Long.MAX_VALUE;
    long interval =
        options.flood ? 10 * MILLI : (options.interval < 0 ? 1000 : options.interval) * MILLI;
    for (long i = Math.max(1, preload()); i > 0; i--) {
      send(socket);
    }
    PingReply reply = new PingReply(io, options, packet, stats, target);
    long last = io.context().nowNanos();
    boolean almostDone = false;
    while (!interrupted.get()) {
      now = io.context().nowNanos();
      if (now >= end) {
        return;
      }
      boolean due = await(socket, reply, Math.min(last + interval, end));
      if (finished()) {
        return;
      }
      if (!due && !options.flood || interrupted.get() || io.context().nowNanos() >= end) {
        continue;
      }
      if (sweepEnds()) {
        return;
      }
      if (remaining()) {
        send(socket);
      } else {
        if (almostDone) {
          return;
        }
        if (due) {
          almostDone = true;
          interval = lastWait();
        }
      }
      last = due || remaining() ? io.context().nowNanos() : last;
      noteMissed();
    }
  }

  private long preload() {
    return options.count != 0 ? Math.min(options.preload, packets()) : options.preload;
  }

  /** How many packets may be sent; a sweep has no such limit. */
  private long packets() {
    return options.sweepMax > 0 ? 0 : options.count;
  }

  private boolean remaining() {
    return packets() == 0 || stats.transmitted() < packets();
  }

  private boolean finished() {
    return stats.received() > 0
        && (options.once || packets() != 0 && stats.received() >= packets());
  }

  /** Two round trips when something came, else the waiting time. */
  private long lastWait() {
    if (stats.received() > 0) {
      return Math.max(1, (long) (2 * stats.max() / 1000)) * SECOND;
    }
    return options.waitMillis * MILLI;
  }

  private boolean sweepEnds() {
    if (options.sweepMax == 0 || sweepSent < Math.max(1, options.count)) {
      return false;
    }
    if (packet.size() + options.sweepIncrement > options.sweepMax) {
      return true;
    }
    packet.grow(options.sweepIncrement);
    sweepSent = 0;
    return false;
  }

  /** Waits for one packet until {@code due}; true when that moment came. */
  private boolean await(SocketPort socket, PingReply reply, long due) throws InterruptedException {
    long now = io.context().nowNanos();
    long left = Math.max(0, due - now);
    SocketPort.Datagram datagram;
    try {
      datagram = socket.receive(Duration.ofNanos(Math.min(left, SECOND)));
    } catch (KernelError e) {
      if (!interrupted.get() && !e.errno().equals("EINTR")) {
        io.warn("recvmsg", e);
        io.context().sleep(Duration.ofNanos(Math.min(left, SECOND)));
        return io.context().nowNanos() >= due;
      }
      return false;
    }
    if (datagram == null) {
      return io.context().nowNanos() >= due;
    }
    reply.handle(
        datagram,
        datagram.timestampNanos() > 0 ? datagram.timestampNanos() : io.context().nowNanos());
    return false;
  }

  private void send(SocketPort socket) throws InterruptedException {
    byte[] message = packet.message(stats.send(), io.context().nowNanos());
    byte[] data = packet.withHeader() ? packet.withHeader(message, source, target, ttl) : message;
    sweepSent++;
    try {
      int sent = socket.sendTo(data, 0, data.length, Inet4.format(target), 0);
      if (sent != data.length) {
        io.warnx(host + ": partial write: " + sent + " of " + data.length + " bytes");
      }
    } catch (KernelError e) {
      if (interrupted.get()) {
        return;
      }
      if (options.flood && e.errno().equals("ENOBUFS")) {
        io.context().sleep(Duration.ofMillis(20));
        return;
      }
      io.warn("sendto", e);
    }
    if (!options.quiet && options.dot) {
      io.print(options.dots.substring(dotIndex, dotIndex + 1));
      dotIndex = (dotIndex + 1) % options.dots.length();
      io.flush();
    }
  }

  private void noteMissed() {
    long missed = stats.transmitted() - stats.received() - 1;
    if (missed > missedMax) {
      missedMax = missed;
      if (options.missed) {
        io.print("\007");
        io.flush();
      }
    }
  }
}
