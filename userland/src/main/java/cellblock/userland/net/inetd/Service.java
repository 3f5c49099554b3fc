package cellblock.userland.net.inetd;

import cellblock.control.KernelError;
import cellblock.control.Pollable;
import cellblock.control.SocketPort;
import cellblock.control.SocketPort.Readiness;
import cellblock.control.tool.HostChild;
import cellblock.userland.net.AddrInfo;
import cellblock.userland.net.Stdio;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One service: its line, its socket, its servers (ancestor: struct servtab, setup). */
final class Service {
  private static final long MINUTE = 60_000_000_000L;

  private final Stdio io;
  private final Consumer<String> log;
  private final List<Running> running = new ArrayList<>();
  private final Map<String, ArrayDeque<Long>> arrivals = new HashMap<>();
  private InetdLine line;
  private @Nullable SocketPort socket;
  private long countedSince;
  private int count;
  private int nextLine;

  private record Running(Server server, String source) {}

  Service(Stdio io, Consumer<String> log, InetdLine line) {
    this.io = io;
    this.log = log;
    this.line = line;
  }

  InetdLine line() {
    return line;
  }

  void line(InetdLine now) {
    line = now;
  }

  boolean isOpen() {
    return socket != null;
  }

  /** The port, -1 where the service has none. */
  int port() {
    return AddrInfo.port(line.service(), line.protocol());
  }

  /** Opens and binds the socket; false when it may be tried again later. */
  boolean open(@Nullable String address) {
    SocketPort s;
    try {
      s =
          io.kernel()
              .socket(
                  line.six() ? SocketPort.Domain.INET6 : SocketPort.Domain.INET,
                  line.stream() ? SocketPort.Type.STREAM : SocketPort.Type.DGRAM,
                  0);
    } catch (KernelError e) {
      log.accept(line.title() + ": socket: " + e.text());
      return true;
    }
    try {
      s.setOption("SO_REUSEADDR", 1);
      if (line.six()) {
        s.setOption("IPV6_V6ONLY", line.mapped() ? 0 : 1);
      }
    } catch (KernelError e) {
      log.accept("setsockopt: " + e.text());
    }
    try {
      s.bind(address, port());
      if (line.stream()) {
        s.listen(-1); // as many as kern.ipc.soacceptqueue allows
      }
    } catch (KernelError e) {
      log.accept(line.title() + ": bind: " + e.text());
      s.close();
      return false;
    }
    socket = s;
    return true;
  }

  /** No more connections; those that are served stay. */
  void shut() {
    SocketPort s = socket;
    socket = null;
    if (s != null) {
      s.close();
    }
  }

  void close() {
    shut();
    running.forEach(r -> r.server().close());
    running.clear();
  }

  /** Whether anything of it is left. */
  boolean idle() {
    return socket == null && running.isEmpty();
  }

  private boolean full() {
    return line.maxChild() > 0 && running.size() >= line.maxChild();
  }

  void wants(List<Pollable> all) {
    SocketPort s = socket;
    if (s != null && !full()) {
      all.add(s.on(Readiness.READ));
    }
    running.forEach(r -> r.server().wants(all));
  }

  /**
   * Does what can be done without waiting.
   *
   * @param others every service, whose ports are no clients of the datagram services
   * @return false when it came too often, and is shut for a while
   */
  boolean serve(Inetd inetd, List<Service> others) throws InterruptedException {
    serveRunning();
    SocketPort s = socket;
    if (s == null || full() || !s.on(Readiness.READ).ready()) {
      return true;
    }
    if (line.stream()) {
      return accept(inetd, s);
    }
    if (line.builtin() == null) {
      return give(inetd, s);
    }
    try {
      datagram(inetd, s, others);
    } catch (KernelError e) {
      // An error of a datagram sent before: no one is left to tell.
    }
    return true;
  }

  private void serveRunning() throws InterruptedException {
    for (int i = running.size() - 1; i >= 0; i--) {
      Server server = running.get(i).server();
      boolean more;
      try {
        more = server.serve();
      } catch (KernelError e) {
        more = false;
      }
      if (!more) {
        server.close();
        running.remove(i);
      }
    }
  }

  private boolean accept(Inetd inetd, SocketPort listening) throws InterruptedException {
    SocketPort peer;
    try {
      peer = listening.accept(java.time.Duration.ZERO);
    } catch (KernelError e) {
      log.accept("accept (for " + line.service() + "): " + e.text());
      return true;
    }
    if (peer == null) {
      return true;
    }
    String source = String.valueOf(peer.foreignAddress());
    if (inetd.options().log) {
      log.accept(line.service() + " from " + source);
    }
    if (tooFast(inetd, source) || tooMany(source)) {
      peer.close();
      return true;
    }
    Builtin builtin = line.builtin();
    boolean lasts = builtin == null || builtin.lasts();
    if (lasts && looping(inetd)) {
      peer.close();
      return false;
    }
    if (builtin != null && !lasts) {
      answer(inetd, builtin, peer);
      return true;
    }
    if (builtin != null) {
      running.add(new Running(new BuiltinServer(builtin, peer), source));
      return true;
    }
    HostChild child = inetd.program(this);
    if (child == null) {
      peer.close();
    } else {
      running.add(new Running(new ProgramServer(child, peer), source));
    }
    return true;
  }

  /** A datagram came: its program has the service to itself until it ends. */
  private boolean give(Inetd inetd, SocketPort s) throws InterruptedException {
    if (looping(inetd)) {
      return false;
    }
    HostChild child = inetd.program(this);
    if (child == null) {
      try {
        s.receive(java.time.Duration.ZERO); // else it would be tried for ever
      } catch (KernelError e) {
        // An error of a datagram sent before.
      }
      return true;
    }
    running.add(new Running(new DatagramServer(child, s), ""));
    return true;
  }

  private static void answer(Inetd inetd, Builtin builtin, SocketPort peer)
      throws InterruptedException {
    try (peer) {
      byte[] text = inetd.moment(builtin);
      peer.write(text, 0, text.length);
    } catch (KernelError e) {
      // The client has gone already.
    }
  }

  private boolean tooMany(String source) {
    return line.maxPerSource() > 0
        && running.stream().filter(r -> r.source().equals(source)).count() >= line.maxPerSource();
  }

  /** Connections of one address within a minute (inetd.c, cpmip). */
  private boolean tooFast(Inetd inetd, String source) {
    if (line.maxRate() <= 0) {
      return false;
    }
    long now = inetd.now();
    ArrayDeque<Long> times = arrivals.computeIfAbsent(source, key -> new ArrayDeque<>());
    while (!times.isEmpty() && now - times.getFirst() > MINUTE) {
      times.removeFirst();
    }
    if (times.size() >= line.maxRate()) {
      log.accept(
          line.service()
              + " from "
              + source
              + " exceeded counts/min (limit "
              + line.maxRate()
              + "/min)");
      return true;
    }
    times.add(now);
    arrivals.values().removeIf(ArrayDeque::isEmpty);
    return false;
  }

  private boolean looping(Inetd inetd) {
    long now = inetd.now();
    if (count++ == 0) {
      countedSince = now;
      return false;
    }
    int limit = inetd.options().tooMany;
    if (limit <= 0 || count < limit) {
      return false;
    }
    if (now - countedSince > MINUTE) {
      countedSince = now;
      count = 1;
      return false;
    }
    log.accept(line.title() + " server failing (looping), service terminated");
    count = 0;
    shut();
    return true;
  }

  private void datagram(Inetd inetd, SocketPort s, List<Service> others)
      throws KernelError, InterruptedException {
    SocketPort.Datagram d = s.receive(java.time.Duration.ZERO);
    Builtin builtin = line.builtin();
    if (d == null || builtin == null || builtin == Builtin.DISCARD) {
      return;
    }
    for (Service other : others) {
      if (!other.line.stream() && other.port() == d.port()) {
        log.accept(
            "%s/%s:%s/%s loop request REFUSED from %s"
                .formatted(
                    line.service(),
                    line.protocol(),
                    other.line.service(),
                    other.line.protocol(),
                    d.from()));
        return;
      }
    }
    byte[] reply =
        switch (builtin) {
          case ECHO -> d.data();
          case CHARGEN -> Builtin.line(nextLine++);
          default -> inetd.moment(builtin);
        };
    s.sendTo(reply, 0, reply.length, d.from(), d.port());
  }
}
