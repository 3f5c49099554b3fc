package cellblock.userland.net.nc;

import cellblock.control.KernelError;
import cellblock.control.Pollable;
import cellblock.control.SocketPort;
import cellblock.control.SocketPort.Readiness;
import cellblock.userland.net.Stdio;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Copies between a socket and the standard streams until there is nothing more to copy (ancestor:
 * netcat.c, readwrite). Each direction has one buffer: what the reader does not take is not read.
 */
final class Conversation {
  private static final int STREAM_BUFFER = 32 << 10;

  /** netcat's BUFSIZE: what was read at once is sent as one datagram. */
  private static final int DATAGRAM_BUFFER = 16 << 10;

  private static final Duration NOW = Duration.ZERO;

  private final Stdio io;
  private final NcOptions options;
  private final SocketPort socket;
  private final @Nullable Duration timeout;
  private final Buffer fromStdin;
  private final Buffer fromNet;
  private final Pollable hangup;
  private final Pollable netReadable;
  private final Pollable netWritable;
  private boolean stdin;
  private boolean stdout = true;
  private boolean netIn = true;
  private boolean netOut = true;

  /** Bytes on their way. */
  private static final class Buffer {
    private final byte[] bytes;
    private int used;

    Buffer(int size) {
      bytes = new byte[size];
    }

    int space() {
      return bytes.length - used;
    }

    void drop(int n) {
      System.arraycopy(bytes, n, bytes, 0, used - n);
      used -= n;
    }
  }

  Conversation(Stdio io, NcOptions options, SocketPort socket) {
    this.io = io;
    this.options = options;
    this.socket = socket;
    this.timeout = options.timeout < 0 ? null : Duration.ofSeconds(options.timeout);
    this.fromStdin = new Buffer(options.udp ? DATAGRAM_BUFFER : STREAM_BUFFER);
    this.fromNet = new Buffer(options.udp ? 1 << 16 : STREAM_BUFFER);
    this.hangup = socket.on(Readiness.HANGUP);
    this.netReadable = socket.on(Readiness.READ);
    this.netWritable = socket.on(Readiness.WRITE);
    this.stdin = !options.detached;
  }

  /** A datagram that came before the conversation began. */
  void begin(byte[] data) {
    System.arraycopy(data, 0, fromNet.bytes, 0, data.length);
    fromNet.used = data.length;
    netIn = data.length > 0;
  }

  /** Runs to the end, or until nothing moved for the timeout. The socket stays open. */
  void run() throws InterruptedException {
    while (!over()) {
      if (options.interval > 0) {
        io.context().sleep(Duration.ofSeconds(options.interval));
      }
      if (!io.kernel().poll(wanted(), timeout)) {
        return;
      }
      hangUp();
      readStdin();
      writeNet();
      readNet();
      writeStdout();
      finish();
    }
  }

  private boolean over() {
    boolean empty = fromStdin.used == 0 && fromNet.used == 0;
    return !stdin && !netIn && empty || !netOut && !stdout || options.listen && !netIn && empty;
  }

  private List<Pollable> wanted() {
    List<Pollable> all = new ArrayList<>(5);
    if (stdin && fromStdin.space() > 0) {
      all.add(io.context().input());
    }
    if (netOut) {
      all.add(fromStdin.used > 0 ? netWritable : hangup);
    }
    if (reads()) {
      all.add(netReadable);
    }
    if (stdout && fromNet.used > 0) {
      all.add(io.context().output());
    }
    return all;
  }

  /** A datagram is read whole or not at all. */
  private boolean reads() {
    return netIn && (options.udp ? fromNet.used == 0 : fromNet.space() > 0);
  }

  /** A socket that takes nothing any more needs no input. */
  private void hangUp() {
    if (netOut && hangup.ready()) {
      netOut = false;
    }
    if (!netOut) {
      stdin = false;
      fromStdin.used = 0;
    }
    if (!stdout && netIn) {
      shutdown(true, false);
      netIn = false;
    }
  }

  private void readStdin() throws InterruptedException {
    if (!stdin || fromStdin.space() == 0 || !io.context().input().ready()) {
      return;
    }
    int n;
    try {
      n = io.context().in().read(fromStdin.bytes, fromStdin.used, fromStdin.space());
    } catch (IOException e) {
      n = -1;
    }
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    if (n <= 0) {
      stdin = false;
    } else {
      fromStdin.used += n;
    }
  }

  private void writeNet() throws InterruptedException {
    if (!netOut || fromStdin.used == 0 || !netWritable.ready()) {
      return;
    }
    try {
      if (options.udp) {
        socket.sendTo(fromStdin.bytes, 0, fromStdin.used, null, 0);
        fromStdin.used = 0;
      } else {
        fromStdin.drop(socket.write(fromStdin.bytes, 0, fromStdin.used, NOW));
      }
    } catch (KernelError e) {
      netOut = false;
      fromStdin.used = 0;
    }
  }

  private void readNet() throws InterruptedException {
    if (!reads() || !netReadable.ready()) {
      return;
    }
    try {
      int n = receive();
      if (n < 0) {
        shutdown(true, false);
        netIn = false;
        return;
      }
      int from = fromNet.used;
      fromNet.used += n;
      if (options.telnet) {
        telnet(from);
      }
    } catch (KernelError e) {
      netIn = false;
    }
  }

  /** Bytes read, 0 where none are there after all, -1 at the end: FIN, or an empty datagram. */
  private int receive() throws KernelError, InterruptedException {
    if (!options.udp) {
      return socket.read(fromNet.bytes, fromNet.used, fromNet.space(), NOW);
    }
    SocketPort.Datagram datagram = socket.receive(NOW);
    if (datagram == null) {
      return 0;
    }
    byte[] data = datagram.data();
    System.arraycopy(data, 0, fromNet.bytes, 0, data.length);
    return data.length == 0 ? -1 : data.length;
  }

  private void writeStdout() throws InterruptedException {
    if (!stdout || fromNet.used == 0 || !io.context().output().ready()) {
      return;
    }
    io.out().write(fromNet.bytes, 0, fromNet.used);
    fromNet.used = 0;
    if (io.out().checkError()) { // which flushes
      stdout = false;
    }
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  private void finish() {
    if (!stdin && fromStdin.used == 0) {
      if (netOut && options.shutdown) {
        shutdown(false, true);
      }
      netOut = false;
    }
    if (!netIn && fromNet.used == 0) {
      stdout = false;
    }
  }

  private void shutdown(boolean receiving, boolean sending) {
    try {
      socket.shutdown(receiving, sending);
    } catch (KernelError e) {
      // It is down already.
    }
  }

  private static final int IAC = 255;
  private static final int DONT = 254;
  private static final int WONT = 252;
  private static final int WILL = 251;

  /** Refuses whatever the other side offers or asks for (RFC 854). */
  private void telnet(int from) throws InterruptedException {
    byte[] b = fromNet.bytes;
    for (int i = from; i + 2 < fromNet.used; i++) {
      int verb = b[i + 1] & 0xff;
      if ((b[i] & 0xff) != IAC || verb < WILL || verb > DONT) {
        continue;
      }
      int answer = verb == WILL || verb == WONT ? DONT : WONT;
      byte[] reply = {(byte) IAC, (byte) answer, b[i + 2]};
      try {
        socket.write(reply, 0, reply.length);
      } catch (KernelError e) {
        io.warn("Write Error!", e);
      }
      i += 2;
    }
  }
}
