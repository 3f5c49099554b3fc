package cellblock.userland.net.inetd;

import cellblock.control.KernelError;
import cellblock.control.Pollable;
import cellblock.control.SocketPort;
import cellblock.control.SocketPort.Readiness;
import cellblock.control.tool.HostChild;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A program of the host on one connection: what comes goes into its standard input, what it writes
 * goes out. The connection ends with its output.
 */
final class ProgramServer implements Server {
  private final HostChild child;
  private final SocketPort socket;
  private final Pollable readable;
  private final Pollable writable;
  private final PipeWriter in;
  private final PipeReader out;
  private final byte[] buffer = new byte[16 << 10];
  private boolean receiving = true;
  private byte @Nullable [] block;
  private int sent;
  private boolean ended;

  ProgramServer(HostChild child, SocketPort socket) {
    this.child = child;
    this.socket = socket;
    this.readable = socket.on(Readiness.READ);
    this.writable = socket.on(Readiness.WRITE);
    this.in = new PipeWriter(child.in());
    this.out = new PipeReader(child.out());
  }

  @Override
  public void wants(List<Pollable> all) {
    if (receiving) {
      all.add(in.ready() ? readable : in);
    }
    all.add(block == null ? out : writable);
  }

  @Override
  public boolean serve() throws KernelError, InterruptedException {
    if (receiving && in.ready() && readable.ready()) {
      int n = socket.read(buffer, 0, buffer.length, Duration.ZERO);
      receiving = n >= 0;
      if (n != 0) {
        in.put(Arrays.copyOf(buffer, Math.max(n, 0)));
      }
    }
    if (block == null) {
      block = out.poll();
      sent = 0;
    }
    byte[] b = block;
    if (b == null) {
      return true;
    }
    if (b.length == 0) {
      ended = true;
      return false;
    }
    if (writable.ready()) {
      sent += socket.write(b, sent, b.length - sent, Duration.ZERO);
      block = sent < b.length ? b : null;
    }
    return true;
  }

  @Override
  public void close() {
    socket.close();
    in.close();
    out.close();
    if (!ended) {
      child.kill(); // FreeBSD's would find out by itself: SIGPIPE
    }
  }
}
