package cellblock.net.ifnet;

import java.util.Arrays;

/** Copies of small arrays that are published as snapshots. */
final class Snapshots {
  private Snapshots() {}

  static <T> T[] with(T[] old, T added) {
    T[] now = Arrays.copyOf(old, old.length + 1);
    now[old.length] = added;
    return now;
  }

  /** Without the first occurrence, by identity; {@code old} itself when there is none. */
  static <T> T[] without(T[] old, T removed) {
    for (int i = 0; i < old.length; i++) {
      if (old[i] == removed) {
        T[] now = Arrays.copyOf(old, old.length - 1);
        System.arraycopy(old, i + 1, now, i, now.length - i);
        return now;
      }
    }
    return old;
  }
}
