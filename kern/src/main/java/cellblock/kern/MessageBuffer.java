package cellblock.kern;

import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The kernel's message buffer, which dmesg(8) prints (ancestor: sys/kern/subr_msgbuf.c). Bounded: the
 * oldest lines go first. Threading: any.
 */
public final class MessageBuffer {
  private static final int LINES = 2048;

  private final ReentrantLock lock = new ReentrantLock();
  private final ArrayDeque<String> lines = new ArrayDeque<>();

  /** Adds a line, without a line end. */
  public void log(String line) {
    lock.lock();
    try {
      if (lines.size() == LINES) {
        lines.removeFirst();
      }
      lines.addLast(line);
    } finally {
      lock.unlock();
    }
  }

  /** The lines so far, oldest first. */
  public List<String> lines() {
    lock.lock();
    try {
      return List.copyOf(lines);
    } finally {
      lock.unlock();
    }
  }

  /** Forgets all lines: sysctl kern.msgbuf_clear. */
  public void clear() {
    lock.lock();
    try {
      lines.clear();
    } finally {
      lock.unlock();
    }
  }
}
