package cellblock.packetdrill;

import cellblock.inet.socket.Datagram;
import cellblock.inet.socket.Socket;
import cellblock.inet.socket.SocketType;
import cellblock.inet.socket.StreamInfo;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.wire.Family;
import cellblock.wire.IpAddress;
import cellblock.wire.IpProtocol;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The system calls of a script, on the sockets of the stack under test. A call that would block is
 * tried again whenever something has happened, so one thread is enough. Threading: one thread.
 */
final class Calls {
  private static final int MSG_PEEK = 2;
  private static final int MSG_WAITALL = 0x40;
  private static final int MSG_DONTWAIT = 0x80;

  private final Bed bed;
  private final Settings settings;
  private final Flows flows;
  private final Options options = new Options();
  private final Map<Integer, Descriptor> open = new TreeMap<>();

  Calls(Bed bed, Settings settings, Flows flows) {
    this.bed = bed;
    this.settings = settings;
    this.flows = flows;
  }

  /** A call under way. */
  @FunctionalInterface
  interface Attempt {
    /** What it came to; EAGAIN where it must wait and may. */
    Returned now() throws ErrnoException, Arguments.Bad;
  }

  /**
   * A call, prepared.
   *
   * @param blocks whether EAGAIN means to try again later
   */
  record Started(Attempt attempt, boolean blocks) {}

  /** The sockets of the script that are open, by descriptor. */
  Map<Integer, Descriptor> open() {
    return open;
  }

  /** TCP_INFO of the socket of {@code flow}, by the names of its fields; empty without one. */
  Map<String, Long> info(@Nullable Flow flow) {
    Descriptor found = null;
    for (Descriptor d : open.values()) {
      found = found == null || d.flow == flow ? d : found;
    }
    StreamInfo i = found == null ? null : bed.info(found.socket);
    return i == null
        ? Map.of()
        : Map.of(
            "tcpi_state", (long) i.state(),
            "tcpi_options", (long) i.options(),
            "tcpi_snd_mss", (long) i.sendMss(),
            "tcpi_rcv_space", (long) i.receiveSpace(),
            "tcpi_snd_cwnd", (long) i.congestionWindow(),
            "tcpi_snd_ssthresh", (long) i.slowStartThreshold(),
            "tcpi_rto", i.rto() / 1000,
            "tcpi_rtt", i.srtt() / 1000);
  }

  /** Takes a call apart and makes it ready. */
  Started start(Call call) throws Arguments.Bad {
    Arguments a = new Arguments(call.arguments());
    return switch (call.name()) {
      case "socket" -> once(() -> socket(call, a.size(3)));
      case "bind" -> once(() -> bind(a.size(3)));
      case "listen" -> once(() -> listen(a.size(2)));
      case "connect" -> connect(a.size(3));
      case "accept", "accept4" -> accept(call, a);
      case "close" -> once(() -> close(a.size(1)));
      case "shutdown" -> once(() -> shutdown(a.size(2)));
      case "read" -> read(a.size(3), a.fd(0), a.number(2), 0);
      case "recv" -> read(a.size(4), a.fd(0), a.number(2), a.flags(3));
      case "recvfrom" -> read(a.size(6), a.fd(0), a.number(2), a.flags(3));
      case "readv" -> read(a.size(3), a.fd(0), a.vector(1), 0);
      case "recvmsg" -> read(a.size(3), a.fd(0), a.message(1), a.flags(2));
      case "write" -> write(a.size(3), a.fd(0), a.number(2), 0, false);
      case "send" -> write(a.size(4), a.fd(0), a.number(2), a.flags(3), false);
      case "sendto" -> write(a.size(6), a.fd(0), a.number(2), a.flags(3), a.isAny(4));
      case "writev" -> write(a.size(3), a.fd(0), a.vector(1), 0, false);
      case "sendmsg" -> write(a.size(3), a.fd(0), a.message(1), a.flags(2), false);
      case "fcntl" -> once(() -> fcntl(a));
      case "ioctl" -> once(() -> ioctl(a.size(3)));
      case "poll" -> poll(a.size(3));
      case "getsockopt" -> once(() -> options.get(fd(a.size(5).fd(0)).socket, a));
      case "setsockopt" -> once(() -> options.set(fd(a.size(5).fd(0)).socket, a));
      default -> throw new Arguments.Bad("unknown system call " + call.name());
    };
  }

  private static Started once(Attempt attempt) {
    return new Started(attempt, false);
  }

  private Descriptor fd(int number) throws ErrnoException {
    Descriptor d = open.get(number);
    if (d == null) {
      throw new ErrnoException(Errno.EBADF);
    }
    return d;
  }

  private boolean blocking(int fd, long flags) {
    Descriptor d = open.get(fd);
    return d != null && !d.nonBlocking && (flags & MSG_DONTWAIT) == 0;
  }

  // ---- descriptors ----

  private Returned socket(Call call, Arguments a) throws ErrnoException, Arguments.Bad {
    boolean six = settings.version() != Settings.Version.IPV4;
    long type = a.number(1);
    SocketType kind =
        switch ((int) type & 0xf) {
          case 1 -> SocketType.STREAM;
          case 2 -> SocketType.DGRAM;
          default -> SocketType.RAW;
        };
    int protocol = (int) a.number(2);
    Socket s = bed.open(six ? Family.INET6 : Family.INET, kind, protocol);
    Flow flow = flows.socket(kind == SocketType.STREAM ? IpProtocol.TCP : IpProtocol.UDP);
    Descriptor d = new Descriptor(s, flow);
    d.nonBlocking = (type & 0x20000000) != 0;
    return opened(call, d);
  }

  /** The number that the script gives it; two sockets cannot have the same. */
  private Returned opened(Call call, Descriptor d) throws Arguments.Bad {
    long fd = call.result() instanceof Expression.Number n ? n.value() : -1;
    if (fd < 0 || open.containsKey((int) fd)) {
      d.socket.close();
      return fd < 0 ? Returned.of(3) : new Returned(fd, null, "descriptor " + fd + " is open");
    }
    open.put((int) fd, d);
    return Returned.of(fd);
  }

  private Returned close(Arguments a) throws ErrnoException, Arguments.Bad {
    Descriptor d = fd(a.fd(0));
    open.remove(a.fd(0));
    d.socket.close();
    return Returned.of(0);
  }

  private Returned fcntl(Arguments a) throws ErrnoException, Arguments.Bad {
    Descriptor d = fd(a.fd(0));
    int command = (int) a.number(1);
    return switch (command) {
      case 3 -> Returned.of(2 | (d.nonBlocking ? 4 : 0)); // F_GETFL: O_RDWR
      case 4 -> {
        d.nonBlocking = (a.number(2) & 4) != 0;
        yield Returned.of(0);
      }
      case 1, 2 -> Returned.of(0);
      default -> throw new ErrnoException(Errno.EINVAL);
    };
  }

  private Returned ioctl(Arguments a) throws ErrnoException, Arguments.Bad {
    Descriptor d = fd(a.fd(0));
    String name = a.name(1);
    return switch (name) {
      case "FIONREAD" -> a.expect(2, d.socket.receiveQueue(), 0);
      case "FIONWRITE" -> a.expect(2, d.socket.sendQueue(), 0);
      case "FIONBIO" -> {
        d.nonBlocking = a.item(2) != 0;
        yield Returned.of(0);
      }
      default -> throw new ErrnoException(Errno.ENODEV);
    };
  }

  // ---- connections ----

  private Returned bind(Arguments a) throws ErrnoException, Arguments.Bad {
    Descriptor d = fd(a.fd(0));
    IpAddress address = a.address(1, settings.bindAddress());
    int port = a.port(1, settings.bindPort());
    d.socket.bind(address, port);
    d.flow.localPort = port;
    return Returned.of(0);
  }

  private Returned listen(Arguments a) throws ErrnoException, Arguments.Bad {
    Descriptor d = fd(a.fd(0));
    d.socket.stream().listen((int) a.number(1));
    d.flow.state = Flow.State.LISTENING;
    return Returned.of(0);
  }

  private Started connect(Arguments a) throws Arguments.Bad {
    int fd = a.fd(0);
    boolean[] begun = {false};
    return new Started(
        () -> {
          Descriptor d = fd(fd);
          IpAddress to = a.address(1, flows.connectAddress(settings));
          int port = a.port(1, flows.connectPort(settings));
          if (d.socket.type() != SocketType.STREAM) {
            flows.connecting(d.flow, to, port);
            d.socket.connect(to, port);
            return Returned.of(0);
          }
          try {
            if (begun[0]) {
              d.socket.stream().finishConnect(0);
            } else {
              begun[0] = true;
              flows.connecting(d.flow, to, port);
              d.socket.stream().connect(to, port, 0);
            }
            return Returned.of(0);
          } catch (ErrnoException e) {
            boolean waits = e.errno() == Errno.EINPROGRESS && !d.nonBlocking;
            throw waits ? new ErrnoException(Errno.EAGAIN) : e;
          }
        },
        blocking(fd, 0));
  }

  private Started accept(Call call, Arguments a) throws Arguments.Bad {
    int fd = a.fd(0);
    return new Started(
        () -> {
          Socket child = fd(fd).socket.stream().accept(0);
          return opened(call, new Descriptor(child, flows.accepted()));
        },
        blocking(fd, 0));
  }

  private Returned shutdown(Arguments a) throws ErrnoException, Arguments.Bad {
    int how = (int) a.number(1);
    if (how < 0 || how > 2) {
      throw new ErrnoException(Errno.EINVAL);
    }
    fd(a.fd(0)).socket.shutdown(how != 1, how != 0);
    return Returned.of(0);
  }

  // ---- data ----

  private Started read(Arguments all, int fd, long size, long flags) {
    byte[] buffer = new byte[(int) size];
    int[] done = {0};
    return new Started(
        () -> {
          Socket s = fd(fd).socket;
          boolean peek = (flags & MSG_PEEK) != 0;
          if (s.type() != SocketType.STREAM) {
            Datagram d = s.receive(0, peek);
            return Returned.of(d == null ? 0 : Math.min(d.data().length, size));
          }
          if (peek) {
            return Returned.of(Math.max(0, s.stream().peek(buffer, 0, buffer.length)));
          }
          int n = s.stream().read(buffer, done[0], buffer.length - done[0], 0);
          done[0] += Math.max(0, n);
          boolean more =
              (flags & MSG_WAITALL) != 0 && n > 0 && done[0] < size && blocking(fd, flags);
          if (more) {
            throw new ErrnoException(Errno.EAGAIN);
          }
          return Returned.of(done[0]);
        },
        blocking(fd, flags));
  }

  private Started write(Arguments all, int fd, long size, long flags, boolean to) {
    byte[] buffer = new byte[(int) size];
    int[] done = {0};
    return new Started(
        () -> {
          Descriptor d = fd(fd);
          if (d.socket.type() != SocketType.STREAM) {
            return Returned.of(datagram(d, buffer, to));
          }
          boolean implied = to && done[0] == 0 && !d.socket.stream().isConnected();
          int n =
              implied
                  ? implied(d, buffer)
                  : d.socket.stream().write(buffer, done[0], buffer.length - done[0], 0);
          done[0] += n;
          if (done[0] < size && blocking(fd, flags)) {
            throw new ErrnoException(Errno.EAGAIN);
          }
          return Returned.of(done[0]);
        },
        blocking(fd, flags));
  }

  /** sendto(2) that connects: TCP Fast Open. */
  private int implied(Descriptor d, byte[] buffer) throws ErrnoException {
    IpAddress address = flows.connectAddress(settings);
    int port = flows.connectPort(settings);
    flows.connecting(d.flow, address, port);
    return d.socket.send(buffer, 0, buffer.length, address, port);
  }

  private int datagram(Descriptor d, byte[] buffer, boolean to) throws ErrnoException {
    if (!to) {
      return d.socket.send(buffer, 0, buffer.length, null, 0);
    }
    IpAddress address = flows.connectAddress(settings);
    int port = flows.connectPort(settings);
    flows.connecting(d.flow, address, port);
    return d.socket.send(buffer, 0, buffer.length, address, port);
  }

  // ---- poll ----

  private Started poll(Arguments a) throws Arguments.Bad {
    List<Expression> list = a.items(0);
    long timeout = a.number(2);
    long until = timeout < 0 ? Long.MAX_VALUE : bed.now() + timeout * 1_000_000;
    return new Started(
        () -> {
          int ready = 0;
          String bad = null;
          for (Expression e : list) {
            Expression.Struct p = Arguments.struct(e);
            int revents = revents(p);
            ready += revents == 0 ? 0 : 1;
            if (p.has("revents") && !(p.get("revents") instanceof Expression.Any)) {
              long wanted = Arguments.value(p.get("revents"));
              bad = wanted == revents ? bad : "revents: expected " + wanted + ", actual " + revents;
            }
          }
          if (ready == 0 && bed.now() < until) {
            throw new ErrnoException(Errno.EAGAIN);
          }
          return new Returned(ready, null, bad);
        },
        timeout != 0);
  }

  private int revents(Expression.Struct p) throws Arguments.Bad {
    Descriptor d = open.get((int) Arguments.value(p.get("fd")));
    int events = (int) Arguments.value(p.get("events"));
    if (d == null) {
      return 0x20; // POLLNVAL
    }
    Socket s = d.socket;
    int found = s.readable() ? events & (1 | 0x40) : 0;
    if (s.type() != SocketType.STREAM) {
      return found | events & 4;
    }
    found |= s.streamOf().canWrite() ? events & 4 : 0;
    if (s.streamOf().isOverBothWays()) {
      found = found & ~4 | 0x10; // POLLHUP excludes POLLOUT
    }
    return found;
  }
}
