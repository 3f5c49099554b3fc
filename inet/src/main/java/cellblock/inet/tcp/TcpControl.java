package cellblock.inet.tcp;

import cellblock.inet.ip.Ip4Control;
import cellblock.inet.pcb.Pcb;
import cellblock.kern.errno.Errno;
import cellblock.kern.mbuf.Mbuf;
import cellblock.wire.Ip4Header;
import cellblock.wire.TcpHeader;

/**
 * ICMP errors about segments (ancestor: tcp_ctlinput, tcp_notify of netinet/tcp_subr.c; RFC 5927):
 * only an error that quotes a sequence number in flight counts, and none but those of a handshake
 * ends a connection. Threading: turns of the vnet's lane.
 */
final class TcpControl {
  private final Tcp tcp;
  private final Segment quotedSegment = new Segment();

  TcpControl(Tcp tcp) {
    this.tcp = tcp;
  }

  void control(Ip4Control what, Mbuf m, int quoted, int quotedLength, int mtu) {
    int header = Ip4Header.headerLength(m.buf, quoted);
    if (quotedLength < header + 8) {
      return;
    }
    int at = quoted + header;
    Segment s = quotedSegment; // seen from the peer: its destination is our source
    s.fromHi = (long) Ip4Header.destination(m.buf, quoted) << 32;
    s.toHi = (long) Ip4Header.source(m.buf, quoted) << 32;
    s.fromPort = TcpHeader.destinationPort(m.buf, at);
    s.toPort = TcpHeader.sourcePort(m.buf, at);
    s.seq = TcpHeader.sequence(m.buf, at);
    Pcb p = tcp.table.lookup(s.fromHi, 0, s.fromPort, s.toHi, 0, s.toPort);
    if (!(p instanceof Tcb t)) {
      return;
    }
    if (t.state == TcpState.LISTEN) {
      if (what.errno() != null && what != Ip4Control.MSGSIZE) {
        tcp.syncache.unreachable(s);
      }
      return;
    }
    if (Seq.lt(s.seq, t.sndUna) || Seq.geq(s.seq, t.sndMax)) {
      return;
    }
    act(t, what, mtu);
  }

  private void act(Tcb t, Ip4Control what, int mtu) {
    Errno error = what.errno();
    if (what == Ip4Control.MSGSIZE) {
      tooBig(t, mtu);
      return;
    }
    if (error == null) {
      return;
    }
    boolean hard =
        what == Ip4Control.UNREACH_PORT
            || what == Ip4Control.UNREACH_PROTOCOL
            || what == Ip4Control.UNREACH_ADMIN;
    if (t.state == TcpState.SYN_SENT && hard && tcp.settings.icmpMayRst.get() != 0) {
      t.drop(error);
      return;
    }
    t.softError = error;
    t.hasSoftError = true;
  }

  /** RFC 1191, 5927 section 7: never below the smallest segment size that is allowed. */
  private void tooBig(Tcb t, int mtu) {
    int mss = Math.max(mtu - 40, tcp.settings.minmss.get());
    if (mtu > 0 && mss < t.maxSeg && t.state.haveSyn()) {
      t.maxSeg = mss;
      tcp.stats.mturesent++;
      t.sndNxt = t.sndUna;
      t.highRxt = t.sndUna;
      t.rttStart = 0;
      tcp.output.output(t);
    }
  }
}
