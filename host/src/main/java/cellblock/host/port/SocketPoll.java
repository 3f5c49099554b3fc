package cellblock.host.port;

import cellblock.control.Pollable;
import cellblock.control.SocketPort.Readiness;
import cellblock.inet.socket.Socket;
import cellblock.inet.socket.SocketType;
import cellblock.inet.socket.Stream;
import org.jspecify.annotations.Nullable;

/** One state of a socket as poll(2) sees it (ancestor: kern/uipc_socket.c, sopoll_generic). */
final class SocketPoll implements Pollable {
  private final Socket socket;
  private final Readiness what;
  private final @Nullable Stream stream;

  SocketPoll(Socket socket, Readiness what) {
    this.socket = socket;
    this.what = what;
    this.stream = socket.type() == SocketType.STREAM ? socket.streamOf() : null;
  }

  @Override
  public boolean ready() {
    Stream s = stream;
    return switch (what) {
      case READ -> socket.readable();
      case WRITE -> s == null || s.canWrite();
      case HANGUP -> s == null ? socket.endedBy() != null : s.isHungUp();
    };
  }

  @Override
  public void watch(@Nullable Thread thread) {
    Stream s = stream;
    if (s == null) {
      socket.watch(thread);
      return;
    }
    if (what != Readiness.WRITE) {
      s.watchRead(thread);
    }
    if (what != Readiness.READ) {
      s.watchWrite(thread);
    }
  }
}
