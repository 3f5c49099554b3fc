package cellblock.inet.tcp;

import java.util.Arrays;

/**
 * Ranges [left, right) of sequence numbers, apart from each other and in order; a fixed number of
 * them, so that memory is bounded whatever a peer sends. Threading: the vnet's lane.
 */
class Ranges {
  static final int MOST = 128;
  int[] left = new int[4];
  int[] right = new int[4];

  int count;

  /** Adds a range and joins what it touches. Bytes that are new; -1 when there is no room. */
  int add(int from, int to) {
    int i = 0;
    while (i < count && Seq.lt(right[i], from)) {
      i++;
    }
    int j = i;
    int a = from;
    int b = to;
    int known = 0;
    while (j < count && Seq.leq(left[j], to)) {
      a = Seq.min(a, left[j]);
      b = Seq.max(b, right[j]);
      known += right[j] - left[j];
      j++;
    }
    if (i == j) {
      if (count == MOST) {
        return -1;
      }
      open(i);
    } else {
      closeGap(i + 1, j);
    }
    left[i] = a;
    right[i] = b;
    return b - a - known;
  }

  private void open(int at) {
    if (count == left.length) {
      left = Arrays.copyOf(left, count * 2);
      right = Arrays.copyOf(right, count * 2);
    }
    move(at, at + 1);
    count++;
  }

  private void closeGap(int to, int from) {
    move(from, to);
    count -= from - to;
  }

  private void move(int from, int to) {
    int n = count - from;
    if (from != to && n > 0) {
      System.arraycopy(left, from, left, to, n);
      System.arraycopy(right, from, right, to, n);
    }
  }

  /** Forgets everything below {@code seq}. */
  void trim(int seq) {
    int gone = 0;
    while (gone < count && Seq.leq(right[gone], seq)) {
      gone++;
    }
    closeGap(0, gone);
    if (count > 0 && Seq.lt(left[0], seq)) {
      left[0] = seq;
    }
  }

  void clear() {
    count = 0;
  }
}
