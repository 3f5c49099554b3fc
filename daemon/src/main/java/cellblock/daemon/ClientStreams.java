package cellblock.daemon;

import cellblock.control.Pollable;
import cellblock.control.session.Body;
import cellblock.control.session.FrameType;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A client's standard streams. Output leaves when its buffer is full, on flush, at the end, and
 * before the tool waits. Input is asked for one read at a time: what the tool does not read stays
 * with the client's shell.
 */
final class ClientStreams {
  private static final int OUT_BUFFER = 8 << 10;
  private static final byte[] END = new byte[0];

  private final Outgoing channel;
  private final Pace pace;
  private final PrintStream out;
  private final PrintStream err;
  private final Input in = new Input();
  private final ArrayBlockingQueue<byte[]> arrivals = new ArrayBlockingQueue<>(2);

  ClientStreams(Outgoing channel, Pace pace) {
    this.channel = channel;
    this.pace = pace;
    this.out = print(FrameType.STDOUT, OUT_BUFFER, false);
    this.err = print(FrameType.STDERR, 1 << 10, true);
  }

  private PrintStream print(int type, int buffer, boolean atOnce) {
    OutputStream frames = new BufferedOutputStream(new Output(type), buffer);
    return new PrintStream(frames, atOnce, StandardCharsets.UTF_8);
  }

  PrintStream out() {
    return out;
  }

  PrintStream err() {
    return err;
  }

  InputStream in() {
    return in;
  }

  /** Readiness of {@link #in}. */
  Pollable input() {
    return in;
  }

  /** Readiness of {@link #out}. */
  Pollable output() {
    return channel;
  }

  void flush() {
    out.flush();
    err.flush();
  }

  /** The client answered a READ; more answers than questions are dropped. */
  void arrived(byte[] bytes) {
    arrivals.offer(bytes);
    in.wake();
  }

  /** The client has gone: its input is at its end. */
  void hangUp() {
    arrivals.offer(END);
    in.wake();
  }

  private final class Output extends OutputStream {
    private final int type;

    Output(int type) {
      this.type = type;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      for (int done = 0; done < length; done += FrameType.MAX_DATA) {
        int from = offset + done;
        int to = offset + Math.min(length, done + FrameType.MAX_DATA);
        channel.send(type, Arrays.copyOfRange(bytes, from, to));
      }
    }
  }

  private final class Input extends InputStream implements Pollable {
    private byte[] have = END;
    private int next;
    private boolean ended;
    private boolean asked;
    private volatile @Nullable Thread watcher;

    void wake() {
      LockSupport.unpark(watcher);
    }

    @Override
    public boolean ready() {
      pace.beforeLooking();
      return next < have.length || ended || !arrivals.isEmpty();
    }

    /** Asks the client for a block, since nobody would wait for what is not asked for. */
    @Override
    public void watch(@Nullable Thread thread) {
      watcher = thread;
      if (thread != null && !ready()) {
        try {
          request(FrameType.MAX_DATA);
        } catch (IOException e) {
          ended = true; // the client has gone
        }
      }
    }

    private void request(int most) throws IOException {
      if (!asked) {
        flush();
        channel.send(FrameType.READ, Body.of(most));
        asked = true;
      }
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (next == have.length && !ask(length)) {
        return -1;
      }
      int n = Math.min(length, have.length - next);
      System.arraycopy(have, next, into, offset, n);
      next += n;
      return n;
    }

    @Override
    public int available() {
      return have.length - next;
    }

    private boolean ask(int most) throws IOException {
      if (ended) {
        return false;
      }
      request(most);
      try {
        have = pace.take(arrivals);
        asked = false;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("the client has gone");
      }
      next = 0;
      ended = have.length == 0;
      return !ended;
    }
  }
}
