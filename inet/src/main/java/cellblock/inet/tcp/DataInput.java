package cellblock.inet.tcp;

import cellblock.wire.TcpHeader;

/**
 * Sixth to eighth of RFC 9293 section 3.10.7.4: urgent pointer, data, FIN. Data goes into the
 * receive ring at its place, in order or not (tcp_reass).
 */
final class DataInput {
  private final Tcp tcp;
  private final TcpStats stats;

  DataInput(Tcp tcp) {
    this.tcp = tcp;
    this.stats = tcp.stats;
  }

  Step segment(Tcb t, Segment s) {
    if (s.has(TcpHeader.URG) && s.up > 0 && !t.state.haveFin()) {
      urgent(t, s);
    } else if (Seq.gt(t.rcvNxt, t.rcvUp)) {
      t.rcvUp = t.rcvNxt;
    }
    if (t.state.haveFin()) {
      if (s.has(TcpHeader.FIN)) {
        t.ackNow = true;
      }
      return Step.DONE;
    }
    boolean fin = s.has(TcpHeader.FIN);
    if (t.state == TcpState.SYN_RECEIVED && !t.fastOpen) {
      hold(t, s);
      return Step.DONE;
    }
    if (s.dataLen == 0 && !fin) {
      advance(t); // data of the SYN may wait for the end of the handshake
      return Step.DONE;
    }
    int before = t.rcvNxt;
    int from = s.seq;
    int to = from + s.dataLen;
    take(t, s, fin);
    if (t.sackPermitted && from != to) {
      int now = t.rcvNxt - (t.state.haveFin() ? 1 : 0);
      t.report.data(from, to, now, Seq.gt(now, before));
    }
    return Step.DONE;
  }

  /** The urgent pointer names the byte behind the urgent one (RFC 6093 section 3.1). */
  private static void urgent(Tcb t, Segment s) {
    int up = s.seq + s.up;
    boolean far = up - t.rcvNxt > t.so.receive.limit();
    if (Seq.gt(up, t.rcvUp) && Seq.gt(up, t.rcvNxt) && !far) {
      t.rcvUp = up;
      t.so.urgentAt(up - 1 - t.rcvNxt);
    }
  }

  /** Data of a SYN while both sides open: it waits (RFC 9293 section 3.10.7.3). */
  private static void hold(Tcb t, Segment s) {
    if (s.dataLen > 0 && s.seq == t.rcvNxt && t.reassembly.add(s.seq, s.seq + s.dataLen) >= 0) {
      t.so.receive.place(0, s.buf, s.dataOff, s.dataLen);
    }
  }

  private void take(Tcb t, Segment s, boolean fin) {
    if (s.seq == t.rcvNxt && t.reassembly.count == 0 && !t.reassembly.hasFin) {
      inOrder(t, s, fin);
    } else {
      outOfOrder(t, s, fin);
    }
  }

  private void inOrder(Tcb t, Segment s, boolean fin) {
    if (s.dataLen > 0) {
      stats.rcvpack++;
      stats.rcvbyte += s.dataLen;
      if (!t.so.refusesData()) {
        t.so.receive.append(s.buf, s.dataOff, s.dataLen);
        autosize(t, s.dataLen);
        t.so.arrived();
      }
      t.rcvNxt += s.dataLen;
      owe(t, s);
    }
    if (fin) {
      fin(t);
    }
  }

  /** Every second segment is acknowledged at once (RFC 9293 section 3.8.6.3). */
  private void owe(Tcb t, Segment s) {
    boolean delay =
        tcp.settings.delayedAck.get() != 0
            && !t.timers.delackPending()
            && s.dataLen <= t.segmentSize();
    if (delay && !t.ackNow) {
      t.timers.startDelack();
    } else {
      t.ackNow = true;
    }
  }

  private void outOfOrder(Tcb t, Segment s, boolean fin) {
    t.ackNow = true; // RFC 5681 section 4.2
    int end = s.seq + s.dataLen;
    Reassembly queue = t.reassembly;
    if (s.dataLen > 0) {
      if (queue.count >= tcp.settings.reassMaxqueuelen.get() && s.seq != t.rcvNxt) {
        stats.rcvreassfull++;
        return;
      }
      int news = queue.add(s.seq, end);
      if (news < 0) {
        stats.rcvreassfull++;
        return;
      }
      stats.rcvoopack++;
      t.outOfOrder++;
      stats.rcvoobyte += s.dataLen;
      if (!t.so.refusesData()) {
        t.so.receive.place(s.seq - t.rcvNxt, s.buf, s.dataOff, s.dataLen);
      }
    }
    if (fin) {
      queue.hasFin = true;
      queue.fin = end;
    }
    advance(t);
  }

  /** What now follows without a gap is the reader's. */
  private void advance(Tcb t) {
    Reassembly queue = t.reassembly;
    if (queue.count > 0 && Seq.leq(queue.left[0], t.rcvNxt)) {
      int n = queue.right[0] - t.rcvNxt;
      if (n > 0) {
        if (!t.so.refusesData()) {
          t.so.receive.commit(n);
          autosize(t, n);
          t.so.arrived();
        }
        t.rcvNxt += n;
      }
      queue.trim(t.rcvNxt);
    }
    if (queue.hasFin && queue.fin == t.rcvNxt) {
      queue.hasFin = false;
      fin(t);
    }
  }

  /** The receive buffer follows what a round trip brings: tcp_autorcvbuf. */
  private void autosize(Tcb t, int bytes) {
    TcpSettings set = tcp.settings;
    if (set.recvbufAuto.get() == 0 || t.srtt == 0 || !t.scaling) {
      return;
    }
    t.sizingBytes += bytes;
    if (t.now() - t.sizingSince < t.srtt) {
      return;
    }
    int limit = t.so.receive.limit();
    int most = set.recvbufMax.get();
    if (t.sizingBytes > limit / 8 * 7 && limit < most) {
      t.so.receive.limit((int) Math.min(most, 2L * limit));
    }
    t.sizingBytes = 0;
    t.sizingSince = t.now();
  }

  /** The peer sends no more. */
  private void fin(Tcb t) {
    t.rcvNxt++;
    t.ackNow = true;
    t.so.endOfData();
    switch (t.state) {
      case SYN_RECEIVED, ESTABLISHED -> t.state(TcpState.CLOSE_WAIT);
      case FIN_WAIT_1 -> t.state(TcpState.CLOSING);
      case FIN_WAIT_2 -> {
        t.timeWait();
      }
      default -> {}
    }
  }
}
