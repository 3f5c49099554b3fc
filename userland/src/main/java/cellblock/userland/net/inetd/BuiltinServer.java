package cellblock.userland.net.inetd;

import cellblock.control.KernelError;
import cellblock.control.Pollable;
import cellblock.control.SocketPort;
import cellblock.control.SocketPort.Readiness;
import java.time.Duration;
import java.util.List;

/** An internal service on one connection (ancestor: builtins.c, *_stream). */
final class BuiltinServer implements Server {
  private static final int BUFFER = 16 << 10;

  private final Builtin service;
  private final SocketPort socket;
  private final Pollable readable;
  private final Pollable writable;
  private byte[] bytes = {};
  private int from;
  private int to;
  private int line;

  BuiltinServer(Builtin service, SocketPort socket) {
    this.service = service;
    this.socket = socket;
    this.readable = socket.on(Readiness.READ);
    this.writable = socket.on(Readiness.WRITE);
  }

  @Override
  public void wants(List<Pollable> all) {
    all.add(service == Builtin.CHARGEN || from < to ? writable : readable);
  }

  @Override
  public boolean serve() throws KernelError, InterruptedException {
    if (service == Builtin.CHARGEN) {
      if (from == to) {
        lines();
      }
    } else if (from == to) {
      if (!readable.ready()) {
        return true;
      }
      if (bytes.length == 0) {
        bytes = new byte[BUFFER];
      }
      int n = socket.read(bytes, 0, bytes.length, Duration.ZERO);
      if (n < 0) {
        return false;
      }
      from = 0;
      to = service == Builtin.DISCARD ? 0 : n;
    }
    if (from < to && writable.ready()) {
      from += socket.write(bytes, from, to - from, Duration.ZERO);
    }
    return true;
  }

  /** Some lines at once. */
  private void lines() {
    int length = Builtin.line(0).length;
    bytes = new byte[16 * length];
    for (int i = 0; i < 16; i++) {
      System.arraycopy(Builtin.line(line++), 0, bytes, i * length, length);
    }
    from = 0;
    to = bytes.length;
  }

  @Override
  public void close() {
    socket.close();
  }
}
