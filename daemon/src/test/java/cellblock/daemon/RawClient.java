package cellblock.daemon;

import cellblock.control.session.Body;
import cellblock.control.session.Frame;
import cellblock.control.session.FrameChannel;
import cellblock.control.session.FrameType;
import cellblock.control.session.Hello;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Speaks to a control socket frame by frame, or breaks its rules. */
final class RawClient implements AutoCloseable {
  final SocketChannel socket;
  final FrameChannel frames;

  RawClient(Path path) throws IOException {
    socket = SocketChannel.open(UnixDomainSocketAddress.of(path));
    frames = new FrameChannel(socket);
  }

  RawClient hello(String tool, String... args) throws IOException {
    long pid = ProcessHandle.current().pid();
    Hello hello = new Hello(pid, tool, List.of(args), "/", List.of("PATH=/usr/bin:/bin"));
    frames.write(FrameType.HELLO, hello.encode());
    return this;
  }

  void raw(byte... bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      socket.write(buffer);
    }
  }

  Frame next() throws IOException {
    return frames.read(FrameType.MAX_FRAME);
  }

  /** The text of all frames of one type until EXIT; its status after a "#". */
  String until(int type) throws IOException {
    StringBuilder text = new StringBuilder();
    for (Frame frame = next(); frame != null; frame = next()) {
      if (frame.type() == type) {
        text.append(new String(frame.body(), StandardCharsets.UTF_8));
      }
      if (frame.type() == FrameType.EXIT) {
        return text + "#" + Body.reading(frame.body()).getInt();
      }
    }
    return text + "#gone";
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
