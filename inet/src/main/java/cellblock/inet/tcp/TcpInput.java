package cellblock.inet.tcp;

import cellblock.inet.icmp.IcmpLimit;
import cellblock.inet.ip.Ip4;
import cellblock.inet.ip6.In6Ifinfo;
import cellblock.inet.pcb.Pcb;
import cellblock.inet.socket.SocketOption;
import cellblock.kern.drop.DropReason;
import cellblock.kern.mbuf.Mbuf;
import cellblock.wire.Ip4Address;
import cellblock.wire.Ip4Header;
import cellblock.wire.Ip6Address;
import cellblock.wire.Ip6Header;
import cellblock.wire.IpProtocol;
import cellblock.wire.TcpHeader;
import org.jspecify.annotations.Nullable;

/**
 * Takes segments in: checks the header, finds the connection, lets the steps look at the segment in
 * the order of RFC 9293 section 3.10.7, and sends what their {@link Step} says (ancestor:
 * tcp_input, tcp_do_segment of netinet/tcp_input.c). Threading: turns of the vnet's lane. Nothing
 * is allocated for a segment.
 */
final class TcpInput {
  private final Tcp tcp;
  private final Ip4 ip;
  private final IcmpLimit limit;
  private final Segment segment;
  private final SynSentInput synSent;
  private final SequenceCheck sequence;
  private final AckInput acks;
  private final DataInput data;
  private long challengeSecond;
  private int challenges;

  TcpInput(Tcp tcp, IcmpLimit limit) {
    this.tcp = tcp;
    this.ip = tcp.ip;
    this.limit = limit;
    this.segment = new Segment(tcp.inet);
    this.synSent = new SynSentInput(tcp);
    this.sequence = new SequenceCheck(tcp);
    this.acks = new AckInput(tcp);
    this.data = new DataInput(tcp);
  }

  /** tcp_input of an IPv4 packet. */
  void input(Mbuf m, int headerLength) {
    ip.vnet.room(m, "TcpInput");
    int length = m.len - headerLength;
    if (!intact(m, headerLength, Ip4Header.pseudo(m.buf, m.off, length))) {
      return;
    }
    int source = Ip4Header.source(m.buf, m.off);
    int destination = Ip4Header.destination(m.buf, m.off);
    if ((m.flags & (Mbuf.M_BCAST | Mbuf.M_MCAST)) != 0
        || Ip4Address.isMulticast(destination)
        || Ip4Address.isMulticast(source)
        || destination == -1
        || source == -1) {
      tcp.vnet.drop(m, DropReason.TCP_BAD_ADDRESS);
      return;
    }
    Segment s = segment;
    s.domain = tcp.inet;
    s.fromHi = (long) source << 32;
    s.fromLo = 0;
    s.toHi = (long) destination << 32;
    s.toLo = 0;
    s.tos = Ip4Header.tos(m.buf, m.off);
    s.ttl = Ip4Header.ttl(m.buf, m.off);
    take(m, headerLength);
  }

  /** tcp6_input. */
  void input6(TcpInet6 domain, Mbuf m, int header, In6Ifinfo in) {
    ip.vnet.room(m, "TcpInput");
    int length = m.len - header;
    if (!intact(m, header, Ip6Header.pseudo(m.buf, m.off, IpProtocol.TCP, length))) {
      return;
    }
    Segment s = segment;
    int zone = in.ifnet().index();
    s.domain = domain;
    s.fromHi = TcpInet6.scoped(Ip6Header.sourceHi(m.buf, m.off), zone);
    s.fromLo = Ip6Header.sourceLo(m.buf, m.off);
    s.toHi = TcpInet6.scoped(Ip6Header.destinationHi(m.buf, m.off), zone);
    s.toLo = Ip6Header.destinationLo(m.buf, m.off);
    if (Ip6Address.isMulticast(s.toHi)
        || Ip6Address.isMulticast(s.fromHi)
        || (s.fromHi | s.fromLo) == 0) {
      tcp.vnet.drop(m, DropReason.TCP_BAD_ADDRESS);
      return;
    }
    s.tos = Ip6Header.trafficClass(m.buf, m.off);
    s.ttl = Ip6Header.hopLimit(m.buf, m.off);
    take(m, header);
  }

  /** A segment came inside UDP: tcp_recv_udp_tunneled_packet; {@code m} is IP, then TCP. */
  void tunneled(Mbuf m, int header, int fromPort, @Nullable In6Ifinfo in) {
    tcp.stats.tunneledPkts++;
    m.csumFlags |= Mbuf.CSUM_DATA_VALID; // UDP's was looked at; TCP's is not used
    TcpInet6 six = tcp.inet6;
    segment.udpPort = fromPort;
    try {
      if (in == null) {
        input(m, header);
      } else if (six != null) {
        input6(six, m, header, in);
      }
    } finally {
      segment.udpPort = 0;
    }
  }

  private boolean intact(Mbuf m, int headerLength, int pseudo) {
    tcp.stats.rcvtotal++;
    int at = m.off + headerLength;
    int length = m.len - headerLength;
    if (length < TcpHeader.LENGTH) {
      tcp.stats.rcvshort++;
      tcp.vnet.drop(m, DropReason.TCP_TOO_SHORT);
      return false;
    }
    int header = TcpHeader.headerLength(m.buf, at);
    if (header < TcpHeader.LENGTH || header > length) {
      tcp.stats.rcvbadoff++;
      tcp.vnet.drop(m, DropReason.TCP_TOO_SHORT);
      return false;
    }
    if ((m.csumFlags & (Mbuf.CSUM_DATA_VALID | Mbuf.CSUM_DATA_DELAYED)) == 0
        && !TcpHeader.verifies(m.buf, at, pseudo, length)) {
      tcp.stats.rcvbadsum++;
      tcp.vnet.drop(m, DropReason.TCP_BAD_CHECKSUM);
      return false;
    }
    return true;
  }

  private void take(Mbuf m, int header) {
    segment.read(m, m.off + header, m.len - header);
    DropReason dropped = deliver(segment);
    if (dropped == null) {
      tcp.vnet.mbufs().free(m);
    } else {
      tcp.vnet.drop(m, dropped);
    }
  }

  /** Why the segment was of no use, or null. */
  private @Nullable DropReason deliver(Segment s) {
    if (s.has(TcpHeader.SYN) && s.has(TcpHeader.FIN) && tcp.settings.dropSynfin.get() != 0) {
      return DropReason.TCP_POLICY;
    }
    Pcb p =
        tcp.table.lookup(
            s.domain.version(), s.fromHi, s.fromLo, s.fromPort, s.toHi, s.toLo, s.toPort);
    if (!(p instanceof Tcb t) || t.state == TcpState.CLOSED) {
      nobody(s, p instanceof Tcb closed ? closed : null);
      return DropReason.TCP_NO_SOCKET;
    }
    if (!t.acceptsTtl(s.ttl)) {
      return DropReason.TCP_POLICY;
    }
    boolean anyPort = t.state == TcpState.LISTEN || t.state == TcpState.TIME_WAIT;
    if (t.udpPort != s.udpPort && !anyPort) {
      reset(s, t, IcmpLimit.Class.RST_OPEN);
      return DropReason.TCP_NOT_ACCEPTABLE;
    }
    if (t.state == TcpState.LISTEN) {
      return listen(t, s);
    }
    if (t.has(SocketOption.TCP_MD5SIG) && !tcp.signatures.verifies(s)) {
      return DropReason.TCP_POLICY;
    }
    return t.state == TcpState.TIME_WAIT ? timeWait(t, s) : answer(t, s, segment(t, s));
  }

  /** No connection: a reset, within limits, unless the host plays dead. */
  private void nobody(Segment s, @Nullable Tcb closed) {
    boolean exempt = tcp.settings.blackholeLocal.get() == 0 && s.domain.isOurs(s.fromHi, s.fromLo);
    int dead = exempt ? 0 : tcp.settings.blackhole.get();
    boolean silent = dead == 1 && s.has(TcpHeader.SYN) || dead >= 2;
    if (!silent) {
      reset(s, closed, IcmpLimit.Class.RST_CLOSED);
    }
  }

  private void reset(Segment s, @Nullable Tcb of, IcmpLimit.Class kind) {
    if (!s.has(TcpHeader.RST) && limit.allows(kind)) {
      tcp.output.refuse(s, of);
    }
  }

  // ---- LISTEN (RFC 9293 section 3.10.7.2) ----

  private @Nullable DropReason listen(Tcb t, Segment s) {
    if (s.has(TcpHeader.RST)) {
      tcp.syncache.reset(s);
      return null;
    }
    if (s.has(TcpHeader.ACK)) {
      if (s.has(TcpHeader.SYN)) {
        tcp.stats.badsyn++; // ignored, as from FreeBSD 15 on; 14 answers with a reset
        return DropReason.TCP_NOT_ACCEPTABLE;
      }
      return third(t, s);
    }
    boolean self = s.fromHi == s.toHi && s.fromLo == s.toLo && s.fromPort == s.toPort;
    if (!s.has(TcpHeader.SYN)) {
      return DropReason.TCP_NOT_ACCEPTABLE;
    }
    if (self || (s.fromHi | s.fromLo) == 0) {
      tcp.stats.badsyn++;
      return DropReason.TCP_BAD_ADDRESS;
    }
    boolean wrong =
        s.signatureAt >= 0
            ? !t.has(SocketOption.TCP_MD5SIG) || !tcp.signatures.verifies(s)
            : t.has(SocketOption.TCP_MD5SIG) && tcp.signatures.has(s);
    if (wrong) {
      return DropReason.TCP_POLICY;
    }
    Tcb child = tcp.syncache.fastOpen(t, s);
    if (child != null) {
      s.clear(TcpHeader.SYN);
      s.seq++;
      child.ackNow = true;
      return answer(child, s, data.segment(child, s));
    }
    tcp.syncache.add(t, s);
    return null;
  }

  /** The last segment of a handshake comes to the listening socket. */
  private @Nullable DropReason third(Tcb t, Segment s) {
    switch (tcp.syncache.expand(t, s)) {
      case UNKNOWN -> {
        reset(s, t, IcmpLimit.Class.RST_OPEN);
        return DropReason.TCP_NOT_ACCEPTABLE;
      }
      case CONNECTED -> {
        Tcb child = tcp.syncache.made;
        return child == null ? null : answer(child, s, segment(child, s));
      }
      case DROPPED -> {
        return DropReason.TCP_LISTEN_OVERFLOW;
      }
    }
    return null;
  }

  // ---- TIME-WAIT (tcp_twcheck; RFC 6191) ----

  private @Nullable DropReason timeWait(Tcb t, Segment s) {
    if (s.has(TcpHeader.RST)) {
      return DropReason.TCP_NOT_ACCEPTABLE; // RFC 1337
    }
    boolean fresh =
        s.has(TcpHeader.SYN)
            && !s.has(TcpHeader.ACK)
            && (t.timestamps && s.hasTs ? Seq.gt(s.tsVal, t.tsRecent) : Seq.gt(s.seq, t.rcvNxt));
    if (fresh) {
      tcp.stats.twRecycles++;
      t.close();
      return deliver(s);
    }
    if (t.udpPort != s.udpPort) {
      reset(s, t, IcmpLimit.Class.RST_OPEN);
      return DropReason.TCP_NOT_ACCEPTABLE;
    }
    if (!s.has(TcpHeader.ACK)) {
      return DropReason.TCP_NOT_ACCEPTABLE;
    }
    if (s.has(TcpHeader.FIN) && s.seq + s.length() == t.rcvNxt) {
      t.timers.timeWait();
    }
    if (s.seq != t.rcvNxt || s.ack != t.sndNxt || s.length() > 0) {
      tcp.stats.twResponds++;
      tcp.output.respond(t);
    }
    return DropReason.TCP_NOT_ACCEPTABLE;
  }

  // ---- the rest ----

  private Step segment(Tcb t, Segment s) {
    t.idleSince = t.now();
    if (t.keepProbes > 0) {
      t.timers.keepAlive();
    }
    if (t.state == TcpState.SYN_SENT) {
      Step step = synSent.segment(t, s);
      if (step != Step.NEXT) {
        return step;
      }
      return data.segment(t, s);
    }
    t.ecn.received(s);
    Step step = sequence.segment(t, s);
    if (step == Step.NEXT) {
      step = acks.segment(t, s);
    }
    if (step == Step.NEXT) {
      step = data.segment(t, s);
    }
    return step;
  }

  private @Nullable DropReason answer(Tcb t, Segment s, Step step) {
    switch (step) {
      case NEXT, DONE -> {
        tcp.output.output(t);
        return null;
      }
      case DROP -> {}
      case ACK_DROP -> tcp.output.acknowledge(t);
      case CHALLENGE -> challenge(t);
      case RESET_DROP -> reset(s, t, IcmpLimit.Class.RST_OPEN);
    }
    return DropReason.TCP_NOT_ACCEPTABLE;
  }

  /** RFC 5961 section 7: so many a second. */
  private void challenge(Tcb t) {
    long second = t.now() / 1_000_000_000L;
    if (second != challengeSecond) {
      challengeSecond = second;
      challenges = 0;
    }
    int most = tcp.settings.challengeAckLimit.get();
    if (most == 0 || challenges < most) {
      challenges++;
      tcp.output.respond(t);
    }
  }
}
