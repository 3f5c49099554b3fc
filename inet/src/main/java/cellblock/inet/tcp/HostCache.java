package cellblock.inet.tcp;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What connections learnt of the way to each host, for those to come (ancestor:
 * netinet/tcp_hostcache.c). Bounded by net.inet.tcp.hostcache.cachelimit, the one not used for
 * longest gives way; what is old is forgotten when it is asked for. Threading: turns of the vnet's
 * lane.
 */
final class HostCache {
  private static final long SECOND = 1_000_000_000L;

  private record Key(int version, long hi, long lo) {}

  /** What is known of one host; 0 = nothing. Times are nanoseconds. */
  static final class Entry {
    int mtu;
    int ssthresh;
    int cwnd;
    long rtt;
    long rttvar;
    int hits;
    int updates;
    private long until;
  }

  private final Tcp tcp;
  private final Map<Key, Entry> entries = new LinkedHashMap<>(4, 0.75f, true);
  private long pruned;

  HostCache(Tcp tcp) {
    this.tcp = tcp;
  }

  int size() {
    return entries.size();
  }

  /** What is known of a host, or null. */
  @Nullable Entry of(TcpDomain domain, long hi, long lo) {
    if (entries.isEmpty() || tcp.settings.hostcacheEnable.get() == 0) {
      return null;
    }
    prune();
    Key key = new Key(domain.version(), hi, lo);
    Entry e = entries.get(key);
    if (e != null && e.until <= tcp.vnet.lane().now()) {
      entries.remove(key);
      return null;
    }
    if (e != null) {
      e.hits++;
    }
    return e;
  }

  private @Nullable Entry touched(TcpDomain domain, long hi, long lo) {
    int limit = tcp.settings.hostcacheCachelimit.get();
    if (limit <= 0 || tcp.settings.hostcacheEnable.get() == 0) {
      return null;
    }
    Key key = new Key(domain.version(), hi, lo);
    Entry e = entries.get(key);
    if (e == null) {
      if (entries.size() >= limit) {
        entries.remove(entries.keySet().iterator().next());
        tcp.stats.hcBucketoverflow++;
      }
      e = new Entry();
      entries.put(key, e);
      tcp.stats.hcAdded++;
    }
    e.updates++;
    e.until = tcp.vnet.lane().now() + tcp.settings.hostcacheExpire.get() * SECOND;
    return e;
  }

  /** tcp_hc_updatemtu. */
  void mtu(TcpDomain domain, long hi, long lo, int mtu) {
    Entry e = touched(domain, hi, lo);
    if (e != null) {
      e.mtu = mtu;
    }
  }

  /** tcp_hc_update: a connection ends. Each value is the mean of the old and the new one. */
  void learn(Tcb t) {
    Entry e = touched(t.domain, t.foreignHi(), t.foreignLo());
    if (e == null) {
      return;
    }
    int mss = t.segmentSize();
    int ssthresh = 0;
    if (t.sndSsthresh < t.so.send.limit() / 2) {
      ssthresh = Math.max(2, (t.sndSsthresh + mss / 2) / mss) * mss;
    }
    e.rtt = mean(e.rtt, t.srtt);
    e.rttvar = mean(e.rttvar, t.rttvar);
    e.ssthresh = (int) mean(e.ssthresh, ssthresh);
    e.cwnd = (int) mean(e.cwnd, t.sndCwnd);
  }

  private static long mean(long old, long now) {
    return now == 0 ? old : old == 0 ? now : (old + now) / 2;
  }

  /** tcp_mss: a connection begins where others ended. */
  void seed(Tcb t) {
    Entry e = of(t.domain, t.foreignHi(), t.foreignLo());
    if (e == null) {
      return;
    }
    if (t.srtt == 0 && e.rtt != 0) {
      tcp.stats.usedrtt++;
      t.timers.assume(e.rtt, e.rttvar != 0 ? e.rttvar : e.rtt / 2);
    }
    if (e.ssthresh != 0) {
      tcp.stats.usedssthresh++;
      t.sndSsthresh = Math.max(2 * t.segmentSize(), e.ssthresh);
    }
  }

  private void prune() {
    long now = tcp.vnet.lane().now();
    if (now - pruned < tcp.settings.hostcachePrune.get() * SECOND) {
      return;
    }
    pruned = now;
    boolean all = tcp.settings.hostcachePurge.get() != 0;
    entries.values().removeIf(e -> all || e.until <= now);
    tcp.settings.hostcachePurge.set(0);
  }

  /** net.inet.tcp.hostcache.purgenow. */
  void purge() {
    entries.clear();
  }

  /** net.inet.tcp.hostcache.list. */
  String list() {
    StringBuilder all = new StringBuilder("\n");
    all.append(
        "IP address                 MTU  SSTRESH      RTT   RTTVAR     CWND HITS UPD  EXP\n");
    long now = tcp.vnet.lane().now();
    entries.forEach((k, e) -> {
      TcpDomain domain = k.version == tcp.inet.version() ? tcp.inet : tcp.inet6;
      String address = domain == null ? "?" : domain.address(k.hi, k.lo).toString();
      all.append(
          String.format(
              "%-25s %4d %8d %6dms %6dms %8d %4d %4d %4d\n",
              address,
              e.mtu,
              e.ssthresh,
              e.rtt / Tcp.MS,
              e.rttvar / Tcp.MS,
              e.cwnd,
              e.hits,
              e.updates,
              Math.max(0, (e.until - now) / SECOND)));
    });
    return all.toString();
  }
}
