package cellblock.inet.tcp;

/**
 * What the next acknowledgment tells the peer by SACK: at most so many blocks, the latest first
 * (RFC 2018 section 4), and before them, once, what has come twice (RFC 2883). Ancestor:
 * sackblks[], tcp_update_sack_list, tcp_update_dsack_list, tcp_clean_dsack_blocks of
 * netinet/tcp_sack.c. Threading: the vnet's lane.
 */
final class SackReport {
  private static final int MOST = 6;

  private final int[] left = new int[MOST];
  private final int[] right = new int[MOST];
  private int count;

  // The list that is being made; one more for the block that falls off.
  private final int[] newLeft = new int[MOST + 2];
  private final int[] newRight = new int[MOST + 2];
  private int made;

  boolean isEmpty() {
    return count == 0;
  }

  void clear() {
    count = 0;
  }

  /** Whether the first block ends at {@code seq}. */
  private boolean firstEndsAt(int seq) {
    return count > 0 && right[0] == seq;
  }

  /**
   * A range heads the report, joined with the blocks above {@code rcvNxt} that it touches. One
   * below {@code rcvNxt} is told of as it is: it has come twice.
   */
  void head(int from, int to, int rcvNxt) {
    int a = from;
    int b = to;
    made = 1;
    for (int i = 0; i < count; i++) {
      if (Seq.leq(left[i], rcvNxt)) {
        continue;
      }
      if (Seq.leq(a, right[i]) && Seq.geq(b, left[i])) {
        a = Seq.min(a, left[i]);
        b = Seq.max(b, right[i]);
      } else {
        put(left[i], right[i]);
      }
    }
    newLeft[0] = a;
    newRight[0] = b;
    take();
  }

  /**
   * Data of [from, to) has been taken, and {@code rcvNxt} is where it then stood. What of it was
   * there before comes first; then the block that it is part of now; then the others.
   *
   * @param advanced whether it closed the first gap
   */
  void data(int from, int to, int rcvNxt, boolean advanced) {
    if (advanced && firstEndsAt(from)) {
      head(left[0], right[0], rcvNxt); // its front had come before and stands there already
      return;
    }
    boolean all = Seq.lt(to, rcvNxt) || to == rcvNxt && firstEndsAt(rcvNxt);
    int twiceLeft = all ? from : 0;
    int twiceRight = all ? to : 0;
    int headLeft = 0;
    int headRight = 0;
    int midLeft = from;
    int midRight = to;
    boolean identical = false;
    for (int i = 0; i < count; i++) {
      int l = left[i];
      int r = right[i];
      if (Seq.lt(to, l) || Seq.gt(from, r)) {
        continue;
      }
      boolean none = headLeft == headRight;
      if (Seq.gt(rcvNxt, r)) { // the block is part of what is in order now
        int a = Seq.max(from, l);
        int b = Seq.min(to, r);
        if (a != b && (none || Seq.gt(headLeft, a))) {
          headLeft = a;
          headRight = b;
        }
        continue;
      }
      if ((none || Seq.lt(l, headLeft)) && Seq.gt(r, from) && Seq.leq(l, to)) {
        headLeft = l;
        headRight = r;
      }
      midLeft = Seq.min(midLeft, l);
      midRight = Seq.max(midRight, r);
      identical |= midLeft == l && midRight == r;
    }
    if (Seq.lt(headLeft, headRight)) {
      twiceLeft = Seq.max(from, headLeft);
      twiceRight = Seq.min(to, headRight);
    }
    made = 0;
    if (Seq.lt(twiceLeft, twiceRight)) {
      put(twiceLeft, twiceRight);
    }
    boolean same = midLeft == twiceLeft && midRight == twiceRight;
    if (Seq.lt(rcvNxt, midRight) && !same || identical) {
      put(midLeft, midRight);
    }
    for (int i = 0; i < count; i++) {
      boolean apart = Seq.lt(right[i], midLeft) || Seq.gt(left[i], midRight);
      if (apart && Seq.gt(left[i], rcvNxt)) {
        put(left[i], right[i]);
      }
    }
    take();
  }

  private void put(int l, int r) {
    if (made < MOST) {
      newLeft[made] = l;
      newRight[made++] = r;
    }
  }

  private void take() {
    System.arraycopy(newLeft, 0, left, 0, made);
    System.arraycopy(newRight, 0, right, 0, made);
    count = made;
  }

  /** The report has left: what came twice is told once, and nothing of it below {@code rcvNxt}. */
  void sent(int rcvNxt) {
    int n = 0;
    for (int i = 0; i < count; i++) {
      if (Seq.gt(left[i], rcvNxt)) {
        left[n] = left[i];
        right[n++] = right[i];
      }
    }
    count = n;
  }

  /** Writes up to {@code most} blocks, each as two words; returns how many. */
  int blocks(int[] to, int most) {
    int n = Math.min(most, count);
    for (int i = 0; i < n; i++) {
      to[2 * i] = left[i];
      to[2 * i + 1] = right[i];
    }
    return n;
  }
}
