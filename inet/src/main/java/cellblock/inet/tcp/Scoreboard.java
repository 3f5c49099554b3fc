package cellblock.inet.tcp;

/**
 * What the peer has told by SACK (RFC 2018, 6675; ancestor: netinet/tcp_sack.c, which keeps the
 * holes in place of the blocks). Threading: the vnet's lane.
 */
final class Scoreboard extends Ranges {
  private static final int DUP_THRESH = 3;

  /** The hole that {@link #next} found. */
  int from;

  int length;

  /** Takes the blocks of a segment in; bytes that were not known to have arrived. */
  int update(Tcb t, Segment s) {
    int news = 0;
    trim(t.sndUna);
    for (int i = 0; i < s.sacks; i++) {
      int l = s.sackLeft[i];
      int r = s.sackRight[i];
      boolean sane = Seq.lt(l, r) && Seq.gt(l, Seq.max(t.sndUna, s.ack)) && Seq.leq(r, t.sndMax);
      if (sane) {
        boolean full = count >= t.tcp.settings.sackMaxholes.get();
        int n = full ? -1 : add(l, r);
        if (n < 0) {
          t.tcp.stats.sackOverflow++;
        } else {
          news += n;
        }
      }
    }
    return news;
  }

  int sacked() {
    int n = 0;
    for (int i = 0; i < count; i++) {
      n += right[i] - left[i];
    }
    return n;
  }

  /** The end of the highest block. */
  int highest(Tcb t) {
    return count == 0 ? t.sndUna : right[count - 1];
  }

  /** Below this everything not sacked counts as lost: IsLost of RFC 6675. */
  private int lostEdge(Tcb t) {
    int above = 0;
    int mss = t.segmentSize();
    for (int i = count - 1; i >= 0; i--) {
      above += right[i] - left[i];
      if (count - i >= DUP_THRESH || above > (DUP_THRESH - 1) * mss) {
        return left[i];
      }
    }
    return t.sndUna;
  }

  /** Whether the first byte not acknowledged counts as lost. */
  boolean firstIsLost(Tcb t) {
    return Seq.gt(lostEdge(t), t.sndUna);
  }

  /** Bytes thought to be under way: SetPipe of RFC 6675. */
  int pipe(Tcb t) {
    int edge = lostEdge(t);
    int pipe = t.sndMax - Seq.max(highest(t), t.sndUna);
    int at = t.sndUna;
    for (int i = 0; i < count; i++) {
      pipe += inHole(at, left[i], edge, t.highRxt);
      at = right[i];
    }
    return pipe;
  }

  private static int inHole(int l, int r, int edge, int highRxt) {
    int n = 0;
    int alive = Seq.max(l, edge);
    if (Seq.lt(alive, r)) {
      n += r - alive;
    }
    int again = Seq.min(r, highRxt);
    if (Seq.gt(again, l)) {
      n += again - l;
    }
    return n;
  }

  /** Finds the next hole to fill, at most {@code most} bytes of it: NextSeg (1) of RFC 6675. */
  boolean next(Tcb t, int most) {
    int at = Seq.max(t.sndUna, t.highRxt);
    if (at == t.sndUna && count == 0) {
      return hole(at, Seq.min(at + most, t.sndMax));
    }
    int edge = lostEdge(t);
    if (at == t.sndUna) {
      edge = Seq.max(edge, left[0]); // recovery was entered: the first one is due at any rate
    }
    for (int i = 0; i < count; i++) {
      if (Seq.lt(at, left[i])) {
        return Seq.lt(at, edge) && hole(at, Seq.min(left[i], at + most));
      }
      at = Seq.max(at, right[i]);
    }
    return false;
  }

  private boolean hole(int l, int r) {
    from = l;
    length = r - l;
    return length > 0;
  }
}
