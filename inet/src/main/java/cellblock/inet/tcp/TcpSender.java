package cellblock.inet.tcp;

import cellblock.inet.socket.SocketOption;
import cellblock.kern.drop.DropReason;
import cellblock.kern.errno.Errno;
import cellblock.kern.mbuf.Mbuf;
import cellblock.wire.TcpHeader;
import cellblock.wire.UdpHeader;
import org.jspecify.annotations.Nullable;

/**
 * Builds segments and hands them to IP (ancestor: tcpip_fillheaders, tcp_addoptions, tcp_respond of
 * netinet/tcp_subr.c and tcp_output.c). The IP header is {@link TcpDomain}'s. Threading: turns of
 * the vnet's lane. Nothing is allocated for a segment.
 */
final class TcpSender {
  private final Tcp tcp;
  private final OptionWriter options = new OptionWriter();
  private final int[] blocks = new int[8];
  private int segmentSize;

  TcpSender(Tcp tcp) {
    this.tcp = tcp;
  }

  // ---- options ----

  /** Prepares the options of the next segment; returns their length. */
  int options(Tcb t, int flags) {
    options.clear();
    if (t.has(SocketOption.TCP_NOOPT)) {
      return 0;
    }
    boolean syn = (flags & TcpHeader.SYN) != 0;
    if (syn) {
      options.mss(t.userMss > 0 ? t.userMss : t.localMss());
      if (t.scaling) {
        options.windowScale(t.rcvScale);
      }
      if (t.sackPermitted) {
        options.sackPermitted();
      }
    }
    if (t.timestamps) {
      options.timestamps(t.tsNow(), t.tsRecent);
    }
    if (t.has(SocketOption.TCP_MD5SIG)) {
      options.signature();
    }
    if (!syn && t.sackPermitted) {
      sack(t);
    }
    if (t.cookie != null && t.state == TcpState.SYN_SENT && t.rxtShift == 0) {
      options.fastOpen(t.cookie);
    }
    options.end();
    return options.length();
  }

  /** Begins the options of a segment that no connection stands behind yet. */
  OptionWriter fresh() {
    options.clear();
    return options;
  }

  private void sack(Tcb t) {
    int n = t.report.blocks(blocks, options.sackRoom());
    if (n > 0) {
      options.sack(blocks, n);
      tcp.stats.sackSendBlocks++;
    }
  }

  // ---- segments ----

  /** The next segment is a large one, to be cut where a link asks for it. */
  void large(int size) {
    segmentSize = size;
  }

  /**
   * Sends a segment of a connection, with the options prepared where it may carry any.
   *
   * @param window the field
   * @param ecn the codepoint in the IP header
   */
  @Nullable Errno segment(Tcb t, int seq, int flags, int len, int window, int ecn) {
    if ((flags & TcpHeader.SYN) == 0 && len == 0) {
      options(t, flags); // a probe or a reset was not prepared
    }
    if ((flags & TcpHeader.RST) != 0) {
      options.clear();
      sign(t);
    }
    byte[] ipOptions = t.ipOptionsOf();
    TcpDomain domain = t.domain;
    int ipHeader = domain.headers() - TcpHeader.LENGTH + ipOptions.length;
    int before = ipHeader + (t.udpPort == 0 ? 0 : UdpHeader.LENGTH);
    int tcpHeader = TcpHeader.LENGTH + options.length();
    Mbuf m = tcp.vnet.mbufs().alloc(before + tcpHeader + len);
    int at = m.off + before;
    int optionsAt = m.off + ipHeader - ipOptions.length;
    System.arraycopy(ipOptions, 0, m.buf, optionsAt, ipOptions.length);
    int signature = options.signatureAt();
    boolean urgent =
        (flags & (TcpHeader.SYN | TcpHeader.RST)) == 0
            && Seq.gt(t.sndUp, t.sndUna)
            && Seq.gt(t.sndUp, seq);
    int bits = urgent ? flags | TcpHeader.URG : flags;
    header(m, at, t.localPort(), t.foreignPort(), seq, bits, window);
    if (urgent) {
      TcpHeader.putUrgent(m.buf, at, Math.min(t.sndUp - seq, 65535));
    }
    TcpHeader.putAcknowledgment(m.buf, at, (flags & TcpHeader.ACK) != 0 ? t.rcvNxt : 0);
    if (len > 0) {
      int first = (flags & TcpHeader.SYN) != 0 ? 0 : seq - t.sndBase;
      t.so.send.copy(first, m.buf, at + tcpHeader, len);
    }
    if (signature >= 0
        && !tcp.signatures.sign(
            domain,
            m.buf,
            at,
            tcpHeader + len,
            at + TcpHeader.LENGTH + signature,
            t.localHi(),
            t.localLo(),
            t.foreignHi(),
            t.foreignLo())) {
      tcp.vnet.drop(m, DropReason.TCP_POLICY);
      return Errno.EACCES;
    }
    m.fib = t.fibOf();
    m.segmentSize = segmentSize;
    segmentSize = 0;
    if (!t.report.isEmpty()) {
      t.report.sent(t.rcvNxt);
    }
    m.priority = t.priorityOf();
    Errno error =
        domain.output(
            m,
            ipHeader,
            t.udpPort,
            t.localHi(),
            t.localLo(),
            t.foreignHi(),
            t.foreignLo(),
            t.tosOf() & ~3 | ecn,
            t.ttlOf(),
            t.flagsOf(),
            mayFragment(t, len));
    t.takesLarge = t.udpPort == 0 && signature < 0 && domain.takesLarge();
    return error;
  }

  private boolean mayFragment(Tcb t, int len) {
    int least = tcp.settings.minmss.get();
    return tcp.settings.pathMtuDiscovery.get() == 0
        || t.maxSeg <= least
        || t.blackhole.off
        || t.udpPort != 0 && len >= least;
  }

  /** Sends an answer to {@code s} that no connection stands behind. */
  @Nullable Errno answer(Segment s, @Nullable Tcb of, int seq, int ack, int flags) {
    options.clear();
    if (of != null) {
      sign(of);
    }
    return alone(
        s.domain,
        s.toHi,
        s.toLo,
        s.toPort,
        s.fromHi,
        s.fromLo,
        s.fromPort,
        seq,
        ack,
        flags,
        0,
        of == null ? 0 : of.tosOf(),
        of == null ? -1 : of.ttlSet(),
        s.udpPort,
        of == null ? 0 : of.fibOf());
  }

  private void sign(Tcb t) {
    if (t.has(SocketOption.TCP_MD5SIG)) {
      options.signature();
      options.end();
    }
  }

  /** A segment between two addresses, with the options prepared; {@code ttl} -1 = the default. */
  @Nullable Errno alone(
      TcpDomain domain,
      long localHi,
      long localLo,
      int localPort,
      long foreignHi,
      long foreignLo,
      int foreignPort,
      int seq,
      int ack,
      int flags,
      int window,
      int tos,
      int ttl,
      int udpPort,
      int fib) {
    int ipHeader = domain.headers() - TcpHeader.LENGTH;
    int before = ipHeader + (udpPort == 0 ? 0 : UdpHeader.LENGTH);
    int length = TcpHeader.LENGTH + options.length();
    Mbuf m = tcp.vnet.mbufs().alloc(before + length);
    int at = m.off + before;
    int signature = options.signatureAt();
    header(m, at, localPort, foreignPort, seq, flags, window);
    TcpHeader.putAcknowledgment(m.buf, at, ack);
    int digest = at + TcpHeader.LENGTH + signature;
    if (signature >= 0
        && !tcp.signatures.sign(
            domain, m.buf, at, length, digest, localHi, localLo, foreignHi, foreignLo)) {
      tcp.vnet.drop(m, DropReason.TCP_POLICY);
      return Errno.EACCES;
    }
    m.fib = fib;
    int hops = ttl >= 0 ? ttl : domain.ttl(fib, foreignHi, foreignLo);
    return domain.output(
        m, ipHeader, udpPort, localHi, localLo, foreignHi, foreignLo, tos, hops, 0, false);
  }

  private void header(Mbuf m, int at, int from, int to, int seq, int flags, int window) {
    byte[] b = m.buf;
    TcpHeader.putSourcePort(b, at, from);
    TcpHeader.putDestinationPort(b, at, to);
    TcpHeader.putSequence(b, at, seq);
    TcpHeader.putLengthAndFlags(b, at, TcpHeader.LENGTH + options.length(), flags);
    TcpHeader.putWindow(b, at, window);
    TcpHeader.putUrgent(b, at, 0);
    options.copy(b, at + TcpHeader.LENGTH);
    options.clear();
  }
}
