package cellblock.client;

import cellblock.control.session.FrameChannel;
import cellblock.control.session.FrameType;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.util.concurrent.Semaphore;

/**
 * Reads standard input, but only when the tool asked: what it does not ask for stays the shell's.
 */
final class Stdin extends Thread {
  private final FrameChannel channel;
  private final Semaphore asked = new Semaphore(0);
  private volatile int most;

  Stdin(FrameChannel channel) {
    super("stdin");
    this.channel = channel;
  }

  /** Lets one read of at most {@code bytes} happen. */
  void ask(int bytes) {
    most = Math.max(1, Math.min(bytes, FrameType.MAX_DATA));
    asked.release();
  }

  @Override
  public void run() {
    FileInputStream in = new FileInputStream(FileDescriptor.in);
    byte[] buffer = new byte[FrameType.MAX_DATA];
    try {
      while (true) {
        asked.acquireUninterruptibly();
        int n;
        try {
          n = in.read(buffer, 0, most);
        } catch (IOException e) {
          n = -1;
        }
        channel.write(FrameType.STDIN, buffer, 0, Math.max(n, 0));
      }
    } catch (IOException e) {
      // The main thread reads the same end of the connection.
    }
  }
}
