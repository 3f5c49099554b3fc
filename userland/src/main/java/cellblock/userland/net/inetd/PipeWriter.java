package cellblock.userland.net.inetd;

import cellblock.control.Pollable;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A pipe's writing end that can be polled: a thread of its own writes what was put into it. */
final class PipeWriter implements Pollable {
  private static final byte[] END = {};

  private final OutputStream pipe;
  private final ArrayBlockingQueue<byte[]> blocks = new ArrayBlockingQueue<>(4);
  private final Thread thread;
  private volatile boolean broken;
  private volatile @Nullable Thread watcher;

  PipeWriter(OutputStream pipe) {
    this.pipe = pipe;
    this.thread = Thread.ofVirtual().name("pipe writer").start(this::copy);
  }

  private void copy() {
    try (pipe) {
      for (byte[] block = blocks.take(); block.length > 0; block = blocks.take()) {
        LockSupport.unpark(watcher);
        pipe.write(block);
        pipe.flush();
      }
    } catch (IOException | InterruptedException e) {
      // Its reader has gone.
    }
    broken = true;
    LockSupport.unpark(watcher);
  }

  /** Whether a block would be taken; one that nobody will read is taken, too. */
  @Override
  public boolean ready() {
    return broken || blocks.remainingCapacity() > 1;
  }

  @Override
  public void watch(@Nullable Thread by) {
    watcher = by;
  }

  /** Writes a block when {@link #ready}; an empty one is the end. */
  void put(byte[] block) {
    if (!broken) {
      blocks.offer(block);
    }
  }

  void close() {
    thread.interrupt();
  }
}
