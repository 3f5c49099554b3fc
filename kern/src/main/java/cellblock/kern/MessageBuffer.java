package cellblock.kern;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The kernel's message buffer, which dmesg(8) prints: a ring of bytes of a fixed size, so that the
 * oldest lines go first and a long life costs no memory (ancestor: sys/kern/subr_msgbuf.c,
 * kern.msgbufsize). Threading: any.
 */
public final class MessageBuffer {
  private static final int SIZE = 96 * 1024;

  private final ReentrantLock lock = new ReentrantLock();
  private final byte[] ring = new byte[SIZE];
  private long written;
  private long start;

  /** Adds a line, without a line end. */
  public void log(String line) {
    byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
    lock.lock();
    try {
      for (int i = Math.max(0, bytes.length - SIZE); i < bytes.length; i++) {
        ring[(int) (written++ % SIZE)] = bytes[i];
      }
      start = Math.max(start, written - SIZE);
    } finally {
      lock.unlock();
    }
  }

  /** The lines so far, oldest first; the first one may have lost its beginning. */
  public List<String> lines() {
    lock.lock();
    try {
      byte[] all = new byte[(int) (written - start)];
      for (int i = 0; i < all.length; i++) {
        all[i] = ring[(int) ((start + i) % SIZE)];
      }
      return new String(all, StandardCharsets.UTF_8).lines().toList();
    } finally {
      lock.unlock();
    }
  }

  /** Forgets all lines: sysctl kern.msgbuf_clear. */
  public void clear() {
    lock.lock();
    try {
      start = written;
    } finally {
      lock.unlock();
    }
  }
}
