package cellblock.inet.tcp;

import cellblock.inet.socket.SocketOption;
import cellblock.kern.errno.Errno;
import cellblock.kern.mbuf.Mbuf;
import cellblock.wire.TcpHeader;
import cellblock.wire.TcpOptions;
import org.jspecify.annotations.Nullable;

/**
 * Builds segments and hands them to IP (ancestor: tcpip_fillheaders, tcp_addoptions, tcp_respond of
 * netinet/tcp_subr.c and tcp_output.c). The IP header is {@link TcpDomain}'s. Threading: turns of
 * the vnet's lane. Nothing is allocated for a segment.
 */
final class TcpSender {
  private final Tcp tcp;
  private final byte[] options = new byte[40];
  private final int[] blocks = new int[8];
  private int used;

  TcpSender(Tcp tcp) {
    this.tcp = tcp;
  }

  // ---- options ----

  /** Prepares the options of the next segment; returns their length. */
  int options(Tcb t, int flags) {
    used = 0;
    if (t.has(SocketOption.TCP_NOOPT)) {
      return 0;
    }
    if ((flags & TcpHeader.SYN) != 0) {
      int mss = t.userMss > 0 ? t.userMss : t.localMss();
      syn(mss, t.scaling ? t.rcvScale : -1, t.sackPermitted);
    }
    if (t.timestamps) {
      timestamp(t.tsNow(), t.tsRecent);
    }
    if ((flags & TcpHeader.SYN) == 0 && t.sackPermitted) {
      sack(t);
    }
    return used;
  }

  /** The options of a SYN that no connection stands behind yet. */
  void synOptions(int mss, int scale, boolean sack, boolean timestamps, int tsVal, int tsEcr) {
    used = 0;
    syn(mss, scale, sack);
    if (timestamps) {
      timestamp(tsVal, tsEcr);
    }
  }

  private void syn(int mss, int scale, boolean sack) {
    word(TcpOptions.MSS << 24 | 4 << 16 | mss & 0xffff);
    if (scale >= 0) {
      word(TcpOptions.NOP << 24 | TcpOptions.WINDOW_SCALE << 16 | 3 << 8 | scale);
    }
    if (sack) {
      word(TcpOptions.SACK_PERMITTED << 24 | 2 << 16 | TcpOptions.NOP << 8 | TcpOptions.NOP);
    }
  }

  private void timestamp(int value, int echo) {
    word(TcpOptions.TIMESTAMP_WORD);
    word(value);
    word(echo);
  }

  private void sack(Tcb t) {
    int most = Math.min(4, (40 - used - 4) / 8);
    int n = 0;
    if (t.hasDsack) { // RFC 2883: the first block names what came twice
      blocks[0] = t.dsack[0];
      blocks[1] = t.dsack[1];
      n = 1;
    }
    n += t.reassembly.blocks(blocks, 2 * n, most - n);
    if (n == 0) {
      return;
    }
    word(TcpOptions.NOP << 24 | TcpOptions.NOP << 16 | TcpOptions.SACK << 8 | 2 + 8 * n);
    for (int i = 0; i < 2 * n; i++) {
      word(blocks[i]);
    }
    tcp.stats.sackSendBlocks++;
  }

  private void word(int value) {
    options[used] = (byte) (value >> 24);
    options[used + 1] = (byte) (value >> 16);
    options[used + 2] = (byte) (value >> 8);
    options[used + 3] = (byte) value;
    used += 4;
  }

  // ---- segments ----

  /**
   * Sends a segment of a connection, with the options prepared where it may carry any.
   *
   * @param window the field
   */
  @Nullable Errno segment(Tcb t, int seq, int flags, int len, int window) {
    if ((flags & TcpHeader.SYN) == 0 && len == 0) {
      options(t, flags); // a probe or a reset was not prepared
    }
    if ((flags & TcpHeader.RST) != 0) {
      used = 0;
    }
    byte[] ipOptions = t.ipOptionsOf();
    TcpDomain domain = t.domain;
    int ipHeader = domain.headers() - TcpHeader.LENGTH + ipOptions.length;
    int tcpHeader = TcpHeader.LENGTH + used;
    Mbuf m = tcp.vnet.mbufs().alloc(ipHeader + tcpHeader + len);
    int at = m.off + ipHeader;
    System.arraycopy(ipOptions, 0, m.buf, at - ipOptions.length, ipOptions.length);
    header(m, at, t.localPort(), t.foreignPort(), seq, flags, window);
    TcpHeader.putAcknowledgment(m.buf, at, (flags & TcpHeader.ACK) != 0 ? t.rcvNxt : 0);
    if (len > 0) {
      t.so.send.copy(seq - t.sndBase, m.buf, at + tcpHeader, len);
    }
    m.fib = t.fibOf();
    t.hasDsack = false;
    return domain.output(
        m,
        ipHeader,
        t.localHi(),
        t.localLo(),
        t.foreignHi(),
        t.foreignLo(),
        t.tosOf(),
        t.ttlOf(),
        t.flagsOf(),
        tcp.settings.pathMtuDiscovery.get() == 0);
  }

  /** Sends an answer to {@code s} that no connection stands behind. */
  @Nullable Errno answer(Segment s, int seq, int ack, int flags) {
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
        0,
        -1,
        0);
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
      int fib) {
    if ((flags & TcpHeader.RST) != 0) {
      used = 0;
    }
    int ipHeader = domain.headers() - TcpHeader.LENGTH;
    Mbuf m = tcp.vnet.mbufs().alloc(ipHeader + TcpHeader.LENGTH + used);
    int at = m.off + ipHeader;
    header(m, at, localPort, foreignPort, seq, flags, window);
    TcpHeader.putAcknowledgment(m.buf, at, ack);
    m.fib = fib;
    int hops = ttl >= 0 ? ttl : domain.ttl(fib, foreignHi, foreignLo);
    return domain.output(m, ipHeader, localHi, localLo, foreignHi, foreignLo, tos, hops, 0, false);
  }

  private void header(Mbuf m, int at, int from, int to, int seq, int flags, int window) {
    byte[] b = m.buf;
    TcpHeader.putSourcePort(b, at, from);
    TcpHeader.putDestinationPort(b, at, to);
    TcpHeader.putSequence(b, at, seq);
    TcpHeader.putLengthAndFlags(b, at, TcpHeader.LENGTH + used, flags);
    TcpHeader.putWindow(b, at, window);
    TcpHeader.putUrgent(b, at, 0);
    System.arraycopy(options, 0, b, at + TcpHeader.LENGTH, used);
    used = 0;
  }
}
