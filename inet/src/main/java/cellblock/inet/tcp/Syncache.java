package cellblock.inet.tcp;

import cellblock.inet.socket.Socket;
import cellblock.inet.socket.SocketOption;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.time.Callout;
import cellblock.wire.TcpHeader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Connections to listening sockets whose handshake is not complete (ancestor:
 * netinet/tcp_syncache.c). Their number is bounded: the oldest gives way, and its peer may still
 * come back by the cookie that its sequence number is. One timer serves them all. Threading: turns
 * of the vnet's lane.
 */
final class Syncache {
  private record Key(TcpDomain domain, long fromHi, long fromLo, long toHi, long toLo, int ports) {
    static Key of(Segment s) {
      return new Key(s.domain, s.fromHi, s.fromLo, s.toHi, s.toLo, s.fromPort << 16 | s.toPort);
    }
  }

  private static final class Entry {
    final Key key;
    final Tcb listener;
    int udpPort;
    byte @Nullable [] cookie;
    int iss;
    int irs;
    int mss;
    int wscale;
    boolean sack;
    boolean timestamps;
    boolean ecn;
    boolean noOptions;
    boolean signed;
    int tsRecent;
    int tsOffset;
    int window;
    int scale;
    int tos;
    int ttl;
    int sent;
    long due;

    Entry(Key key, Tcb listener) {
      this.key = key;
      this.listener = listener;
    }
  }

  private final Tcp tcp;
  private final LinkedHashMap<Key, Entry> entries = new LinkedHashMap<>(4);
  private final Callout timer;
  private final Syncookies cookies;
  private long lastOverflow = Long.MIN_VALUE;

  Syncache(Tcp tcp) {
    this.tcp = tcp;
    this.cookies = new Syncookies(tcp.vnet, tcp.ip.random);
    this.timer = tcp.vnet.callout("tcp_syncache", this::expire);
  }

  int size() {
    return entries.size();
  }

  /** A SYN for a listening socket: syncache_add. */
  void add(Tcb listener, Segment s) {
    Key key = Key.of(s);
    Entry e = entries.get(key);
    if (e != null && e.irs == s.seq) {
      tcp.stats.scDupsyn++;
      if (e.timestamps) {
        e.tsRecent = s.tsVal;
      }
      respond(e);
      return;
    }
    if (e != null) {
      remove(e);
    }
    e = new Entry(key, listener);
    fill(e, listener, s);
    if (tcp.settings.syncookiesOnly.get() != 0) {
      tcp.stats.scSendcookie++;
      respond(e);
      return;
    }
    if (entries.size() >= Math.max(1, tcp.settings.syncacheLimit.get())) {
      tcp.stats.scCacheOverflow++;
      lastOverflow = tcp.vnet.lane().now();
      remove(entries.firstEntry().getValue());
    }
    tcp.stats.scAdded++;
    entries.put(key, e);
    if (respond(e)) {
      e.due = tcp.vnet.lane().now() + tcp.settings.rexmitInitial.get() * Tcp.MS;
      schedule();
    } else {
      tcp.stats.scDropped++;
      remove(e);
    }
  }

  /**
   * A SYN with a good Fast Open cookie makes a connection at once (syncache_tfo_expand); null when
   * it does not, and then the syncache has it.
   */
  @Nullable Tcb fastOpen(Tcb listener, Segment s) {
    boolean serves =
        listener.fastOpen && s.hasFastOpen && tcp.settings.fastopenServerEnable.get() != 0;
    if (!serves || !tcp.fastOpen.valid(s) || listener.so.waiting() >= pending(listener)) {
      return null;
    }
    Entry e = new Entry(Key.of(s), listener);
    fill(e, listener, s);
    try {
      Socket child = tcp.sockets.arrived(listener.socket(), tcp::attach);
      Tcb t = (Tcb) Objects.requireNonNull(child.pcb());
      open(t, e, s);
      t.sndNxt = t.sndMax = e.iss;
      t.fastOpen = true;
      t.sndWnd = t.maxSndWnd = s.windowField;
      t.sndWl1 = s.seq;
      t.so.connected();
      tcp.stats.accepts++;
      listener.so.enqueue(child);
      return t;
    } catch (ErrnoException refused) {
      tcp.stats.scAborted++;
      return null;
    }
  }

  private static int pending(Tcb listener) {
    return Math.max(1, listener.backlog / 2);
  }

  private void fill(Entry e, Tcb listener, Segment s) {
    e.irs = s.seq;
    e.mss = s.mss;
    e.udpPort = s.udpPort;
    SynNegotiation.chooseScale(listener);
    boolean extensions = listener.timestamps;
    e.wscale = listener.scaling ? s.wscale : -1;
    e.scale = listener.rcvScale;
    e.sack = listener.sackPermitted && s.sackPermitted;
    e.timestamps = extensions && s.hasTs;
    e.ecn = Ecn.wanted(tcp.settings, s);
    e.signed = s.signatureAt >= 0;
    e.noOptions = listener.has(SocketOption.TCP_NOOPT);
    e.tsRecent = s.tsVal;
    e.tsOffset = tcp.iss.timestampOffset(s.toHi, s.toLo, s.toPort, s.fromHi, s.fromLo, s.fromPort);
    if (listener.fastOpen && s.hasFastOpen && tcp.settings.fastopenServerEnable.get() != 0) {
      e.cookie = tcp.fastOpen.cookie(s);
    }
    boolean baked = tcp.settings.syncookies.get() != 0 || tcp.settings.syncookiesOnly.get() != 0;
    e.iss =
        baked
            ? cookies.make(s, s.mss, e.wscale, e.sack)
            : tcp.iss.next(s.toHi, s.toLo, s.toPort, s.fromHi, s.fromLo, s.fromPort);
    e.tos = listener.tosOf();
    e.ttl = listener.ttlSet();
    e.window = Math.min(listener.so.receive.limit(), 65535);
  }

  private int tsNow(Entry e) {
    return (int) (tcp.vnet.lane().now() / Tcp.MS) + e.tsOffset;
  }

  /** Sends the SYN, ACK of an entry. */
  private boolean respond(Entry e) {
    e.sent++;
    return send(e, TcpHeader.SYN | TcpHeader.ACK | (e.ecn ? TcpHeader.ECE : 0));
  }

  private boolean send(Entry e, int flags) {
    boolean syn = (flags & TcpHeader.SYN) != 0;
    Key k = e.key;
    int fib = e.listener.fibOf();
    TcpSender sender = tcp.output.sender();
    OptionWriter options = sender.fresh();
    if (!e.noOptions && syn) {
      options.mss(tcp.localMss(k.domain, fib, k.fromHi, k.fromLo, e.udpPort));
      if (e.wscale >= 0) {
        options.windowScale(e.scale);
      }
      if (e.sack) {
        options.sackPermitted();
      }
    }
    if (e.timestamps) {
      options.timestamps(tsNow(e), e.tsRecent);
    }
    if (e.signed) {
      options.signature();
    }
    if (e.cookie != null && syn) {
      options.fastOpen(e.cookie);
    }
    options.end();
    tcp.stats.sndtotal++;
    tcp.stats.sndctrl++;
    return sender.alone(
            k.domain,
            k.toHi,
            k.toLo,
            k.ports & 0xffff,
            k.fromHi,
            k.fromLo,
            k.ports >>> 16,
            syn ? e.iss : e.iss + 1,
            e.irs + 1,
            flags,
            e.window,
            e.tos,
            e.ttl,
            e.udpPort,
            fib)
        == null;
  }

  // ---- timer ----

  private void schedule() {
    if (!timer.pending()) {
      timer.reset(tcp.settings.rexmitInitial.get() * Tcp.MS / 2);
    }
  }

  private void expire() {
    long now = tcp.vnet.lane().now();
    for (Entry e : List.copyOf(entries.values())) {
      if (e.due > now) {
        continue;
      }
      if (e.sent > tcp.settings.syncacheRexmtlimit.get()) {
        tcp.stats.scStale++;
        remove(e);
        continue;
      }
      tcp.stats.scRetransmitted++;
      e.ecn &= e.sent <= tcp.settings.ecnMaxretries.get();
      respond(e);
      e.due = now + (tcp.settings.rexmitInitial.get() * Tcp.MS << Math.min(e.sent - 1, 6));
    }
    if (!entries.isEmpty()) {
      schedule();
    }
  }

  private void remove(Entry e) {
    entries.remove(e.key, e);
    if (entries.isEmpty()) {
      timer.stop();
    }
  }

  /** A reset for an entry: syncache_chkrst (RFC 5961 section 3). */
  void reset(Segment s) {
    Entry e = entries.get(Key.of(s));
    int ahead = e == null ? -1 : s.seq - (e.irs + 1);
    boolean inWindow = e != null && ahead >= 0 && (ahead < e.window || ahead == 0);
    if (e == null || !inWindow || e.udpPort != s.udpPort) {
      tcp.stats.badrst++;
      return;
    }
    if (ahead == 0 || tcp.settings.insecureRst.get() != 0) {
      tcp.stats.scReset++;
      remove(e);
      return;
    }
    tcp.stats.badrst++;
    if (!send(e, TcpHeader.ACK)) {
      tcp.stats.scDropped++;
      remove(e);
    }
  }

  /** An ICMP error about a SYN, ACK: syncache_unreach. */
  void unreachable(Segment s) {
    Entry e = entries.get(Key.of(s));
    if (e != null && e.iss == s.seq && e.sent > 3) {
      tcp.stats.scUnreach++;
      remove(e);
    }
  }

  /** A listening socket ends. */
  void forget(Tcb listener) {
    if (entries.isEmpty() || listener.backlog < 0) {
      return;
    }
    entries.values().removeIf(e -> e.listener == listener);
    if (entries.isEmpty()) {
      timer.stop();
    }
  }

  void stop() {
    entries.clear();
    timer.stop();
  }

  /** What an acknowledgment for a listening socket came to. */
  enum Outcome {
    /** No entry: answered by a reset. */
    UNKNOWN,
    /** Dropped without an answer. */
    DROPPED,
    CONNECTED
  }

  /** The connection that the last {@link #expand} made. */
  @Nullable Tcb made;

  /** The third segment of a handshake: syncache_expand. */
  Outcome expand(Tcb listener, Segment s) {
    made = null;
    Entry e = entries.get(Key.of(s));
    if (e == null) {
      e = fromCookie(listener, s);
    }
    if (e == null || s.ack != e.iss + 1 || s.udpPort != e.udpPort) {
      tcp.stats.scBadack++;
      return Outcome.UNKNOWN;
    }
    if (e.signed && !tcp.signatures.verifies(s)) {
      return Outcome.DROPPED;
    }
    int ahead = s.seq - (e.irs + 1);
    if (ahead < 0 || ahead > e.window) {
      return Outcome.DROPPED;
    }
    if (e.timestamps && !s.hasTs) {
      if (tcp.settings.tolerateMissingTs.get() == 0) {
        return Outcome.DROPPED;
      }
      e.timestamps = false;
    }
    if (e.timestamps && Seq.lt(s.tsVal, e.tsRecent)) {
      tcp.stats.pawsdrop++;
      return Outcome.DROPPED;
    }
    if (listener.so.waiting() > 3 * listener.backlog / 2) {
      tcp.stats.listendrop++;
      if (tcp.settings.syncacheRstOnFail.get() == 0) {
        return Outcome.DROPPED;
      }
      remove(e);
      return Outcome.UNKNOWN;
    }
    try {
      Socket child = tcp.sockets.arrived(listener.socket(), tcp::attach);
      remove(e);
      Tcb t = (Tcb) Objects.requireNonNull(child.pcb());
      open(t, e, s);
      tcp.stats.scCompleted++;
      tcp.stats.accepts++;
      made = t;
      listener.so.enqueue(child);
      return Outcome.CONNECTED;
    } catch (ErrnoException refused) {
      tcp.stats.scAborted++;
      remove(e);
      return Outcome.DROPPED;
    }
  }

  /** What a cookie tells; only while cookies are in use (syncookie_lookup). */
  private @Nullable Entry fromCookie(Tcb listener, Segment s) {
    boolean only = tcp.settings.syncookiesOnly.get() != 0;
    boolean recent =
        tcp.settings.syncookies.get() != 0
            && lastOverflow != Long.MIN_VALUE
            && tcp.vnet.lane().now() - lastOverflow < Syncookies.LIFETIME;
    if (!only && !recent || !cookies.read(s)) {
      return null;
    }
    tcp.stats.scRecvcookie++;
    Entry e = new Entry(Key.of(s), listener);
    fill(e, listener, s);
    e.iss = s.ack - 1;
    e.irs = s.seq - 1;
    e.mss = cookies.mss;
    e.wscale = listener.scaling ? cookies.wscale : -1;
    e.sack = listener.sackPermitted && cookies.sack;
    e.ecn = false;
    return e;
  }

  private void open(Tcb t, Entry e, Segment s) throws ErrnoException {
    t.inherit(e.listener);
    t.domain(s.domain, s.domain.version());
    t.addresses(s.toHi, s.toLo, s.toPort, s.fromHi, s.fromLo, s.fromPort);
    t.udpPort = e.udpPort;
    t.setOption(SocketOption.TCP_MD5SIG, e.signed ? 1 : 0);
    t.sendSequence(e.iss);
    t.receiveSequence(e.irs);
    t.scaling = e.wscale >= 0;
    t.sndScale = Math.max(0, e.wscale);
    t.rcvScale = t.scaling ? e.scale : 0;
    t.sackPermitted = e.sack;
    t.timestamps = e.timestamps;
    t.tsOffset = e.tsOffset;
    t.tsRecent = e.tsRecent;
    t.tsRecentAge = t.now();
    SynNegotiation.peerMss(t, e.mss);
    if (e.ecn) {
      t.ecn.begin();
    }
    if (e.sent > 1) {
      t.sndCwnd = t.segmentSize();
    }
    t.sndNxt = t.sndMax = e.iss + 1;
    t.rcvWnd = e.window;
    t.rcvAdv = t.rcvNxt + e.window;
    t.lastAckSent = t.rcvNxt;
    t.state(TcpState.SYN_RECEIVED);
    t.timers.keep(t.keepInit);
  }
}
