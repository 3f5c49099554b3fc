package cellblock.inet.tcp;

/**
 * What the two SYNs of a connection agree on: segment size, window scale, timestamps, SACK
 * (ancestor: tcp_dooptions and tcp_mss of netinet/tcp_input.c; RFC 7323, RFC 2018, RFC 9293 section
 * 3.7.1). Threading: turns of the vnet's lane.
 */
final class SynNegotiation {
  private SynNegotiation() {}

  /** Takes over what a peer's SYN said. */
  static void take(Tcb t, Segment syn) {
    t.scaling &= syn.wscale >= 0;
    if (t.scaling) {
      t.sndScale = syn.wscale;
    } else {
      t.rcvScale = 0;
    }
    t.timestamps &= syn.hasTs;
    if (t.timestamps) {
      t.tsRecent = syn.tsVal;
      t.tsRecentAge = t.now();
    }
    t.sackPermitted &= syn.sackPermitted;
    peerMss(t, syn.mss);
  }

  /** The segment size from what the peer takes, 0 = it did not say, and what the route carries. */
  static void peerMss(Tcb t, int offered) {
    Tcp tcp = t.tcp;
    int limit = offered == 0 ? t.domain.defaultMss() : offered;
    limit = Math.max(limit, tcp.settings.minmss.get());
    t.maxSeg = Math.max(Math.min(limit, t.localMss()), 64);
    if (t.userMss > 0) {
      t.maxSeg = Math.min(t.maxSeg, t.userMss);
    }
    tcp.hostCache.seed(t);
    roundBuffers(t);
    t.cc.start(t.ccVar);
  }

  /** Buffers hold whole segments: the end of tcp_mss. */
  private static void roundBuffers(Tcb t) {
    int send = t.so.send.limit();
    if (send < t.maxSeg) {
      t.maxSeg = Math.max(send, 64);
    } else {
      t.so.send.limit(rounded(t, send));
    }
    t.so.receive.limit(rounded(t, t.so.receive.limit()));
  }

  private static int rounded(Tcb t, int bytes) {
    if (bytes <= t.maxSeg) {
      return bytes;
    }
    long whole = (bytes + t.maxSeg - 1L) / t.maxSeg * t.maxSeg;
    return (int) Math.max(bytes, Math.min(whole, t.tcp.sockets.maxsockbuf()));
  }

  /** The scale to ask for: the smallest that can name the largest buffer, kern.ipc.maxsockbuf. */
  static void chooseScale(Tcb t) {
    long biggest = t.tcp.sockets.maxsockbuf();
    t.rcvScale = 0;
    while (t.scaling && t.rcvScale < 14 && 65535L << t.rcvScale < biggest) {
      t.rcvScale++;
    }
  }
}
