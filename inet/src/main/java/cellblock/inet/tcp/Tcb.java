package cellblock.inet.tcp;

import cellblock.inet.ip6.Ip6Output;
import cellblock.inet.pcb.Pcb;
import cellblock.inet.socket.Cmsg;
import cellblock.inet.socket.Socket;
import cellblock.inet.socket.SocketOption;
import cellblock.inet.socket.Stream;
import cellblock.inet.socket.StreamCounts;
import cellblock.inet.socket.StreamInfo;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.wire.Family;
import cellblock.wire.Ip4Address;
import cellblock.wire.Ip6Header;
import cellblock.wire.IpAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The transmission control block of one connection (ancestor: struct tcpcb, netinet/tcp_var.h; RFC
 * 9293 section 3.3.1 names the variables), and what the socket asks of it (tcp_usrreqs,
 * netinet/tcp_usrreq.c). Sequence numbers are ints modulo 2^32, windows bytes, times nanoseconds of
 * the lane's clock. Threading: turns of the vnet's lane.
 */
final class Tcb extends Pcb {
  final Tcp tcp;
  final Stream so;
  final TcpTimers timers;
  final Reassembly reassembly = new Reassembly();
  final SackReport report = new SackReport();
  final Scoreboard scoreboard = new Scoreboard();
  final Ecn ecn = new Ecn(this);
  final BlackholeDetection blackhole = new BlackholeDetection(this);
  final CcVar ccVar = new CcVar(this);
  CongestionControl cc;
  TcpStack stack;

  /** The internet layer of its addresses. */
  TcpDomain domain;

  TcpState state = TcpState.CLOSED;

  // Send sequence space.
  int iss;
  int sndUna;
  int sndNxt;
  int sndMax;
  int sndWnd;

  /** One past the last urgent byte to send (SND.UP). */
  int sndUp;

  int sndWl1;
  int sndWl2;
  int maxSndWnd;

  /** Sequence number of the first byte in the send ring. */
  int sndBase;

  boolean finSent;

  // Receive sequence space.
  int irs;
  int rcvNxt;
  int rcvWnd;
  int rcvAdv;
  int rcvUp;
  int lastAckSent;

  // Congestion.
  int sndCwnd;
  int sndSsthresh = Integer.MAX_VALUE;
  int dupAcks;
  int sndRecover;
  boolean inRecovery;

  /** In SACK recovery: retransmitted up to here (RFC 6675 HighRxt). */
  int highRxt;

  // Options.
  /** Largest segment to send, without options (t_maxseg plus options). */
  int maxSeg;

  int sndScale;
  int rcvScale;
  boolean scaling;
  boolean timestamps;
  boolean sackPermitted;
  int tsOffset;
  int tsRecent;
  long tsRecentAge;

  // Round trip (RFC 6298).
  long srtt;
  long rttvar;
  long rto;
  int rttUpdated;
  long rttStart;
  int rttSeq;
  int rxtShift;

  // What netstat -T counts.
  int retransmitted;
  int outOfOrder;
  int zeroWindows;

  /** Whether the link that the last segment left by takes large ones. */
  boolean takesLarge;

  // What is owed.
  boolean ackNow;
  boolean force;
  Errno softError;
  boolean hasSoftError;

  long idleSince;

  /** When the peer last acknowledged something, or nothing was left to be: t_acktime. */
  long ackedAt;

  /** How long data may stay without acknowledgment; 0 = for ever: TCP_MAXUNACKTIME. */
  long maxUnacked;

  long establishedAt;
  int keepProbes;
  long keepInit;
  long keepIdle;
  long keepInterval;
  int keepCount;
  long persistSince;

  // Auto-sizing of the receive buffer: bytes since the mark.
  long sizingSince;
  int sizingBytes;

  // What an IPv6 socket is told.
  int hops = -1;
  int trafficClass;
  boolean v6only;
  int useMinMtu;

  /** The peer's UDP port when the connection runs inside UDP (t_port), else 0. */
  int udpPort;

  /** TCP_FASTOPEN is on; of a connection that came: it began so. */
  boolean fastOpen;

  /** The cookie that the SYN carries; empty = the wish for one. */
  byte @Nullable [] cookie;

  int userMss;
  int backlog = -1;

  Tcb(Socket socket, Tcp tcp) {
    super(socket, tcp.ip, tcp.table);
    this.tcp = tcp;
    TcpInet6 six = tcp.inet6;
    this.domain = socket.family() == Family.INET || six == null ? tcp.inet : six;
    this.v6only = six != null && six.v6only();
    if (socket.family() == Family.INET6 && !v6only) {
      versions(INET | INET6);
    }
    this.so = socket.streamOf();
    this.stack = tcp.choice.newStack(this);
    this.timers = new TcpTimers(this);
    this.cc = tcp.choice.newAlgorithm();
    this.softError = Errno.ETIMEDOUT;
    this.rto = tcp.settings.rexmitInitial.get() * Tcp.MS;
    this.maxSeg = tcp.settings.mssdflt.get();
    this.keepInit = tcp.settings.keepinit.get() * Tcp.MS;
    this.keepIdle = tcp.settings.keepidle.get() * Tcp.MS;
    this.keepInterval = tcp.settings.keepintvl.get() * Tcp.MS;
    this.keepCount = tcp.settings.keepcnt.get();
    timestamps = scaling = tcp.settings.rfc1323.get() != 0;
    sackPermitted = tcp.settings.sack.get() != 0;
  }

  long now() {
    return ip.vnet.lane().now();
  }

  /** The timestamp clock, milliseconds from a secret start (RFC 7323 section 5.4). */
  int tsNow() {
    return (int) (now() / Tcp.MS) + tsOffset;
  }

  /** Bytes sent and not acknowledged. */
  int flight() {
    return sndMax - sndUna;
  }

  /** Where the send ring ends; our FIN has this number. */
  int sndEnd() {
    return sndBase + so.send.size();
  }

  /** Bytes that may still come: the space of the receive ring. */
  int receiveSpace() {
    return Math.max(0, so.receive.limit() - so.receive.size());
  }

  // ---- sequence numbers ----

  /** tcp_sendseqinit. */
  void sendSequence(int from) {
    iss = from;
    sndUna = sndNxt = sndMax = sndUp = from;
    sndRecover = from;
    sndBase = from + 1;
    highRxt = from;
  }

  /** tcp_rcvseqinit. */
  void receiveSequence(int from) {
    irs = from;
    rcvNxt = rcvAdv = from + 1;
    rcvUp = rcvNxt;
  }

  void addresses(long toHi, long toLo, int toPort, long fromHi, long fromLo, int fromPort) {
    arrived(toHi, toLo, toPort, fromHi, fromLo, fromPort);
  }

  /** The segment size that the way to the peer carries. */
  int localMss() {
    int mss = tcp.localMss(domain, fib(), foreignHi(), foreignLo(), udpPort);
    return useMinMtu > 0 && domain.version() == INET6
        ? Math.min(mss, Ip6Header.MINIMUM_MTU - domain.headers() - overhead())
        : mss;
  }

  private int overhead() {
    return udpPort == 0 ? 0 : tcp.settings.udpTunnelingOverhead.get();
  }

  /** Data bytes of a full segment with the options it carries. */
  int segmentSize() {
    return maxSeg - (timestamps ? 12 : 0);
  }

  // ---- loss recovery ----

  /** A loss was found: ssthresh is set, and recovery lasts until what is sent now has arrived. */
  void enterRecovery() {
    ecn.cut();
    cc.loss(ccVar);
    sndRecover = sndMax;
    inRecovery = true;
    rttStart = 0;
    highRxt = sndUna;
    timers.stopRexmt();
  }

  void leaveRecovery() {
    inRecovery = false;
    dupAcks = 0;
    scoreboard.clear();
    cc.recovered(ccVar);
  }

  // ---- life ----

  /** Every change of state goes through here. */
  void state(TcpState next) {
    TcpState before = state;
    if (next == before) {
      return;
    }
    if (next == TcpState.ESTABLISHED) {
      establishedAt = now();
    }
    state = next;
    tcp.changed(this, before, next);
  }

  /** Connection made: soisconnected and the timers of a living connection. */
  void established() {
    tcp.stats.connects++;
    state(TcpState.ESTABLISHED);
    idleSince = now();
    sizingSince = now();
    timers.keepAlive();
    so.updateAfter(Math.max(1, Math.min(2 * segmentSize(), so.receive.limit() / 4)));
    so.connected();
  }

  /** tcp_twstart. Between addresses of one host nothing can be under way any more. */
  void timeWait() {
    state(TcpState.TIME_WAIT);
    so.disconnected();
    if (tcp.settings.nolocaltimewait.get() != 0 && domain.isOurs(foreignHi(), foreignLo())) {
      tcp.output.acknowledge(this);
      close();
      return;
    }
    timers.timeWait();
  }

  /** tcp_drop: ends the connection because of an error, telling the peer where it must know. */
  void drop(Errno why) {
    if (state.haveSyn()) {
      tcp.output.reset(this);
      tcp.stats.drops++;
    } else {
      tcp.stats.conndrops++;
    }
    so.fail(why == Errno.ETIMEDOUT && hasSoftError ? softError : why);
    close();
  }

  /** tcp_close: the connection is no more; the socket lives until the program lets go of it. */
  void close() {
    if (state != TcpState.CLOSED || backlog >= 0) {
      tcp.stats.closed++;
    }
    if (rttUpdated >= 4) {
      tcp.hostCache.learn(this);
      rttUpdated = 0;
    }
    state(TcpState.CLOSED);
    timers.stopAll();
    stack.stop();
    reassembly.clear(ip.vnet);
    tcp.syncache.forget(this);
    leaveTables();
    so.disconnected();
    if (so.isClosed()) {
      socket.abort(Errno.EBADF);
    }
  }

  @Override
  public void detach() {
    if (state.haveSyn() && state != TcpState.TIME_WAIT) {
      tcp.output.reset(this);
    }
    state(TcpState.CLOSED);
    timers.stopAll();
    stack.stop();
    reassembly.clear(ip.vnet);
    tcp.syncache.forget(this);
    so.disconnected();
    super.detach();
    tcp.choice.release(this);
    tcp.forget(this);
  }

  // ---- requests of the socket ----

  void v6only(boolean on) {
    v6only = on;
    versions(on ? INET6 : INET | INET6);
  }

  /** Takes what packets can be meant, and the layer that they come by. */
  void domain(TcpDomain to, int versionsNow) {
    domain = to;
    versions(versionsNow);
  }

  @Override
  public void bind(IpAddress address, int port) throws ErrnoException {
    int before = versions();
    TcpDomain was = domain;
    try {
      super.bind(TcpAddresses.toBind(this, address), port);
    } catch (ErrnoException e) {
      domain(was, before);
      throw e;
    }
  }

  @Override
  protected void checkLocal(IpAddress address) throws ErrnoException {
    if (address instanceof Ip4Address) {
      super.checkLocal(address);
    } else if (!has(SocketOption.IP_BINDANY)) {
      domain.checkLocal(address);
    }
  }

  @Override
  protected IpAddress peer(IpAddress address) throws ErrnoException {
    return address instanceof Ip4Address ? super.peer(address) : address;
  }

  @Override
  protected IpAddress localFor(IpAddress peer) throws ErrnoException {
    return peer instanceof Ip4Address ? super.localFor(peer) : domain.localFor(this, peer);
  }

  @Override
  public IpAddress localAddress() {
    return TcpAddresses.shown(this, localHi(), localLo());
  }

  @Override
  public @Nullable IpAddress foreignAddress() {
    return isConnected() ? TcpAddresses.shown(this, foreignHi(), foreignLo()) : null;
  }

  @Override
  public void connect(IpAddress address, int port) throws ErrnoException {
    if (state == TcpState.LISTEN) {
      throw new ErrnoException(Errno.EOPNOTSUPP);
    }
    if (state != TcpState.CLOSED) {
      throw new ErrnoException(Errno.EISCONN);
    }
    int before = versions();
    TcpDomain was = domain;
    try {
      connectTo(TcpAddresses.toConnect(this, address), port, true);
    } catch (ErrnoException e) {
      domain(was, before);
      throw e;
    }
    so.connecting();
    tcp.stats.connattempt++;
    SynNegotiation.chooseScale(this);
    sendSequence(tcp.iss.next(localHi(), 0, localPort(), foreignHi(), foreignLo(), foreignPort()));
    tsOffset =
        tcp.iss.timestampOffset(
            localHi(), localLo(), localPort(), foreignHi(), foreignLo(), foreignPort());
    maxSeg = localMss();
    cookie = fastOpen ? tcp.fastOpen.cookieFor(this) : null;
    state(TcpState.SYN_SENT);
    timers.keep(keepInit);
    Errno refused = tcp.output.output(this);
    if (refused != null) {
      close();
      so.takeBack();
      throw new ErrnoException(refused);
    }
  }

  @Override
  public void listen(int most) throws ErrnoException {
    if (state != TcpState.CLOSED && state != TcpState.LISTEN) {
      throw new ErrnoException(Errno.EINVAL);
    }
    ensurePort();
    int limit = tcp.settings.somaxconn.get();
    backlog = most < 0 || most > limit ? limit : most;
    state(TcpState.LISTEN);
  }

  @Override
  public void send(
      byte[] data, int off, int len, @Nullable IpAddress to, int port, List<Cmsg> control)
      throws ErrnoException {
    throw new ErrnoException(Errno.EOPNOTSUPP); // streams write through the ring
  }

  /** Whether data may leave: a Fast Open connection need not wait for the handshake. */
  boolean maySendData() {
    return state.haveEstablished() || fastOpen && state == TcpState.SYN_RECEIVED;
  }

  @Override
  public void written() {
    if (maySendData()) {
      tcp.output.output(this);
    }
  }

  @Override
  public void urgent() {
    sndUp = sndEnd();
    written();
  }

  @Override
  public void consumed() {
    if (state.haveEstablished()) {
      tcp.output.output(this);
    }
  }

  @Override
  public void shutdownSend() {
    userClosed();
    if (state != TcpState.CLOSED) {
      tcp.output.output(this);
    }
  }

  @Override
  public void closed() {
    boolean unread = so.receive.size() > 0 && state.haveEstablished();
    if (unread && state != TcpState.TIME_WAIT) {
      // RFC 2525 section 2.17: data was lost, and the peer must learn of it.
      socket.abort(Errno.EBADF);
      return;
    }
    userClosed();
    if (state == TcpState.CLOSED) {
      socket.abort(Errno.EBADF);
    } else {
      tcp.output.output(this);
    }
  }

  /** tcp_usrclosed: the program sends no more. */
  private void userClosed() {
    switch (state) {
      case CLOSED, LISTEN, SYN_SENT -> close();
      case SYN_RECEIVED, ESTABLISHED -> state(TcpState.FIN_WAIT_1);
      case CLOSE_WAIT -> state(TcpState.LAST_ACK);
      case FIN_WAIT_2 -> timers.finWait2();
      default -> {}
    }
  }

  @Override
  public void disconnect() throws ErrnoException {
    shutdownSend();
  }

  @Override
  public void setOption(SocketOption option, int value) throws ErrnoException {
    if (!TcpSocketOptions.take(this, option, value)) {
      super.setOption(option, value);
      TcpSocketOptions.changed(this, option, value);
    }
  }

  @Override
  public int getOption(SocketOption option) throws ErrnoException {
    Integer own = TcpSocketOptions.get(this, option);
    return own == null ? super.getOption(option) : own;
  }

  @Override
  public void setText(SocketOption option, String value) throws ErrnoException {
    switch (option) {
      case TCP_CONGESTION -> tcp.choice.congestion(this, value);
      case TCP_FUNCTION_BLK -> tcp.choice.stack(this, value);
      default -> super.setText(option, value);
    }
  }

  @Override
  public String getText(SocketOption option) throws ErrnoException {
    return switch (option) {
      case TCP_CONGESTION -> cc.name();
      case TCP_FUNCTION_BLK -> stack.name();
      default -> super.getText(option);
    };
  }

  /** An accepted connection has the options of the socket that listened. */
  void inherit(Tcb listener) {
    inheritOptions(listener);
    TcpSocketOptions.inherit(this, listener);
  }

  byte[] ipOptionsOf() {
    return ipOptions();
  }

  int tosOf() {
    return socket.family() == Family.INET ? tos() : trafficClass;
  }

  /** The time to live that the program asked for, or -1. */
  int ttlSet() {
    return socket.family() == Family.INET ? ttl() : hops;
  }

  int ttlOf() {
    int set = ttlSet();
    return set >= 0 ? set : domain.ttl(fib(), foreignHi(), foreignLo());
  }

  int fibOf() {
    return fib();
  }

  int priorityOf() {
    return priority();
  }

  int flagsOf() {
    if (domain.version() == INET) {
      return outputFlags();
    }
    return useMinMtu > 0 ? Ip6Output.MINMTU : 0;
  }

  @Override
  public String state() {
    return state.text();
  }

  /** tcp_fill_info. */
  @Override
  public StreamInfo info() {
    boolean known = state.haveSyn();
    int options = known && timestamps ? StreamInfo.TIMESTAMPS : 0;
    options |= known && sackPermitted ? StreamInfo.SACK : 0;
    options |= known && scaling ? StreamInfo.WSCALE : 0;
    options |= known && ecn.permitted ? StreamInfo.ECN : 0;
    options |= fastOpen ? StreamInfo.FAST_OPEN : 0;
    return new StreamInfo(
        state.ordinal(), options, segmentSize(), receiveSpace(), sndCwnd, sndSsthresh, rto, srtt);
  }

  @Override
  public StreamCounts counts() {
    return timers.counts();
  }

  @Override
  public int backlog() {
    return backlog;
  }

  @Override
  public String name() {
    return switch (versions()) {
      case INET -> "tcp4";
      case INET6 -> "tcp6";
      default -> "tcp46";
    };
  }
}
