package cellblock.inet.tcp;

import cellblock.inet.icmp.IcmpLimit;
import cellblock.inet.ip.Ip4;
import cellblock.inet.pcb.Pcb;
import cellblock.kern.drop.DropReason;
import cellblock.kern.mbuf.Mbuf;
import cellblock.wire.Ip4Address;
import cellblock.wire.Ip4Header;
import cellblock.wire.TcpHeader;

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
  private final Segment segment = new Segment();
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
    this.synSent = new SynSentInput(tcp);
    this.sequence = new SequenceCheck(tcp);
    this.acks = new AckInput(tcp);
    this.data = new DataInput(tcp);
  }

  void input(Mbuf m, int headerLength) {
    ip.room(m, "TcpInput");
    tcp.stats.rcvtotal++;
    int at = m.off + headerLength;
    int length = m.len - headerLength;
    if (length < TcpHeader.LENGTH) {
      tcp.stats.rcvshort++;
      tcp.vnet.drop(m, DropReason.TCP_TOO_SHORT);
      return;
    }
    int header = TcpHeader.headerLength(m.buf, at);
    if (header < TcpHeader.LENGTH || header > length) {
      tcp.stats.rcvbadoff++;
      tcp.vnet.drop(m, DropReason.TCP_TOO_SHORT);
      return;
    }
    if ((m.csumFlags & (Mbuf.CSUM_DATA_VALID | Mbuf.CSUM_DATA_DELAYED)) == 0
        && !TcpHeader.verifies(m.buf, at, Ip4Header.pseudo(m.buf, m.off, length), length)) {
      tcp.stats.rcvbadsum++;
      tcp.vnet.drop(m, DropReason.TCP_BAD_CHECKSUM);
      return;
    }
    int source = Ip4Header.source(m.buf, m.off);
    int destination = Ip4Header.destination(m.buf, m.off);
    if ((m.flags & (Mbuf.M_BCAST | Mbuf.M_MCAST)) != 0
        || Ip4Address.isMulticast(destination)
        || Ip4Address.isMulticast(source)
        || destination == -1
        || source == -1) {
      tcp.vnet.drop(m, DropReason.CONSUMED);
      return;
    }
    Segment s = segment;
    s.fromHi = (long) source << 32;
    s.toHi = (long) destination << 32;
    s.tos = Ip4Header.tos(m.buf, m.off);
    s.read(m, at, length);
    deliver(s, Ip4Header.ttl(m.buf, m.off));
    tcp.vnet.mbufs().free(m);
  }

  private void deliver(Segment s, int ttl) {
    if (s.has(TcpHeader.SYN) && s.has(TcpHeader.FIN) && tcp.settings.dropSynfin.get() != 0) {
      return;
    }
    Pcb p = tcp.table.lookup(s.fromHi, s.fromLo, s.fromPort, s.toHi, s.toLo, s.toPort);
    if (!(p instanceof Tcb t) || t.state == TcpState.CLOSED) {
      nobody(s);
      return;
    }
    if (!t.acceptsTtl(ttl)) {
      return;
    }
    if (t.state == TcpState.LISTEN) {
      listen(t, s);
    } else if (t.state == TcpState.TIME_WAIT) {
      timeWait(t, s);
    } else {
      answer(t, s, segment(t, s));
    }
  }

  /** No connection: a reset, within limits, unless the host plays dead. */
  private void nobody(Segment s) {
    int dead = tcp.settings.blackhole.get();
    boolean silent = dead == 1 && s.has(TcpHeader.SYN) || dead >= 2;
    if (!silent) {
      reset(s, IcmpLimit.Class.RST_CLOSED);
    }
  }

  private void reset(Segment s, IcmpLimit.Class kind) {
    if (!s.has(TcpHeader.RST) && limit.allows(kind)) {
      tcp.output.refuse(s);
    }
  }

  // ---- LISTEN (RFC 9293 section 3.10.7.2) ----

  private void listen(Tcb t, Segment s) {
    if (s.has(TcpHeader.RST)) {
      tcp.syncache.reset(s);
      return;
    }
    if (s.has(TcpHeader.ACK)) {
      if (s.has(TcpHeader.SYN)) {
        tcp.stats.badsyn++;
        reset(s, IcmpLimit.Class.RST_OPEN);
        return;
      }
      switch (tcp.syncache.expand(t, s)) {
        case UNKNOWN -> reset(s, IcmpLimit.Class.RST_OPEN);
        case CONNECTED -> {
          Tcb child = tcp.syncache.made;
          if (child != null) {
            answer(child, s, segment(child, s));
          }
        }
        case DROPPED -> {}
      }
      return;
    }
    if (!s.has(TcpHeader.SYN)) {
      return;
    }
    boolean self = s.fromHi == s.toHi && s.fromLo == s.toLo && s.fromPort == s.toPort;
    if (self || s.fromHi == 0) {
      tcp.stats.badsyn++;
      return;
    }
    tcp.syncache.add(t, s);
  }

  // ---- TIME-WAIT (tcp_twcheck; RFC 6191) ----

  private void timeWait(Tcb t, Segment s) {
    if (s.has(TcpHeader.RST)) {
      return; // RFC 1337
    }
    boolean fresh =
        s.has(TcpHeader.SYN)
            && !s.has(TcpHeader.ACK)
            && (t.timestamps && s.hasTs ? Seq.gt(s.tsVal, t.tsRecent) : Seq.gt(s.seq, t.rcvNxt));
    if (fresh) {
      tcp.stats.twRecycles++;
      t.close();
      deliver(s, 255);
      return;
    }
    if (s.has(TcpHeader.FIN) && s.seq + s.dataLen + 1 == t.rcvNxt) {
      t.timers.timeWait();
    }
    if (s.seq != t.rcvNxt || s.ack != t.sndNxt || s.length() > 0) {
      tcp.stats.twResponds++;
      tcp.output.acknowledge(t);
    }
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
    Step step = sequence.segment(t, s);
    if (step == Step.NEXT) {
      step = acks.segment(t, s);
    }
    if (step == Step.NEXT) {
      step = data.segment(t, s);
    }
    return step;
  }

  private void answer(Tcb t, Segment s, Step step) {
    switch (step) {
      case NEXT, DONE -> tcp.output.output(t);
      case DROP -> {}
      case ACK_DROP -> tcp.output.acknowledge(t);
      case CHALLENGE -> challenge(t);
      case RESET_DROP -> reset(s, IcmpLimit.Class.RST_OPEN);
    }
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
      tcp.output.acknowledge(t);
    }
  }
}
