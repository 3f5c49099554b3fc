package cellblock.inet.socket;

import cellblock.inet.mcast.Wanted;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.lane.LaneWait;
import cellblock.kern.ledger.Ledger;
import cellblock.kern.ledger.LedgerKind;
import cellblock.kern.time.Callout;
import cellblock.kern.time.Clock;
import cellblock.kern.vnet.Vnet;
import cellblock.wire.BigEndian;
import cellblock.wire.Family;
import cellblock.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A socket. It keeps the vnet it was made in for life (ancestor: struct socket,
 * kern/uipc_socket.c). Receiving copies out of a ring that the lane fills, without taking the lane;
 * everything else runs as a turn.
 *
 * <p>Threading: methods for programs may be called from any thread outside a turn; readers take
 * turns by a lock. Those marked "in a turn" belong to the protocol.
 */
public final class Socket implements AutoCloseable {
  /** Waits for ever. */
  public static final long FOREVER = -1;

  private final Vnet vnet;
  private final ProtoSwitch owner;
  private final Family family;
  private final SocketType type;
  private final int protocol;
  private final Credential credential;
  private final Ledger.Entry line;
  private final DatagramRing receive = new DatagramRing(0);
  private final ReentrantLock reading = new ReentrantLock();
  private final AtomicReference<@Nullable Errno> error = new AtomicReference<>();
  private @Nullable SocketProtocol pcb;
  private volatile @Nullable Errno ended;
  private volatile boolean cantReceive;
  private volatile boolean cantSend;
  private final LaneWait reader;
  private volatile boolean timedOut;
  private volatile @Nullable Object holder;
  private @Nullable Callout timer;
  private int sendLimit;
  private final @Nullable Stream stream;

  Socket(
      Vnet vnet,
      ProtoSwitch owner,
      Family family,
      SocketType type,
      int protocol,
      Credential credential) {
    this.vnet = vnet;
    this.owner = owner;
    this.family = family;
    this.type = type;
    this.protocol = protocol;
    this.credential = credential;
    this.line = vnet.ledger().enter(LedgerKind.SOCKET, this, null);
    this.reader = new LaneWait(vnet.lane());
    this.stream = type == SocketType.STREAM ? new Stream(this) : null;
  }

  /** The stream of a SOCK_STREAM socket: connect, listen, accept, read, write. */
  public Stream stream() throws ErrnoException {
    if (stream == null) {
      throw new ErrnoException(Errno.EOPNOTSUPP);
    }
    return stream;
  }

  /** The same for the protocol, which knows that it is one. */
  public Stream streamOf() {
    if (stream == null) {
      throw new IllegalStateException(this + " is no stream");
    }
    return stream;
  }

  void attached(SocketProtocol to) {
    pcb = to;
  }

  /** The socket could not be attached: takes it off the ledger again. In a turn. */
  void refused() {
    line.leave();
  }

  public Vnet vnet() {
    return vnet;
  }

  public Family family() {
    return family;
  }

  public SocketType type() {
    return type;
  }

  /** The protocol number it was made with. */
  public int protocol() {
    return protocol;
  }

  public Credential credential() {
    return credential;
  }

  // ---- for programs ----

  public void bind(IpAddress address, int port) throws ErrnoException {
    turn(p -> {
      family(address);
      p.bind(address, port);
      return 0;
    });
  }

  public void connect(IpAddress address, int port) throws ErrnoException {
    if (stream != null) {
      stream.connect(address, port, FOREVER);
      return;
    }
    turn(p -> {
      family(address);
      p.connect(address, port);
      return 0;
    });
  }

  public void disconnect() throws ErrnoException {
    turn(p -> {
      p.disconnect();
      return 0;
    });
  }

  void family(IpAddress address) throws ErrnoException {
    if (address.family() != family) {
      throw new ErrnoException(Errno.EAFNOSUPPORT);
    }
  }

  /** Sends one datagram to {@code to}, or to the connected peer when null. Returns its length. */
  public int send(byte[] data, int off, int len, @Nullable IpAddress to, int port)
      throws ErrnoException {
    return send(data, off, len, to, port, List.of());
  }

  /**
   * The same with what is to be said of this datagram alone: sendmsg(2).
   *
   * @throws ErrnoException also EINVAL for what means nothing here or has the wrong form
   */
  public int send(
      byte[] data, int off, int len, @Nullable IpAddress to, int port, List<Cmsg> control)
      throws ErrnoException {
    java.util.Objects.checkFromIndexSize(off, len, data.length);
    if (stream != null) {
      if (!control.isEmpty()) {
        throw new ErrnoException(Errno.EINVAL); // as tcp_usr_send
      }
      return to == null
          ? stream.write(data, off, len, FOREVER)
          : stream.writeTo(to, port, data, off, len, FOREVER);
    }
    return turn(p -> {
      if (cantSend) {
        throw new ErrnoException(Errno.EPIPE);
      }
      Errno pending = error.getAndSet(null);
      if (pending != null) {
        throw new ErrnoException(pending);
      }
      if (to != null) {
        family(to);
      }
      if (len > sendLimit) {
        throw new ErrnoException(Errno.EMSGSIZE);
      }
      p.send(data, off, len, to, port, control);
      return len;
    });
  }

  public void setOption(SocketOption option, int value) throws ErrnoException {
    turn(p -> {
      switch (option) {
        case SO_RCVBUF -> receiveLimit(bufferSize(value));
        case SO_SNDBUF -> sendLimit(bufferSize(value));
        case SO_ERROR, SO_TYPE, SO_PROTOCOL, SO_ACCEPTCONN ->
            throw new ErrnoException(Errno.ENOPROTOOPT);
        default -> p.setOption(option, value);
      }
      return 0;
    });
  }

  private void receiveLimit(int bytes) {
    if (stream != null) {
      stream.receive.limit(bytes);
    } else {
      receive.limit(bytes);
    }
  }

  private void sendLimit(int bytes) {
    sendLimit = bytes;
    if (stream != null) {
      stream.send.limit(bytes);
    }
  }

  /** sbreserve: what is too much is refused. */
  private int bufferSize(int value) throws ErrnoException {
    if (value < 1) {
      throw new ErrnoException(Errno.EINVAL);
    }
    if (value > owner.largestBuffer()) {
      throw new ErrnoException(Errno.ENOBUFS);
    }
    return value;
  }

  public int getOption(SocketOption option) throws ErrnoException {
    return turn(p ->
        switch (option) {
          case SO_RCVBUF -> stream == null ? receive.limit() : stream.receive.limit();
          case SO_SNDBUF -> stream == null ? sendLimit : stream.send.limit();
          case SO_TYPE -> type.number();
          case SO_PROTOCOL -> protocol;
          case SO_ERROR -> {
            Errno pending = stream == null ? error.getAndSet(null) : stream.takeError();
            yield pending == null ? 0 : pending.number();
          }
          default -> p.getOption(option);
        });
  }

  /** Sets an option whose value is a name: TCP_CONGESTION, TCP_FUNCTION_BLK. */
  public void setText(SocketOption option, String value) throws ErrnoException {
    turn(p -> {
      p.setText(option, value);
      return 0;
    });
  }

  /** What {@link #setText} sets. */
  public String getText(SocketOption option) throws ErrnoException {
    return turn(p -> p.getText(option));
  }

  /** Sets an option whose value is a run of bytes. */
  public void setBytes(ByteOption option, byte[] value) throws ErrnoException {
    byte[] copy = value.clone();
    turn(p -> {
      p.setBytes(option, copy);
      return 0;
    });
  }

  /** What {@link #setBytes} set; empty where nothing was. */
  public byte[] getBytes(ByteOption option) throws ErrnoException {
    return turn(p -> p.getBytes(option).clone());
  }

  /** IP_OPTIONS: the options that every packet sent carries; none when empty. */
  public void setIpOptions(byte[] options) throws ErrnoException {
    byte[] copy = options.clone();
    turn(p -> {
      p.setIpOptions(copy);
      return 0;
    });
  }

  public void membership(Membership request) throws ErrnoException {
    turn(p -> {
      p.membership(request);
      return 0;
    });
  }

  /** setsourcefilter(3): which senders to a group that was joined are wanted. */
  public void sourceFilter(IpAddress group, @Nullable String ifname, Wanted wanted)
      throws ErrnoException {
    turn(p -> {
      p.sourceFilter(group, ifname, wanted);
      return 0;
    });
  }

  /** getsourcefilter(3). */
  public Wanted sourceFilter(IpAddress group, @Nullable String ifname) throws ErrnoException {
    return turn(p -> p.sourceFilter(group, ifname));
  }

  public IpAddress localAddress() throws ErrnoException {
    return turn(SocketProtocol::localAddress);
  }

  public int localPort() throws ErrnoException {
    return turn(SocketProtocol::localPort);
  }

  /** getpeername: ENOTCONN without a peer. */
  public IpAddress foreignAddress() throws ErrnoException {
    return turn(p -> {
      IpAddress peer = p.foreignAddress();
      if (peer == null) {
        throw new ErrnoException(Errno.ENOTCONN);
      }
      return peer;
    });
  }

  public int foreignPort() throws ErrnoException {
    return turn(SocketProtocol::foreignPort);
  }

  /** shutdown(2). */
  public void shutdown(boolean receiving, boolean sending) throws ErrnoException {
    if (stream != null) {
      stream.shutdown(receiving, sending);
      return;
    }
    turn(p -> {
      if (p.foreignAddress() == null && type != SocketType.RAW) {
        throw new ErrnoException(Errno.ENOTCONN);
      }
      cantSend |= sending;
      cantReceive |= receiving;
      wakeReader();
      return 0;
    });
  }

  /**
   * The next datagram.
   *
   * @param timeoutNanos how long to wait, {@link #FOREVER}, or 0 = not at all
   * @param peek leaves it where it is: MSG_PEEK
   * @return null at the end of the data (receiving was shut down)
   * @throws ErrnoException EAGAIN when nothing came in time, EINTR, a pending error, or why it
   *     ended
   */
  public @Nullable Datagram receive(long timeoutNanos, boolean peek) throws ErrnoException {
    vnet.lane().lanes().waiting().lock(reading);
    try {
      Datagram d = ended == null ? receive.poll(peek) : null;
      while (d == null && awaitDatagram(timeoutNanos)) {
        d = receive.poll(peek);
      }
      return d == null || d.control().isEmpty() ? d : d.with(dated(d));
    } finally {
      reading.unlock();
    }
  }

  /** The same with the time of day in the place of nanoseconds since boot. */
  private List<Cmsg> dated(Datagram d) {
    List<Cmsg> all = new ArrayList<>(d.control());
    all.replaceAll(c -> c.type() == CmsgType.SCM_TIMESTAMP ? timeval(d.nanos()) : c);
    return List.copyOf(all);
  }

  private Cmsg timeval(long nanos) {
    Clock clock = vnet.machine().clock();
    long now = clock.nanos(); // first: a pause in between makes it late, not early
    long micros = (clock.wallNanos() - now + nanos) / 1000;
    byte[] value = new byte[16];
    BigEndian.put64(value, 0, Math.floorDiv(micros, 1_000_000L));
    BigEndian.put64(value, 8, Math.floorMod(micros, 1_000_000L));
    return new Cmsg(CmsgType.SCM_TIMESTAMP, value);
  }

  /**
   * The next datagram into the caller's buffer: what does not fit is lost. Nothing is allocated.
   *
   * @param about is told where it came from; null = nobody asks
   * @return the length of the datagram, which may be more than {@code len}; -1 at the end of the
   *     data
   * @throws ErrnoException as {@link #receive(long, boolean)}
   */
  public int receive(
      byte[] to, int off, int len, @Nullable Arrival about, long timeoutNanos, boolean peek)
      throws ErrnoException {
    java.util.Objects.checkFromIndexSize(off, len, to.length);
    vnet.lane().lanes().waiting().lock(reading);
    try {
      int n = ended == null ? receive.poll(to, off, len, about, peek) : -1;
      while (n < 0 && awaitDatagram(timeoutNanos)) {
        n = receive.poll(to, off, len, about, peek);
      }
      return n;
    } finally {
      reading.unlock();
    }
  }

  /** Returns once a datagram is there; false at the end of the data. With the reader's lock. */
  private boolean awaitDatagram(long timeoutNanos) throws ErrnoException {
    while (true) {
      Errno pending = ended;
      if (pending == null && !receive.isEmpty()) {
        return true;
      }
      pending = pending != null ? pending : error.getAndSet(null);
      if (pending != null) {
        throw new ErrnoException(pending);
      }
      if (cantReceive) {
        return false;
      }
      if (timeoutNanos == 0 || !await(timeoutNanos)) {
        throw new ErrnoException(Errno.EAGAIN);
      }
    }
  }

  /** Whether a receive would not wait: poll(2). */
  public boolean readable() {
    if (stream != null) {
      return stream.readable();
    }
    return !receive.isEmpty() || error.get() != null || ended != null || cantReceive;
  }

  /** Who is unparked when a datagram comes: poll(2). One thread at a time; null = nobody. */
  public void watch(@Nullable Thread thread) {
    reader.watch(thread);
  }

  /** Waits until readable; false when the time passed first. */
  private boolean await(long timeoutNanos) throws ErrnoException {
    timedOut = false;
    if (timeoutNanos > 0) {
      arm(timeoutNanos);
    }
    reader.until(() -> readable() || timedOut);
    if (timeoutNanos > 0 && !timedOut && ended == null) {
      disarm();
    }
    if (!readable() && Thread.currentThread().isInterrupted()) {
      throw new ErrnoException(Errno.EINTR);
    }
    return readable() || !timedOut;
  }

  private void arm(long nanos) throws ErrnoException {
    turn(p -> {
      if (timer == null) {
        timer = vnet.callout("so_rcvtimeo", this::timeout);
      }
      timer.reset(nanos);
      return 0;
    });
  }

  private void timeout() {
    timedOut = true;
    wakeReader();
  }

  private void disarm() throws ErrnoException {
    vnet.call(() -> {
      if (timer != null) {
        timer.stop();
      }
      return 0;
    });
  }

  /** Whose file descriptor it is: told to sockstat(8), of no meaning here; null = nobody's. */
  public @Nullable Object holder() {
    return holder;
  }

  /** Sets that. */
  public void holder(@Nullable Object process) {
    holder = process;
  }

  /** Bytes that wait to be read: netstat's Recv-Q. */
  public int receiveQueue() {
    return stream == null ? receive.used() : stream.receive.size();
  }

  /** Bytes that wait to be acknowledged: netstat's Send-Q. */
  public int sendQueue() {
    return stream == null ? 0 : stream.send.size();
  }

  /** Bytes that one direction takes (sb_hiwat), and those that hold what is in it (sb_mbcnt). */
  public record Buffer(int limit, int storage) {}

  /** The receive buffer: netstat -x. */
  public Buffer receiveBuffer() {
    return stream == null
        ? new Buffer(receive.limit(), receive.used())
        : new Buffer(stream.receive.limit(), stream.receive.storage());
  }

  /** The send buffer; a datagram leaves at once, so that nothing is ever in it. */
  public Buffer sendBuffer() {
    return stream == null
        ? new Buffer(sendLimit, 0)
        : new Buffer(stream.send.limit(), stream.send.storage());
  }

  /** Closes; idempotent. */
  @Override
  public void close() {
    if (ended != null) {
      return;
    }
    if (stream != null) {
      stream.close();
      return;
    }
    try {
      vnet.call(() -> {
        abort(Errno.EBADF);
        return 0;
      });
    } catch (ErrnoException e) {
      throw new AssertionError(e); // abort refuses nothing
    }
  }

  /** A piece of work on the pcb. */
  @FunctionalInterface
  interface Work<T> {
    T on(SocketProtocol pcb) throws ErrnoException;
  }

  <T> T turn(Work<T> work) throws ErrnoException {
    return vnet.call(() -> {
      Errno why = ended;
      SocketProtocol p = pcb;
      if (why != null || p == null) {
        throw new ErrnoException(why == null ? Errno.EINVAL : why);
      }
      return work.on(p);
    });
  }

  // ---- for the protocol, in a turn ----

  /** Reserves the buffers: soreserve. */
  public void reserve(int sendBytes, int receiveBytes) {
    sendLimit(sendBytes);
    receiveLimit(receiveBytes);
  }

  /**
   * Puts a datagram into the receive buffer; false when it is full.
   *
   * @param asked bits of {@link CmsgType}: what the program wants to know of it
   */
  public boolean deliver(byte[] data, int off, int len, Arrival arrival, int asked) {
    arrival.asked = asked;
    if (cantReceive || !receive.offer(data, off, len, arrival)) {
      return false;
    }
    wakeReader();
    return true;
  }

  /** Sets so_error and wakes the reader. */
  public void fail(Errno with) {
    if (stream != null) {
      stream.fail(with);
      return;
    }
    error.set(with);
    wakeReader();
  }

  /** Ends the socket: pcb detached, ledger left, readers woken with {@code why}. */
  public void abort(Errno why) {
    if (ended != null) {
      return;
    }
    ended = why;
    if (timer != null) {
      timer.stop();
    }
    if (pcb != null) {
      pcb.detach();
    }
    if (stream != null) {
      stream.ended();
    }
    owner.forget(this);
    line.leave();
    wakeReader();
  }

  /** The process that held it is gone: as close, in a turn, without waiting. */
  public void abandon() {
    if (stream == null) {
      abort(Errno.EBADF);
    } else {
      stream.letGo();
    }
  }

  /** Why the socket is no more, or null. */
  public @Nullable Errno endedBy() {
    return ended;
  }

  private void wakeReader() {
    reader.wake();
  }

  /** The pcb, for netstat; null while it is being made. */
  public @Nullable SocketProtocol pcb() {
    return pcb;
  }

  @Override
  public String toString() {
    return "socket " + family + " " + type + " " + protocol;
  }
}
