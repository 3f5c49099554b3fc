package cellblock.tunnel.wg;

import cellblock.kern.drop.DropReason;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.net.route.Nexthop;
import cellblock.tunnel.OuterRoute;
import cellblock.tunnel.wg.noise.Keypair;
import cellblock.tunnel.wg.noise.Remote;
import cellblock.wire.Ip6Address;
import cellblock.wire.IpPrefix;
import cellblock.wire.UdpHeader;
import cellblock.wire.WgKey;
import cellblock.wire.WgMessage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A peer of a device: where it is, what waits for it, which addresses are its own (ancestor: struct
 * wg_peer with wg_peer_send_staged, wg_deliver_out of if_wg.c). It remembers the nexthop to its
 * endpoint while the device runs. Threading: the lane of the home vnet.
 */
final class WgPeer {
  /** MAX_STAGED_PKT. */
  static final int MOST_STAGED = 128;

  /** Messages are padded to multiples of this. */
  private static final int PADDING = 16;

  /** Room for the headers before a sealed packet, down to the link's. */
  private static final int ROOM = WgMessage.DATA_HEADER + UdpHeader.LENGTH + 40 + 32;

  private final WgDevice device;
  private final Vnet home;
  final Remote remote;
  final Endpoint endpoint = new Endpoint();
  final WgTimers timers;

  /** What it may send from, newest first as FreeBSD lists it. */
  final List<IpPrefix> allowed = new ArrayList<>();

  private @Nullable OuterRoute way;
  private @Nullable Mbuf first;
  private @Nullable Mbuf last;
  private int staged;
  private long received;
  private long sent;
  private long completed;

  /** For other lanes: whether an endpoint is known. */
  private volatile boolean reachable;

  WgPeer(WgDevice device, WgKey key) {
    this.device = device;
    this.home = device.home;
    this.remote = device.local.add(key, this);
    this.timers = new WgTimers(this, home, device.net.random());
  }

  boolean reachable() {
    return reachable;
  }

  /** Bytes of messages from it, and to it. */
  long received() {
    return received;
  }

  long sent() {
    return sent;
  }

  /** When the last handshake was complete, nanoseconds since the epoch; 0 = never. */
  long completedAt() {
    return completed;
  }

  /** Packets that wait for a session. */
  int staged() {
    return staged;
  }

  /** The remembered way to the endpoint; null: none is needed or known. */
  @Nullable OuterRoute way() {
    return way;
  }

  // ---- where it is ----

  /** It is at {@code at}: configured, or heard from there. */
  void moved(Endpoint at) {
    boolean same = endpoint.sameFar(at);
    endpoint.copy(at);
    if (!same) {
      reachable = true;
      closeWay();
      openWay();
    }
  }

  void openWay() {
    boolean linkLocal = endpoint.six && Ip6Address.isLinkLocal(endpoint.hi);
    if (way != null || !endpoint.known || linkLocal || !device.isUp()) {
      return;
    }
    try {
      way =
          new OuterRoute(
              home, device.net.stats, device.name(), device.sockets.fib(), endpoint.address());
    } catch (ErrnoException gone) {
      // The vnet is going away: packets are routed one by one.
    }
  }

  void closeWay() {
    OuterRoute w = way;
    if (w != null) {
      way = null;
      w.close();
    }
  }

  // ---- it comes and goes ----

  void enable() {
    openWay();
    timers.enable();
  }

  /** The device runs no more: keys, timers and packets go. */
  void disable() {
    purge();
    timers.disable();
    remote.clearHandshake();
    remote.clearSessions();
    closeWay();
  }

  void forgetSessions() {
    remote.clearSessions();
  }

  void completed() {
    completed = home.machine().clock().wallNanos();
  }

  /** Drops what waits. */
  void purge() {
    while (first != null) {
      home.drop(take(first), DropReason.WG_STAGED_OVERFLOW);
    }
  }

  private Mbuf take(Mbuf head) {
    first = head.nextPacket;
    head.nextPacket = null;
    if (first == null) {
      last = null;
    }
    staged--;
    return head;
  }

  // ---- out ----

  /** Queues a packet, the oldest one's place if need be, and sends what can be sent. */
  void output(Mbuf m) {
    stage(m);
    sendStaged();
  }

  private void stage(Mbuf m) {
    if (staged >= MOST_STAGED && first != null) {
      home.drop(take(first), DropReason.WG_STAGED_OVERFLOW);
    }
    m.nextPacket = null;
    if (last == null) {
      first = m;
    } else {
      last.nextPacket = m;
    }
    last = m;
    staged++;
  }

  /** An empty packet, unless others wait: wg_send_keepalive. */
  void keepalive() {
    if (first == null) {
      stage(home.mbufs().alloc(0));
    }
    sendStaged();
  }

  /** Sends what waits, or asks for a session. */
  void sendStaged() {
    while (first != null) {
      Keypair k = remote.sending(now());
      if (k == null) {
        timers.wanted();
        return;
      }
      seal(k, take(first));
    }
  }

  private long now() {
    return home.lane().now();
  }

  private void seal(Keypair k, Mbuf m) {
    int pad = padding(m.len, device.mtu());
    int length = m.len + pad;
    boolean data = m.len > 0;
    Mbuf out = m;
    if (m.headroom() < ROOM || m.tailroom() < pad + WgMessage.TAG) {
      out = home.mbufs().alloc(ROOM + length + WgMessage.TAG);
      out.adjust(ROOM);
      out.len = m.len;
      System.arraycopy(m.buf, m.off, out.buf, out.off, m.len);
      home.mbufs().free(m);
    }
    for (int i = out.off + out.len; i < out.off + length; i++) {
      out.buf[i] = 0;
    }
    k.seal(out.buf, out.off, length);
    out.len = length + WgMessage.TAG;
    out.prepend(WgMessage.DATA_HEADER);
    int bytes = out.len;
    timers.sent();
    if (send(out) == null) {
      sent += bytes;
      if (data) {
        timers.dataSent();
      }
      if (remote.staleSending(now())) {
        timers.wanted();
      }
    }
  }

  /** Zeros to add, but never beyond the MTU: calculate_padding. */
  static int padding(int length, int mtu) {
    int unit = mtu > 0 && length > mtu ? length % mtu : length;
    int padded = unit + PADDING - 1 & -PADDING;
    return Math.max(0, (mtu > 0 ? Math.min(padded, mtu) : padded) - unit);
  }

  private @Nullable Errno send(Mbuf m) {
    OuterRoute w = way;
    Nexthop nh = w == null || device.net.caching.get() == 0 ? null : w.nexthop();
    return device.sockets.send(m, endpoint, nh);
  }

  // ---- handshakes ----

  /** Sends an initiation, unless one was sent a moment ago: wg_send_initiation. */
  void initiate() {
    if (!device.isUp() || !endpoint.known || !remote.mayInitiate(now())) {
      return;
    }
    Mbuf m = home.mbufs().alloc(WgMessage.INITIATION_LENGTH);
    long wall = home.machine().clock().wallNanos();
    if (remote.initiate(m.buf, m.off, now(), wall)) {
      handshake(m);
      timers.initiated();
    } else {
      home.mbufs().free(m);
    }
  }

  /** Answers the initiation that has come: wg_send_response. */
  void respond() {
    Mbuf m = home.mbufs().alloc(WgMessage.RESPONSE_LENGTH);
    if (remote.respond(m.buf, m.off, now())) {
      timers.derived();
      handshake(m);
    } else {
      home.mbufs().free(m);
    }
  }

  private void handshake(Mbuf m) {
    sent += m.len;
    timers.sent();
    send(m);
  }

  /** A message of its own, of {@code bytes}. */
  void heard(int bytes) {
    received += bytes;
  }

  @Override
  public String toString() {
    return "peer of " + device + " at " + endpoint;
  }
}
