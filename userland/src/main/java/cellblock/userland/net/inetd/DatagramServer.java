package cellblock.userland.net.inetd;

import cellblock.control.KernelError;
import cellblock.control.Pollable;
import cellblock.control.SocketPort;
import cellblock.control.SocketPort.Readiness;
import cellblock.control.tool.HostChild;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A program that has a datagram service to itself until it ends ("wait"): each datagram is one
 * write into its standard input, each of its writes one datagram to the sender of the last. What it
 * is given and does not read is lost; FreeBSD's has the socket itself, where that would stay.
 */
final class DatagramServer implements Server {
  private final HostChild child;
  private final SocketPort socket;
  private final Pollable readable;
  private final PipeWriter in;
  private final PipeReader out;
  private SocketPort.@Nullable Datagram last;
  private boolean ended;

  DatagramServer(HostChild child, SocketPort socket) {
    this.child = child;
    this.socket = socket;
    this.readable = socket.on(Readiness.READ);
    this.in = new PipeWriter(child.in());
    this.out = new PipeReader(child.out());
  }

  @Override
  public void wants(List<Pollable> all) {
    all.add(in.ready() ? readable : in);
    all.add(out);
  }

  @Override
  public boolean serve() throws KernelError, InterruptedException {
    byte[] reply = out.poll();
    if (reply != null) {
      if (reply.length == 0) {
        ended = true;
        return false;
      }
      answer(reply);
    }
    if (in.ready() && readable.ready()) {
      SocketPort.Datagram d = socket.receive(Duration.ZERO);
      if (d != null) {
        last = d;
        in.put(d.data());
      }
    }
    return true;
  }

  private void answer(byte[] reply) {
    SocketPort.Datagram to = last;
    if (to == null) {
      return;
    }
    try {
      socket.sendTo(reply, 0, reply.length, to.from(), to.port());
    } catch (KernelError e) {
      // Its write(2) fails; the service goes on.
    }
  }

  /** The socket stays: it is inetd's again. */
  @Override
  public void close() {
    in.close();
    out.close();
    if (!ended) {
      child.kill();
    }
  }
}
