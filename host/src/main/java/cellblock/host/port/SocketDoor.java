package cellblock.host.port;

import cellblock.control.KernelError;
import cellblock.control.Pollable;
import cellblock.control.SocketPort;
import cellblock.inet.Inet;
import cellblock.inet.mcast.SourceList;
import cellblock.inet.socket.ByteOption;
import cellblock.inet.socket.Cmsg;
import cellblock.inet.socket.CmsgType;
import cellblock.inet.socket.Credential;
import cellblock.inet.socket.Membership;
import cellblock.inet.socket.Privilege;
import cellblock.inet.socket.Socket;
import cellblock.inet.socket.SocketOption;
import cellblock.inet.socket.SocketType;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.jail.Prison;
import cellblock.kern.lane.Event;
import cellblock.kern.proc.Proc;
import cellblock.kern.vnet.Vnet;
import cellblock.wire.Family;
import cellblock.wire.Ip4Address;
import cellblock.wire.Ip6Address;
import cellblock.wire.IpAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A socket as a tool holds it. It belongs to the process: it is closed when the process ends, and
 * keeps the vnet that it was opened in.
 */
final class SocketDoor implements SocketPort {
  private final Proc proc;
  private final Vnet vnet;
  private final Socket socket;
  private final Runnable abandon;

  // The addresses of the datagram before, of which the next one mostly is.
  private volatile @Nullable Named from;
  private volatile @Nullable Named to;

  /** An address and its text. */
  private record Named(IpAddress address, String text) {}

  private SocketDoor(Proc proc, Vnet vnet, Socket socket) {
    this.proc = proc;
    this.vnet = vnet;
    this.socket = socket;
    this.abandon = () -> vnet.lane().post(Event.of(socket::abandon));
  }

  static SocketDoor open(Proc proc, Domain domain, Type type, int protocol) throws ErrnoException {
    Vnet vnet = proc.vnet();
    Family family = domain == Domain.INET ? Family.INET : Family.INET6;
    SocketType kind = SocketType.valueOf(type.name());
    Credential credential = privilege -> may(proc.prison(), privilege);
    Socket socket =
        vnet.call(() -> {
          vnet.gate();
          return Inet.of(vnet).sockets.open(family, kind, protocol, credential);
        });
    return owned(proc, vnet, socket);
  }

  private static SocketDoor owned(Proc proc, Vnet vnet, Socket socket) throws ErrnoException {
    SocketDoor door = new SocketDoor(proc, vnet, socket);
    socket.holder(proc);
    boolean owned = vnet.machine().kernelLane().call(() -> proc.onExit(door.abandon));
    if (!owned) {
      door.close();
      throw new ErrnoException(Errno.EINTR);
    }
    return door;
  }

  /** prison_priv_check, as far as the protocols ask. */
  private static boolean may(Prison prison, Privilege privilege) {
    if (prison.parent() == null || prison.ownsVnet()) {
      return true;
    }
    return switch (privilege) {
      case RAW -> "true".equals(prison.parameter("allow.raw_sockets"));
      case RESERVED_PORT -> "true".equals(prison.parameter("allow.reserved_ports"));
      default -> false;
    };
  }

  /** A call that may be refused. */
  private interface Work<T extends @Nullable Object> {
    T run() throws ErrnoException;
  }

  private static <T extends @Nullable Object> T ask(Work<T> work) throws KernelError {
    try {
      return work.run();
    } catch (ErrnoException e) {
      throw ProcessPort.refusal(e);
    }
  }

  private @Nullable IpAddress address(@Nullable String text) throws ErrnoException {
    return text == null ? null : vnet.call(() -> AddressText.parse(vnet, text));
  }

  private IpAddress addressOrAny(@Nullable String text) throws ErrnoException {
    IpAddress a = address(text);
    if (a != null) {
      return a;
    }
    return socket.family() == Family.INET ? Ip4Address.ANY : Ip6Address.ANY;
  }

  private Named named(@Nullable Named before, IpAddress a) throws ErrnoException {
    boolean zoned = a instanceof Ip6Address six && six.scopeId() != 0; // its interface is renamed
    if (before != null && before.address.equals(a) && !zoned) {
      return before;
    }
    return new Named(a, text(a));
  }

  /** An address as a tool reads it; zones are named in a turn. */
  private String text(IpAddress a) throws ErrnoException {
    boolean zoned = a instanceof Ip6Address six && six.scopeId() != 0;
    return zoned ? vnet.call(() -> AddressText.of(vnet, a)) : a.toString();
  }

  @Override
  public void bind(@Nullable String address, int port) throws KernelError {
    ask(() -> {
      socket.bind(addressOrAny(address), port);
      return true;
    });
  }

  @Override
  public void connect(String address, int port) throws KernelError {
    ask(() -> {
      socket.connect(addressOrAny(address), port);
      return true;
    });
  }

  @Override
  public int sendTo(byte[] data, int offset, int length, @Nullable String address, int port)
      throws KernelError {
    return ask(() -> socket.send(data, offset, length, address(address), port));
  }

  @Override
  public int sendTo(
      byte[] data,
      int offset,
      int length,
      @Nullable String address,
      int port,
      List<Control> control)
      throws KernelError {
    return ask(() -> {
      List<Cmsg> said = new ArrayList<>();
      for (Control c : control) {
        said.add(new Cmsg(named(CmsgType.values(), c.name()), c.value()));
      }
      return socket.send(data, offset, length, address(address), port, said);
    });
  }

  @Override
  public @Nullable Datagram receive(@Nullable Duration timeout)
      throws KernelError, InterruptedException {
    long nanos = timeout == null ? Socket.FOREVER : timeout.toNanos();
    try {
      cellblock.inet.socket.Datagram d = socket.receive(nanos, false);
      if (d == null) {
        return null;
      }
      long now =
          vnet.machine().clock().nanos(); // first: a pause in between makes it late, not early
      long wall = vnet.machine().clock().wallNanos() - now + d.nanos();
      Named sender = named(from, d.from());
      from = sender;
      Named receiver = named(to, d.to());
      to = receiver;
      return new Datagram(
          d.data(), sender.text, d.port(), receiver.text, d.ttl(), wall, control(d));
    } catch (ErrnoException e) {
      if (e.errno() == Errno.EAGAIN) {
        return null;
      }
      if (e.errno() == Errno.EINTR && Thread.interrupted()) {
        throw new InterruptedException();
      }
      throw ProcessPort.refusal(e);
    }
  }

  private static List<Control> control(cellblock.inet.socket.Datagram d) {
    return d.control().stream().map(c -> new Control(c.type().name(), c.value())).toList();
  }

  @Override
  public int receive(byte[] data, int offset, int length, @Nullable Duration timeout)
      throws KernelError, InterruptedException {
    Integer n =
        wait(() -> inTime(() -> socket.receive(data, offset, length, null, nanos(timeout), false)));
    return n == null ? -1 : Math.min(n, length);
  }

  @Override
  public void connect(String address, int port, @Nullable Duration timeout)
      throws KernelError, InterruptedException {
    wait(() -> {
      socket.stream().connect(addressOrAny(address), port, nanos(timeout));
      return 0;
    });
  }

  @Override
  public void listen(int backlog) throws KernelError {
    ask(() -> {
      socket.stream().listen(backlog);
      return true;
    });
  }

  @Override
  public @Nullable SocketPort accept(@Nullable Duration timeout)
      throws KernelError, InterruptedException {
    Socket child = wait(() -> inTime(() -> socket.stream().accept(nanos(timeout))));
    return child == null ? null : ask(() -> owned(proc, vnet, child));
  }

  @Override
  public int read(byte[] data, int offset, int length, @Nullable Duration timeout)
      throws KernelError, InterruptedException {
    Integer n =
        wait(() -> inTime(() -> socket.stream().read(data, offset, length, nanos(timeout))));
    return n == null ? 0 : n;
  }

  @Override
  public void write(byte[] data, int offset, int length) throws KernelError, InterruptedException {
    wait(() -> socket.stream().write(data, offset, length, Socket.FOREVER));
  }

  @Override
  public int write(byte[] data, int offset, int length, @Nullable Duration timeout)
      throws KernelError, InterruptedException {
    Integer n =
        wait(() -> inTime(() -> socket.stream().write(data, offset, length, nanos(timeout))));
    return n == null ? 0 : n;
  }

  @Override
  public Pollable on(Readiness what) {
    return new SocketPoll(socket, what);
  }

  @Override
  public void shutdown(boolean receiving, boolean sending) throws KernelError {
    ask(() -> {
      socket.shutdown(receiving, sending);
      return true;
    });
  }

  private static long nanos(@Nullable Duration timeout) {
    return timeout == null ? Socket.FOREVER : timeout.toNanos();
  }

  /** Null where the time passed first. */
  private static <T> @Nullable T inTime(Work<T> work) throws ErrnoException {
    try {
      return work.run();
    } catch (ErrnoException e) {
      if (e.errno() == Errno.EAGAIN) {
        return null;
      }
      throw e;
    }
  }

  /** As {@link #ask}, for calls that wait. */
  private static <T extends @Nullable Object> T wait(Work<T> work)
      throws KernelError, InterruptedException {
    try {
      return work.run();
    } catch (ErrnoException e) {
      if (e.errno() == Errno.EINTR && Thread.interrupted()) {
        throw new InterruptedException();
      }
      throw ProcessPort.refusal(e);
    }
  }

  @Override
  public @Nullable String foreignAddress() {
    try {
      return text(socket.foreignAddress());
    } catch (ErrnoException e) {
      return null;
    }
  }

  @Override
  public int foreignPort() {
    try {
      return socket.foreignPort();
    } catch (ErrnoException e) {
      return 0;
    }
  }

  @Override
  public void setOption(String name, int value) throws KernelError {
    ask(() -> {
      socket.setOption(named(SocketOption.values(), name), value);
      return true;
    });
  }

  @Override
  public int getOption(String name) throws KernelError {
    return ask(() -> socket.getOption(named(SocketOption.values(), name)));
  }

  @Override
  public void setOption(String name, byte[] value) throws KernelError {
    ask(() -> {
      socket.setBytes(named(ByteOption.values(), name), value);
      return true;
    });
  }

  private static <E extends Enum<E>> E named(E[] all, String name) throws ErrnoException {
    for (E one : all) {
      if (one.name().equals(name)) {
        return one;
      }
    }
    throw new ErrnoException(Errno.ENOPROTOOPT);
  }

  @Override
  public void membership(String group, @Nullable String ifname, boolean join) throws KernelError {
    Membership.Operation what = join ? Membership.Operation.JOIN : Membership.Operation.LEAVE;
    ask(() -> {
      socket.membership(new Membership(what, addressOrAny(group), ifname, null));
      return true;
    });
  }

  @Override
  public void membership(
      String group, @Nullable String ifname, String source, SocketPort.SourceFilter what)
      throws KernelError {
    Membership.Operation operation =
        switch (what) {
          case JOIN -> Membership.Operation.JOIN_SOURCE;
          case LEAVE -> Membership.Operation.LEAVE_SOURCE;
          case BLOCK -> Membership.Operation.BLOCK_SOURCE;
          case UNBLOCK -> Membership.Operation.UNBLOCK_SOURCE;
        };
    ask(() -> {
      socket.membership(
          new Membership(operation, addressOrAny(group), ifname, addressOrAny(source)));
      return true;
    });
  }

  @Override
  public void sourceFilter(String group, @Nullable String ifname, SocketPort.Wanted wanted)
      throws KernelError {
    ask(() -> {
      List<IpAddress> sources = new ArrayList<>();
      for (String s : wanted.sources()) {
        sources.add(addressOrAny(s));
      }
      socket.sourceFilter(
          addressOrAny(group),
          ifname,
          new cellblock.inet.mcast.Wanted(wanted.include(), SourceList.of(sources)));
      return true;
    });
  }

  @Override
  public SocketPort.Wanted sourceFilter(String group, @Nullable String ifname) throws KernelError {
    return ask(() -> {
      cellblock.inet.mcast.Wanted wanted = socket.sourceFilter(addressOrAny(group), ifname);
      List<String> sources = wanted.sources().all().stream().map(IpAddress::toString).toList();
      return new SocketPort.Wanted(wanted.include(), sources);
    });
  }

  @Override
  public void writeUrgent(byte[] data, int offset, int length)
      throws KernelError, InterruptedException {
    wait(() -> socket.stream().writeUrgent(data, offset, length, Socket.FOREVER));
  }

  @Override
  public byte readUrgent() throws KernelError {
    return (byte) (int) ask(() -> socket.stream().readUrgent(false));
  }

  @Override
  public boolean atMark() throws KernelError {
    return ask(() -> socket.stream().atMark());
  }

  @Override
  public String localAddress() {
    try {
      return text(socket.localAddress());
    } catch (ErrnoException e) {
      return "0.0.0.0";
    }
  }

  @Override
  public int localPort() {
    try {
      return socket.localPort();
    } catch (ErrnoException e) {
      return 0;
    }
  }

  @Override
  public void close() {
    socket.holder(null); // what TCP has left to say is nobody's
    socket.close();
    vnet.machine().kernelLane().post(Event.of(() -> proc.forget(abandon)));
  }
}
