package cellblock.inet.tcp;

/**
 * What is under way, segment by segment, with the time each left (ancestor: struct rack_sendmap,
 * netinet/tcp_stacks/tcp_rack.h). In the order of sequence numbers, without gaps. Past a number of
 * segments neighbours are counted as one. Threading: the vnet's lane.
 */
final class SentSegments {
  static final int SACKED = 1;
  static final int LOST = 2;
  static final int AGAIN = 4;
  private static final int MOST = 16_384;

  int[] start = new int[16];
  int[] end = new int[16];
  long[] left = new long[16];
  byte[] marks = new byte[16];
  int first;
  int last;

  void clear() {
    first = last = 0;
  }

  private void room(int more) {
    if (last + more <= start.length) {
      return;
    }
    int n = last - first;
    int size = n + more > start.length / 2 ? start.length * 2 : start.length;
    int[] s = new int[size];
    int[] e = new int[size];
    long[] l = new long[size];
    byte[] m = new byte[size];
    System.arraycopy(start, first, s, 0, n);
    System.arraycopy(end, first, e, 0, n);
    System.arraycopy(left, first, l, 0, n);
    System.arraycopy(marks, first, m, 0, n);
    start = s;
    end = e;
    left = l;
    marks = m;
    first = 0;
    last = n;
  }

  /** New data left. */
  void add(int from, int to, long now, int mark) {
    if (last > first && last - first >= MOST && marks[last - 1] == mark) {
      end[last - 1] = to;
      left[last - 1] = now;
      return;
    }
    room(1);
    start[last] = from;
    end[last] = to;
    left[last] = now;
    marks[last++] = (byte) mark;
  }

  /** [from, to) left again. */
  void again(int from, int to, long now) {
    room(2);
    for (int i = find(from); i < last && Seq.lt(start[i], to); i++) {
      if (Seq.lt(start[i], from)) {
        split(i, from);
        continue;
      }
      if (Seq.gt(end[i], to)) {
        split(i, to);
      }
      left[i] = now;
      marks[i] = (byte) (marks[i] & ~LOST | AGAIN);
    }
  }

  /** The segment that holds {@code seq}, or where it would be. */
  int find(int seq) {
    int low = first;
    int high = last;
    while (low < high) {
      int mid = low + high >>> 1;
      if (Seq.leq(end[mid], seq)) {
        low = mid + 1;
      } else {
        high = mid;
      }
    }
    return low;
  }

  /** Cuts segment {@code at} at {@code seq}; there is room. */
  private void split(int at, int seq) {
    System.arraycopy(start, at, start, at + 1, last - at);
    System.arraycopy(end, at, end, at + 1, last - at);
    System.arraycopy(left, at, left, at + 1, last - at);
    System.arraycopy(marks, at, marks, at + 1, last - at);
    last++;
    end[at] = seq;
    start[at + 1] = seq;
  }

  boolean is(int i, int mark) {
    return (marks[i] & mark) != 0;
  }

  void mark(int i, int mark) {
    marks[i] |= (byte) mark;
  }

  void unmark(int i, int mark) {
    marks[i] &= (byte) ~mark;
  }
}
