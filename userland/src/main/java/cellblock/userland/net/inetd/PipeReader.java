package cellblock.userland.net.inetd;

import cellblock.control.Pollable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A pipe's reading end that can be polled: a thread of its own reads ahead, a few blocks and no
 * more.
 */
final class PipeReader implements Pollable {
  private static final byte[] END = {};

  private final InputStream pipe;
  private final ArrayBlockingQueue<byte[]> blocks = new ArrayBlockingQueue<>(4);
  private final Thread thread;
  private volatile @Nullable Thread watcher;

  PipeReader(InputStream pipe) {
    this.pipe = pipe;
    this.thread = Thread.ofVirtual().name("pipe reader").start(this::copy);
  }

  private void copy() {
    byte[] buffer = new byte[16 << 10];
    try (pipe) {
      int n = 0;
      while (n >= 0) {
        n = read(buffer);
        blocks.put(n < 0 ? END : Arrays.copyOf(buffer, n));
        LockSupport.unpark(watcher);
      }
    } catch (IOException | InterruptedException e) {
      // Nobody reads any more.
    }
  }

  private int read(byte[] buffer) {
    try {
      return pipe.read(buffer);
    } catch (IOException e) {
      return -1;
    }
  }

  @Override
  public boolean ready() {
    return !blocks.isEmpty();
  }

  @Override
  public void watch(@Nullable Thread by) {
    watcher = by;
  }

  /** The next block, empty at the end, null when none is there yet. */
  byte @Nullable [] poll() {
    return blocks.poll();
  }

  void close() {
    thread.interrupt();
  }
}
