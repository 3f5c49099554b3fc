package cellblock.userland.net.ping;

import java.util.BitSet;
import java.util.Locale;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The counts of a run; read by a signal handler while the run goes on, hence guarded. Times are
 * milliseconds. Ancestor: sbin/ping/main.c (pr_summary).
 */
final class PingStats {
  private static final int REMEMBERED = 128 * 8;

  private final ReentrantLock guard =
      new ReentrantLock();
  private final BitSet seen = new BitSet(REMEMBERED);
  private long transmitted;
  private long received;
  private long repeats;
  private long late;
  private double min = 999999999.0;
  private double max;
  private double sum;
  private double squares;
  private boolean timing;

  PingStats(boolean timing) {
    this.timing = timing;
  }

  /** Counts a packet that is about to be sent; returns its number. */
  long send() {
    guard.lock();
    try {
      seen.clear((int) (transmitted % REMEMBERED));
      return transmitted++;
    } finally {
      guard.unlock();
    }
  }

  /** Counts a reply; whether it is the first to that number. */
  boolean receive(int sequence) {
    guard.lock();
    try {
      int slot = sequence % REMEMBERED;
      if (seen.get(slot)) {
        repeats++;
        return false;
      }
      seen.set(slot);
      received++;
      return true;
    } finally {
      guard.unlock();
    }
  }

  void time(double millis) {
    guard.lock();
    try {
      sum += millis;
      squares += millis * millis;
      min = Math.min(min, millis);
      max = Math.max(max, millis);
    } finally {
      guard.unlock();
    }
  }

  void noTiming() {
    timing = false;
  }

  boolean timing() {
    return timing;
  }

  void late() {
    late++;
  }

  long transmitted() {
    return transmitted;
  }

  long received() {
    return received;
  }

  double max() {
    return max;
  }

  /** The closing lines. */
  String summary(String host) {
    guard.lock();
    try {
      StringBuilder text = new StringBuilder("\n--- ").append(host).append(" ping statistics ---\n");
      text.append(transmitted).append(" packets transmitted, ");
      text.append(received).append(" packets received, ");
      if (repeats > 0) {
        text.append('+').append(repeats).append(" duplicates, ");
      }
      if (received > transmitted) {
        text.append("-- somebody's duplicating packets!");
      } else if (transmitted > 0) {
        text.append(format("%.1f%% packet loss", (transmitted - received) * 100.0 / transmitted));
      }
      if (late > 0) {
        text.append(", ").append(late).append(" packets out of wait time");
      }
      text.append('\n');
      if (received > 0 && timing) {
        double number = received + repeats;
        double average = sum / number;
        double deviation = Math.sqrt(Math.max(0, squares / number - average * average));
        text.append(
            format(
                "round-trip min/avg/max/stddev = %.3f/%.3f/%.3f/%.3f ms\n",
                min, average, max, deviation));
      }
      return text.toString();
    } finally {
      guard.unlock();
    }
  }

  private static String format(String format, Object... args) {
    return String.format(Locale.ROOT, format, args);
  }
}
