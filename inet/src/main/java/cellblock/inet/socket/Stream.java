package cellblock.inet.socket;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.lane.Event;
import cellblock.kern.vnet.Vnet;
import cellblock.wire.IpAddress;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What a stream socket is beyond a socket: two rings of bytes, a queue of connections that wait for
 * accept, and the marks of so_state (ancestor: kern/uipc_socket.c soconnect, sosend, soreceive,
 * solisten, soaccept).
 *
 * <p>Threading: {@link #read} and {@link #write} copy through the rings and post an event, they
 * never take the lane; connect, listen, accept, shutdown and close run as turns. One reader and one
 * writer at a time, by a lock outside the stack. The part marked so is the protocol's, in turns.
 */
public final class Stream {
  /** How long close waits at most for what SO_LINGER asks, when the peer is silent: seconds. */
  private static final long SECOND = 1_000_000_000L;

  /** MCLBYTES. */
  static final int DEFAULT_SEND_LOW = 2048;

  /** sb_snd. */
  public final StreamRing send = new StreamRing();

  /** sb_rcv. */
  public final StreamRing receive = new StreamRing();

  private final UrgentMark urgent = new UrgentMark(receive);
  private final Socket socket;
  private final Vnet vnet;
  private final Sleeper readers;
  private final Sleeper writers;
  private final AtomicReference<@Nullable Errno> error = new AtomicReference<>();
  private final Event written = Event.of(this::tellWritten);
  private final Event consumed = Event.of(this::tellConsumed);
  private volatile @Nullable AcceptQueue incoming; // once it listens
  private volatile boolean connecting;
  private volatile boolean connected;
  private volatile boolean cantSend;
  private volatile boolean cantReceive;
  private volatile boolean closed;
  private int linger = -1;

  /** How many bytes may be read before the protocol wants to know: set in turns. */
  private volatile int updateAfter = 1;

  private int unreported;

  /** sb_lowat of the two buffers: from how many bytes on poll(2) and waits look up. */
  private volatile int receiveLow = 1;

  private volatile int sendLow = DEFAULT_SEND_LOW;

  /** How much the writer that waits has left to write. */
  private volatile int left;

  Stream(Socket socket) {
    this.socket = socket;
    this.vnet = socket.vnet();
    this.readers = new Sleeper(vnet, "so_rcv");
    this.writers = new Sleeper(vnet, "so_snd");
  }

  // ---- for programs ----

  /**
   * Connects and waits until that is done.
   *
   * @param timeoutNanos how long, {@link Socket#FOREVER}, or 0: EINPROGRESS at once
   */
  public void connect(IpAddress address, int port, long timeoutNanos) throws ErrnoException {
    socket.turn(p -> {
      socket.family(address);
      if (isListening()) {
        throw new ErrnoException(Errno.EOPNOTSUPP);
      }
      if (connecting) {
        throw new ErrnoException(Errno.EALREADY);
      }
      if (connected) {
        throw new ErrnoException(Errno.EISCONN);
      }
      p.connect(address, port);
      return 0;
    });
    finishConnect(timeoutNanos);
  }

  /** Waits for a connect that was begun. */
  public void finishConnect(long timeoutNanos) throws ErrnoException {
    writers.lock();
    try {
      boolean settled =
          writers.await(() -> !connecting || error.get() != null || isOver(), timeoutNanos);
      over();
      Errno pending = takeError();
      if (pending != null) {
        throw new ErrnoException(pending);
      }
      if (!settled) {
        throw new ErrnoException(timeoutNanos == 0 ? Errno.EINPROGRESS : Errno.ETIMEDOUT);
      }
      if (!connected) {
        throw new ErrnoException(Errno.ECONNABORTED);
      }
    } finally {
      writers.unlock();
    }
  }

  /** listen(2). */
  public void listen(int backlog) throws ErrnoException {
    socket.turn(p -> {
      if (connecting || connected) {
        throw new ErrnoException(Errno.EINVAL);
      }
      p.listen(backlog);
      if (incoming == null) {
        incoming = new AcceptQueue();
      }
      return 0;
    });
  }

  /** The next connection. EAGAIN when none came in time. */
  public Socket accept(long timeoutNanos) throws ErrnoException {
    AcceptQueue queue = incoming;
    if (queue == null) {
      throw new ErrnoException(Errno.EINVAL);
    }
    readers.lock();
    try {
      while (true) {
        over();
        Socket next =
            queue.size() == 0
                ? null
                : socket.turn(p -> Optional.ofNullable(queue.poll())).orElse(null);
        if (next != null) {
          if (next.endedBy() != null) {
            throw new ErrnoException(Errno.ECONNABORTED);
          }
          return next;
        }
        Errno pending = takeError();
        if (pending != null) {
          throw new ErrnoException(pending);
        }
        if (!readers.await(this::readable, timeoutNanos)) {
          throw new ErrnoException(Errno.EAGAIN);
        }
      }
    } finally {
      readers.unlock();
    }
  }

  /**
   * Reads what is there, waiting for the first byte. Returns the number of bytes, -1 at the end of
   * the data.
   */
  public int read(byte[] to, int off, int len, long timeoutNanos) throws ErrnoException {
    Objects.checkFromIndexSize(off, len, to.length);
    readers.lock();
    try {
      while (true) {
        over();
        int n = readable(low(len)) ? receive.take(to, off, urgent.cut(len)) : 0;
        if (n > 0 || len == 0) {
          report(n);
          return n;
        }
        Errno pending = takeError();
        if (pending != null) {
          throw new ErrnoException(pending);
        }
        if (cantReceive) {
          if (receive.size() > 0) {
            continue; // it came between the two looks
          }
          return -1;
        }
        if (!connected && !connecting) {
          throw new ErrnoException(Errno.ENOTCONN);
        }
        if (!readers.await(() -> readable(low(len)), timeoutNanos)) {
          throw new ErrnoException(Errno.EAGAIN);
        }
      }
    } finally {
      readers.unlock();
    }
  }

  /**
   * Copies what is there without taking it (MSG_PEEK). Returns the number of bytes, -1 at the end
   * of the data; EAGAIN when there is nothing.
   */
  public int peek(byte[] to, int off, int len) throws ErrnoException {
    Objects.checkFromIndexSize(off, len, to.length);
    readers.lock();
    try {
      over();
      int n = Math.min(len, receive.size());
      if (n > 0 || len == 0) {
        receive.copy(0, to, off, n);
        return n;
      }
      Errno pending = error.get();
      if (pending != null) {
        throw new ErrnoException(pending);
      }
      if (cantReceive) {
        return -1;
      }
      throw new ErrnoException(connected || connecting ? Errno.EAGAIN : Errno.ENOTCONN);
    } finally {
      readers.unlock();
    }
  }

  // ---- urgent data ----

  /** send(2) with MSG_OOB: the last byte is urgent. */
  public int writeUrgent(byte[] from, int off, int len, long timeoutNanos) throws ErrnoException {
    int n = len <= 1 ? 0 : write(from, off, len - 1, timeoutNanos);
    if (len < 1 || n < len - 1) {
      return n;
    }
    writers.lock();
    try {
      while (true) {
        writable();
        // In the same turn, so that the byte does not leave before it is known to be urgent.
        boolean taken =
            socket.turn(p -> {
              boolean fits = send.put(from, off + len - 1, 1) == 1;
              if (fits) {
                p.urgent();
              }
              return fits;
            });
        if (taken) {
          return len;
        }
        if (!writers.await(this::canWrite, timeoutNanos)) {
          if (n > 0) {
            return n;
          }
          throw new ErrnoException(Errno.EAGAIN);
        }
      }
    } finally {
      writers.unlock();
    }
  }

  /**
   * recv(2) with MSG_OOB: the urgent byte.
   *
   * @throws ErrnoException EINVAL without one, EAGAIN while it is under way
   */
  public int readUrgent(boolean peek) throws ErrnoException {
    readers.lock();
    try {
      over();
      return urgent.take(peek);
    } finally {
      readers.unlock();
    }
  }

  /** SIOCATMARK: whether the next byte read is the one behind which urgent data lies. */
  public boolean atMark() {
    return urgent.reached();
  }

  /** Whether there is urgent data: POLLPRI. */
  public boolean hasUrgent() {
    return urgent.ready();
  }

  /** SO_OOBINLINE. In a turn. */
  public void urgentInline(boolean on) {
    urgent.inline(on);
  }

  /** The peer's urgent byte is {@code ahead} bytes behind the end of the ring: sohasoutofband. */
  public void urgentAt(int ahead) {
    urgent.renew();
    urgent.set(receive.end() + ahead);
    readers.wake();
  }

  /** Tells the protocol once enough was read for a window update to be worth it. */
  private void report(int n) {
    unreported += n;
    if (unreported >= updateAfter) {
      unreported = 0;
      vnet.lane().post(consumed);
    }
  }

  /**
   * Writes, waiting for room. Returns how much was taken: all of it, or what went in before the
   * time passed.
   *
   * @throws ErrnoException EPIPE, ENOTCONN, a pending error, or EAGAIN when nothing was taken
   */
  public int write(byte[] from, int off, int len, long timeoutNanos) throws ErrnoException {
    Objects.checkFromIndexSize(off, len, from.length);
    writers.lock();
    try {
      int done = 0;
      while (true) {
        writable();
        int n = send.put(from, off + done, fitting(len - done));
        done += n;
        if (n > 0) {
          vnet.lane().post(written);
        }
        if (done == len) {
          return done;
        }
        left = len - done;
        if (!writers.await(this::takesMore, timeoutNanos)) {
          if (done > 0) {
            return done;
          }
          throw new ErrnoException(Errno.EAGAIN);
        }
      }
    } finally {
      writers.unlock();
    }
  }

  /** What goes in at once: all of it, or what there is room for when that is worth it. */
  private int fitting(int len) {
    int space = send.space();
    return len <= space ? len : space >= low(sendLow, send) ? space : 0;
  }

  private boolean takesMore() {
    return fitting(left) > 0 || cantSend || error.get() != null || isOver();
  }

  private static int low(int low, StreamRing ring) {
    return Math.max(1, Math.min(low, ring.limit()));
  }

  /** SO_SNDLOWAT: bytes of room from which on it counts as writable. */
  public int sendLow() {
    return low(sendLow, send);
  }

  /** Sets that. In a turn. */
  void sendLow(int bytes) {
    sendLow = bytes;
    writers.wake();
  }

  /** SO_RCVLOWAT: bytes from which on it counts as readable. */
  public int receiveLow() {
    return low(receiveLow, receive);
  }

  /** Sets that. In a turn. */
  void receiveLow(int bytes) {
    receiveLow = bytes;
    readers.wake();
  }

  /**
   * sendto(2) of a socket without a peer: connects, and what fits into the buffer goes along, in
   * the SYN itself where Fast Open allows that (tcp_usr_send's implied connect).
   *
   * @throws ErrnoException EISCONN with a peer; else as {@link #connect} and {@link #write}
   */
  public int writeTo(IpAddress to, int port, byte[] from, int off, int len, long timeoutNanos)
      throws ErrnoException {
    Objects.checkFromIndexSize(off, len, from.length);
    writers.lock();
    int n;
    try {
      over();
      if (connecting || connected) {
        throw new ErrnoException(Errno.EISCONN);
      }
      n = send.put(from, off, len);
      try {
        socket.turn(p -> {
          socket.family(to);
          if (isListening()) {
            throw new ErrnoException(Errno.EOPNOTSUPP);
          }
          p.connect(to, port);
          return 0;
        });
      } catch (ErrnoException e) {
        vnet.call(() -> {
          send.drop(send.size());
          return 0;
        });
        throw e;
      }
    } finally {
      writers.unlock();
    }
    return n == len ? n : n + write(from, off + n, len - n, timeoutNanos);
  }

  private void writable() throws ErrnoException {
    over();
    if (cantSend) {
      throw new ErrnoException(Errno.EPIPE);
    }
    Errno pending = takeError();
    if (pending != null) {
      throw new ErrnoException(pending);
    }
    if (!connected && !connecting) {
      throw new ErrnoException(Errno.ENOTCONN);
    }
  }

  /** Whether a read or accept would not wait: poll(2)'s POLLIN. */
  public boolean readable() {
    return readable(receiveLow());
  }

  /** How many bytes a read of {@code len} waits for. */
  private int low(int len) {
    return Math.min(receiveLow(), Math.max(len, 1));
  }

  private boolean readable(int low) {
    return receive.size() >= low || cantReceive || waiting() > 0 || error.get() != null || isOver();
  }

  /** Whether a write would not wait: POLLOUT. */
  public boolean canWrite() {
    return (connected && send.space() >= low(sendLow, send))
        || cantSend
        || error.get() != null
        || isOver();
  }

  /** Whether nothing moves in either direction any more: POLLHUP. */
  public boolean isOverBothWays() {
    return cantSend && cantReceive && !connecting;
  }

  /** Whether nothing will move any more: POLLHUP, POLLERR. */
  public boolean isHungUp() {
    return (cantSend && cantReceive) || error.get() != null || isOver();
  }

  /** Who is unparked when {@link #readable} may have changed: poll(2). One thread at a time. */
  public void watchRead(@Nullable Thread thread) {
    readers.watch(thread);
  }

  /** The same for {@link #canWrite}. */
  public void watchWrite(@Nullable Thread thread) {
    writers.watch(thread);
  }

  public boolean isConnected() {
    return connected;
  }

  private boolean isOver() {
    return closed || socket.endedBy() != null;
  }

  private void over() throws ErrnoException {
    Errno why = closed ? Errno.EBADF : socket.endedBy();
    if (why != null) {
      throw new ErrnoException(why);
    }
  }

  /** shutdown(2). */
  public void shutdown(boolean receiving, boolean sending) throws ErrnoException {
    socket.turn(p -> {
      if (!connected) {
        throw new ErrnoException(Errno.ENOTCONN);
      }
      if (receiving) {
        cantReceive = true; // what is in the ring stays until the reader takes it
        readers.wake();
      }
      if (sending && !cantSend) {
        cantSend = true;
        writers.wake();
        p.shutdownSend();
      }
      return 0;
    });
  }

  /** close(2): the protocol finishes in the background; with SO_LINGER the caller waits for it. */
  void close() {
    if (closed) {
      return;
    }
    try {
      boolean waits = vnet.call(this::letGo);
      if (waits) {
        writers.await(() -> socket.endedBy() != null || send.size() == 0, linger * SECOND);
      }
    } catch (ErrnoException e) {
      if (e.errno() != Errno.EINTR) {
        throw new AssertionError(e); // closing refuses nothing
      }
    }
  }

  /** The part of close that is a turn. Returns whether SO_LINGER asks the caller to wait. */
  boolean letGo() {
    SocketProtocol p = socket.pcb();
    if (closed || socket.endedBy() != null || p == null) {
      return false;
    }
    closed = true;
    readers.wake();
    writers.wake();
    if (linger == 0 && (connected || connecting)) {
      socket.abort(Errno.EBADF);
      return false;
    }
    p.closed();
    return linger > 0 && connected;
  }

  @Nullable Errno takeError() {
    return error.get() == null ? null : error.getAndSet(null);
  }

  private void tellWritten() {
    SocketProtocol p = socket.pcb();
    if (p != null && socket.endedBy() == null) {
      p.written();
    }
  }

  private void tellConsumed() {
    SocketProtocol p = socket.pcb();
    if (p != null && socket.endedBy() == null) {
      p.consumed();
    }
  }

  // ---- for the protocol, in turns ----

  /** SO_LINGER in seconds, -1 = off. */
  public void linger(int seconds) {
    linger = seconds;
  }

  public int linger() {
    return linger;
  }

  /** A read of that many bytes is worth an event. */
  public void updateAfter(int bytes) {
    updateAfter = Math.max(1, bytes);
  }

  /** soisconnecting. */
  public void connecting() {
    cantSend = false;
    cantReceive = false;
    connecting = true;
  }

  /** A connect was refused before anything left: the socket is as it was. */
  public void takeBack() {
    cantSend = false;
    cantReceive = false;
    error.set(null);
  }

  /** soisconnected. */
  public void connected() {
    connected = true;
    connecting = false;
    writers.wake();
    readers.wake();
  }

  /** soisdisconnected: nothing more in either direction. */
  public void disconnected() {
    cantSend = true;
    cantReceive = true;
    connecting = false;
    send.drop(send.size());
    readers.wake();
    writers.wake();
  }

  /** Data was put into the receive ring: sorwakeup. */
  public void arrived() {
    readers.wake();
  }

  /** Room was made in the send ring: sowwakeup. */
  public void drained() {
    writers.wake();
  }

  /** socantrcvmore: the peer's FIN. */
  public void endOfData() {
    cantReceive = true;
    readers.wake();
  }

  /** Whether received data has no reader any more. */
  public boolean refusesData() {
    return cantReceive;
  }

  /** Whether the program has closed the socket: SS_NOFDREF. */
  public boolean isClosed() {
    return closed;
  }

  public boolean isListening() {
    return incoming != null;
  }

  /** A connection is complete: it waits for accept. */
  public void enqueue(Socket child) {
    AcceptQueue queue = incoming;
    if (queue == null) {
      throw new IllegalStateException(socket + " does not listen");
    }
    queue.add(child);
    readers.wake();
  }

  /** Connections that wait for accept: netstat -L. */
  public int waiting() {
    AcceptQueue queue = incoming;
    return queue == null ? 0 : queue.size();
  }

  /** Sets so_error. */
  public void fail(Errno with) {
    error.set(with);
    readers.wake();
    writers.wake();
  }

  /** The socket is no more; connections that nobody accepted go with it. */
  void ended() {
    readers.stop();
    writers.stop();
    if (incoming != null) {
      incoming.abort();
    }
  }
}
