package cellblock.control.session;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Frames over a blocking byte channel. A write returns when the operating system has taken the
 * bytes: that is the back-pressure, nothing is queued here. One thread reads, any thread writes.
 */
public final class FrameChannel implements Closeable {
  private final ByteChannel channel;
  private final ReentrantLock writing = new ReentrantLock();
  private final ByteBuffer head = ByteBuffer.allocate(5);
  private ByteBuffer out = ByteBuffer.allocate(256);

  /** Frames over {@code channel}, which must be in blocking mode. */
  public FrameChannel(ByteChannel channel) {
    this.channel = channel;
  }

  /**
   * Reads one frame of at most {@code limit} bytes; memory is only taken for bytes that arrived.
   *
   * @return null at a clean end of the stream, between frames
   * @throws ProtocolError when the length is out of range
   * @throws EOFException when the stream ends inside a frame
   */
  public @Nullable Frame read(int limit) throws IOException {
    head.clear();
    if (!fill(head) && head.position() == 0) {
      return null;
    }
    if (head.hasRemaining()) {
      throw new EOFException("half a message");
    }
    int length = head.getInt(0);
    if (length < 1 || length > limit) {
      throw new ProtocolError(
          "message length " + Integer.toUnsignedString(length) + " out of range");
    }
    return new Frame(head.get(4), body(length - 1));
  }

  private byte[] body(int size) throws IOException {
    byte[] bytes = new byte[Math.min(size, FrameType.MAX_DATA)];
    int have = 0;
    while (true) {
      ByteBuffer into = ByteBuffer.wrap(bytes, have, bytes.length - have);
      if (!fill(into)) {
        throw new EOFException("half a message");
      }
      have = bytes.length;
      if (have == size) {
        return bytes;
      }
      bytes = Arrays.copyOf(bytes, (int) Math.min(size, 2L * have));
    }
  }

  private boolean fill(ByteBuffer into) throws IOException {
    while (into.hasRemaining()) {
      if (channel.read(into) < 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * Writes one frame whole. A thread that was interrupted before may still say its last words: the
   * channel would close itself otherwise.
   */
  public void write(int type, byte[] body, int offset, int length) throws IOException {
    boolean interrupted = Thread.interrupted();
    writing.lock();
    try {
      if (out.capacity() < length + 5) {
        out = ByteBuffer.allocate(length + 5);
      }
      out.clear().putInt(length + 1).put((byte) type).put(body, offset, length).flip();
      while (out.hasRemaining()) {
        channel.write(out);
      }
    } finally {
      writing.unlock();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Writes one frame whole. */
  public void write(int type, byte[] body) throws IOException {
    write(type, body, 0, body.length);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
