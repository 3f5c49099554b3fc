package cellblock.userland.net.fetch;

import cellblock.control.KernelError;
import cellblock.control.SocketPort;
import cellblock.userland.net.AddrInfo;
import cellblock.userland.net.Stdio;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A TCP connection to a server, read by lines and by blocks (ancestor: libfetch/common.c). */
final class Connection extends InputStream {
  private final SocketPort socket;
  private final @Nullable Duration timeout;
  private final byte[] buffer = new byte[16 << 10];
  private int at;
  private int end;

  private Connection(SocketPort socket, @Nullable Duration timeout) {
    this.socket = socket;
    this.timeout = timeout;
  }

  /**
   * Connects to the first address that answers.
   *
   * @param bind local address, or null
   */
  static Connection open(
      Stdio io, Url url, AddrInfo.Family family, @Nullable String bind, @Nullable Duration timeout)
      throws FetchError, InterruptedException {
    List<String> addresses = AddrInfo.lookup(io, url.host(), family, false);
    if (addresses.isEmpty()) {
      throw new FetchError("No address record", false);
    }
    KernelError last = null;
    for (String address : addresses) {
      SocketPort socket = null;
      try {
        boolean six = AddrInfo.isInet6(address);
        socket =
            io.kernel()
                .socket(
                    six ? SocketPort.Domain.INET6 : SocketPort.Domain.INET,
                    SocketPort.Type.STREAM,
                    0);
        if (bind != null) {
          socket.bind(bind, 0);
        }
        socket.connect(address, url.portOrDefault(), timeout);
        return new Connection(socket, timeout);
      } catch (KernelError e) {
        last = e;
        if (socket != null) {
          socket.close();
        }
      }
    }
    throw new FetchError(last == null ? "No address record" : last.text(), true);
  }

  void send(String text) throws FetchError, InterruptedException {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    try {
      socket.write(bytes, 0, bytes.length);
    } catch (KernelError e) {
      throw new FetchError(e.text(), true);
    }
  }

  /** A line without its end; null at the end of the data. */
  @Nullable String line() throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    int c = read();
    if (c < 0) {
      return null;
    }
    while (c >= 0 && c != '\n') {
      if (text.size() > 65_536) {
        throw new FetchError("Protocol error", true);
      }
      text.write(c);
      c = read();
    }
    String line = text.toString(StandardCharsets.ISO_8859_1);
    return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
  }

  @Override
  public int read() throws IOException {
    return at < end || fill() ? buffer[at++] & 0xff : -1;
  }

  @Override
  public int read(byte[] to, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (at == end && !fill()) {
      return -1;
    }
    int n = Math.min(length, end - at);
    System.arraycopy(buffer, at, to, offset, n);
    at += n;
    return n;
  }

  private boolean fill() throws IOException {
    try {
      int n = socket.read(buffer, 0, buffer.length, timeout);
      if (n == 0) {
        throw new SocketTimeoutException("Operation timed out");
      }
      at = 0;
      end = Math.max(n, 0);
      return n > 0;
    } catch (KernelError e) {
      throw new FetchError(e.text(), true);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
