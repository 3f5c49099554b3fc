package cellblock.tunnel.wg;

import cellblock.kern.drop.DropReason;
import cellblock.kern.lane.Event;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.tunnel.wg.noise.CookieChecker;
import cellblock.tunnel.wg.noise.Limits;
import cellblock.tunnel.wg.noise.Remote;
import cellblock.wire.WgMessage;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Handshake messages that wait for their turn: one event of the lane does one, since each costs a
 * few tenths of a millisecond. When many wait the device is under load, and asks for cookies
 * (ancestor: sc_handshake_queue, wg_handshake of if_wg.c). Threading: the lane of the home vnet.
 */
final class Handshakes {
  /** MAX_QUEUED_HANDSHAKES. */
  static final int MOST = 4096;

  /** As many that wait are a load, and it lasts for so long after. */
  static final int LOAD = MOST / 8;

  private static final long LOAD_LASTS = Limits.SECOND;

  private record Pending(Mbuf m, Endpoint from) {}

  private final WgDevice device;
  private final Vnet home;
  private final ArrayDeque<Pending> queue = new ArrayDeque<>(2);
  private final Event event = Event.of(this::next);
  private boolean loaded;
  private long lastLoad;

  Handshakes(WgDevice device) {
    this.device = device;
    this.home = device.home;
  }

  /** A message from {@code from}, which is copied. Takes {@code m}. */
  void add(Mbuf m, Endpoint from) {
    if (queue.size() >= MOST) {
      home.drop(m, DropReason.WG_HANDSHAKE_OVERFLOW);
      return;
    }
    Endpoint copy = new Endpoint();
    copy.copy(from);
    queue.add(new Pending(m, copy));
    home.lane().post(event);
  }

  /** Drops all. */
  void purge() {
    for (Pending p = queue.poll(); p != null; p = queue.poll()) {
      home.drop(p.m, DropReason.TUNNEL_DOWN);
    }
  }

  private void next() {
    boolean underLoad = underLoad();
    Pending p = queue.poll();
    if (p == null) {
      return;
    }
    if (!queue.isEmpty()) {
      home.lane().post(event);
    }
    Mbuf m = p.m;
    WgPeer peer = process(m, p.from, underLoad);
    if (peer == null) {
      home.drop(m, DropReason.WG_NOT_AUTHENTIC);
      return;
    }
    peer.heard(m.len);
    home.mbufs().free(m);
    peer.sendStaged();
  }

  private boolean underLoad() {
    long now = home.lane().now();
    if (queue.size() >= LOAD) {
      loaded = true;
      lastLoad = now;
    } else if (loaded && now - lastLoad >= LOAD_LASTS) {
      loaded = false;
    }
    return loaded;
  }

  /** Whose message it was, null: nobody's. */
  private @Nullable WgPeer process(Mbuf m, Endpoint from, boolean underLoad) {
    long now = home.lane().now();
    int type = WgMessage.type(m.buf, m.off, m.len);
    if (type == WgMessage.COOKIE) {
      Remote r = device.local.cookie(m.buf, m.off, now);
      return r == null ? null : (WgPeer) r.owner();
    }
    CookieChecker cookies = device.local.cookies();
    CookieChecker.Verdict verdict =
        cookies.check(m.buf, m.off, m.len, underLoad, from.six, from.hi, from.lo, from.port, now);
    if (verdict == CookieChecker.Verdict.NEEDS_COOKIE) {
      Mbuf reply = home.mbufs().alloc(WgMessage.COOKIE_LENGTH);
      cookies.reply(m.buf, m.off, m.len, reply.buf, reply.off);
      device.sockets.send(reply, from, null);
    }
    if (verdict != CookieChecker.Verdict.GOOD) {
      return null;
    }
    return type == WgMessage.INITIATION ? initiation(m, from, now) : response(m, from, now);
  }

  private @Nullable WgPeer initiation(Mbuf m, Endpoint from, long now) {
    Remote r = device.local.initiation(m.buf, m.off, now);
    if (r == null) {
      return null;
    }
    WgPeer peer = (WgPeer) r.owner();
    peer.moved(from);
    peer.respond();
    peer.timers.received();
    return peer;
  }

  private @Nullable WgPeer response(Mbuf m, Endpoint from, long now) {
    Remote r = device.local.response(m.buf, m.off, now);
    if (r == null) {
      return null;
    }
    WgPeer peer = (WgPeer) r.owner();
    peer.moved(from);
    peer.timers.derived();
    peer.timers.complete();
    peer.timers.received();
    return peer;
  }
}
