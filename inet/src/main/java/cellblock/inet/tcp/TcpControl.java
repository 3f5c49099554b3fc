package cellblock.inet.tcp;

import cellblock.inet.ip.Ip4Control;
import cellblock.inet.ip6.In6Ifinfo;
import cellblock.inet.pcb.Pcb;
import cellblock.kern.errno.Errno;
import cellblock.kern.mbuf.Mbuf;
import cellblock.wire.Icmp4Message;
import cellblock.wire.Icmp6Message;
import cellblock.wire.Ip4Header;
import cellblock.wire.Ip6Header;
import cellblock.wire.TcpHeader;

/**
 * ICMP errors about segments (ancestor: tcp_ctlinput, tcp_notify of netinet/tcp_subr.c; RFC 5927):
 * only an error that quotes a sequence number in flight counts, and none but those of a handshake
 * ends a connection. Threading: turns of the vnet's lane.
 */
final class TcpControl {
  private final Tcp tcp;
  private final Segment quotedSegment;

  TcpControl(Tcp tcp) {
    this.tcp = tcp;
    this.quotedSegment = new Segment(tcp.inet);
  }

  void control(Ip4Control what, Mbuf m, int quoted, int quotedLength, int mtu) {
    int header = Ip4Header.headerLength(m.buf, quoted);
    if (quotedLength < header + 8) {
      return;
    }
    Errno error = what.errno();
    if (error != null) {
      error4(error, m, quoted, quoted + header, 0, mtu);
    }
  }

  /** An error about a segment over IPv4, whose header is quoted at {@code at}. */
  void error4(Errno error, Mbuf m, int quoted, int at, int udpPort, int mtu) {
    Segment s = quotedSegment; // seen from the peer: its destination is our source
    s.domain = tcp.inet;
    s.fromHi = (long) Ip4Header.destination(m.buf, quoted) << 32;
    s.fromLo = 0;
    s.toHi = (long) Ip4Header.source(m.buf, quoted) << 32;
    s.toLo = 0;
    s.udpPort = udpPort;
    segment(m, quoted, at, error, mtu);
  }

  /** The same over IPv6. */
  void error6(
      TcpInet6 domain,
      Errno error,
      Mbuf m,
      int quoted,
      int upper,
      int udpPort,
      int mtu,
      In6Ifinfo in) {
    Segment s = quotedSegment;
    int zone = in.ifnet().index();
    s.domain = domain;
    s.fromHi = TcpInet6.scoped(Ip6Header.destinationHi(m.buf, quoted), zone);
    s.fromLo = Ip6Header.destinationLo(m.buf, quoted);
    s.toHi = TcpInet6.scoped(Ip6Header.sourceHi(m.buf, quoted), zone);
    s.toLo = Ip6Header.sourceLo(m.buf, quoted);
    s.udpPort = udpPort;
    segment(m, quoted, upper, error, mtu);
  }

  private void segment(Mbuf m, int quoted, int at, Errno error, int mtu) {
    Segment s = quotedSegment;
    int exceeded = s.domain == tcp.inet ? Icmp4Message.TIMXCEED : Icmp6Message.TIME_EXCEEDED;
    boolean expired =
        error == Errno.EHOSTUNREACH && m.buf[quoted - Icmp4Message.LENGTH] == exceeded;
    s.fromPort = TcpHeader.destinationPort(m.buf, at);
    s.toPort = TcpHeader.sourcePort(m.buf, at);
    s.seq = TcpHeader.sequence(m.buf, at);
    Pcb p =
        tcp.table.lookup(
            s.domain.version(), s.fromHi, s.fromLo, s.fromPort, s.toHi, s.toLo, s.toPort);
    if (!(p instanceof Tcb t)) {
      return;
    }
    if (t.state == TcpState.LISTEN) {
      if (error != Errno.EMSGSIZE) {
        tcp.syncache.unreachable(s);
      }
      return;
    }
    if (t.udpPort == s.udpPort && Seq.geq(s.seq, t.sndUna) && Seq.lt(s.seq, t.sndMax)) {
      act(t, error, expired, mtu);
    }
  }

  private void act(Tcb t, Errno error, boolean expired, int mtu) {
    if (error == Errno.EMSGSIZE) {
      tooBig(t, mtu);
      return;
    }
    boolean hard = error == Errno.ECONNREFUSED || expired;
    if (t.state == TcpState.SYN_SENT && hard && tcp.settings.icmpMayRst.get() != 0) {
      t.drop(error);
      return;
    }
    t.softError = error;
    t.hasSoftError = true;
  }

  /** RFC 1191, 5927 section 7: never below the smallest segment size that is allowed. */
  private void tooBig(Tcb t, int mtu) {
    int headers =
        t.domain.headers() + (t.udpPort == 0 ? 0 : tcp.settings.udpTunnelingOverhead.get());
    int mss = Math.max(mtu - headers, tcp.settings.minmss.get());
    int segment = t.state.haveSyn() ? t.maxSeg : t.domain.defaultMss();
    if (mtu > 0 && mtu < segment + headers) {
      tcp.hostCache.mtu(t.domain, t.foreignHi(), t.foreignLo(), mss + headers);
    }
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
