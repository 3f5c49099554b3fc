package cellblock.tunnel.wg;

import cellblock.kern.drop.DropReason;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.ledger.Ledger;
import cellblock.kern.ledger.LedgerKind;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.mbuf.MbufInput;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.Ifnet;
import cellblock.tunnel.wg.noise.Keypair;
import cellblock.tunnel.wg.noise.Local;
import cellblock.wire.Ip4Header;
import cellblock.wire.Ip6Address;
import cellblock.wire.Ip6Header;
import cellblock.wire.IpPrefix;
import cellblock.wire.UdpHeader;
import cellblock.wire.WgKey;
import cellblock.wire.WgMessage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The half of a WireGuard interface that stays in the vnet where it was made: keys, peers, timers,
 * UDP sockets (ancestor: struct wg_softc of if_wg.c). It has that vnet's credentials. While it runs
 * it stands in the ledger; the shutdown stage of that vnet {@linkplain #cut cuts} it for good,
 * wherever the interface is.
 *
 * <p>Threading: the lane of the home vnet, but for {@link #allowed()} and {@link #generation()}.
 */
final class WgDevice implements MbufInput {
  final Vnet home;
  final WgNet net;
  final Local local;
  final WgSockets sockets;
  private final Wg face;
  private final Handshakes handshakes;
  private final List<WgPeer> peers = new ArrayList<>();
  private final Endpoint from = new Endpoint();
  private volatile AllowedIps allowed = AllowedIps.NONE;
  private volatile int generation;
  private Ledger.@Nullable Entry entry;
  private boolean up;
  private boolean cut;
  private boolean sending;
  private final String credential;
  private boolean hasCredential;

  /** SO_USER_COOKIE of its sockets: what {@code wg set … fwmark} sets. */
  private int userCookie;

  WgDevice(Vnet home, WgNet net, Wg face, String name) {
    this.home = home;
    this.net = net;
    this.face = face;
    this.local = new Local(net.random());
    this.sockets = new WgSockets(home, this::input4, this::input6);
    this.handshakes = new Handshakes(this);
    this.credential = name;
    Vnet.Owner owner = home.owner();
    if (owner != null) {
      owner.hold(credential);
      hasCredential = true;
    }
    net.add(this);
  }

  /** Who has which addresses; for any lane. */
  AllowedIps allowed() {
    return allowed;
  }

  boolean isUp() {
    return up;
  }

  int userCookie() {
    return userCookie;
  }

  void userCookie(int now) {
    userCookie = now;
  }

  /** The MTU of the interface; 0 = unknown. */
  int mtu() {
    return face.mtu();
  }

  /** The peers, oldest first. */
  List<WgPeer> peers() {
    return List.copyOf(peers);
  }

  // ---- it runs and stops ----

  /** Does what its interface wants: wg_up, wg_down. */
  void follow(boolean wanted) {
    if (home.lane().isClosed()) {
      return;
    }
    if (!wanted) {
      down();
    } else if (!up) {
      try {
        up();
      } catch (ErrnoException e) {
        String what = e.errno().text();
        home.machine().messages().log(name() + ": cannot open sockets: " + what);
      }
    }
    face.tell(up);
  }

  private void up() throws ErrnoException {
    if (cut) {
      throw new ErrnoException(Errno.EBUSY);
    }
    sockets.open(sockets.port());
    up = true;
    entry = home.ledger().enter(LedgerKind.TUNNEL, this, null);
    peers.forEach(WgPeer::enable);
  }

  private void down() {
    if (!up) {
      return;
    }
    up = false;
    generation++;
    handshakes.purge();
    peers.forEach(WgPeer::disable);
    sockets.close();
    if (entry != null) {
      entry.leave();
      entry = null;
    }
  }

  /** The home vnet goes away: wg_prison_remove. Again does nothing. */
  void cut() {
    cut = true;
    down();
    releaseCredential();
    face.tell(false);
  }

  private void releaseCredential() {
    Vnet.Owner owner = home.owner();
    if (hasCredential && owner != null) {
      hasCredential = false;
      owner.release(credential);
    }
  }

  /** The interface is destroyed: wg_clone_destroy. Again does nothing. */
  void end() {
    cut = true;
    down();
    removeAll();
    releaseCredential();
    net.remove(this);
  }

  /** Whether nothing may be configured any more. */
  void checkAlive() throws ErrnoException {
    if (cut) {
      throw new ErrnoException(Errno.EBUSY);
    }
  }

  // ---- configuration ----

  /** Another port, at once where it runs: EADDRINUSE leaves the old one. */
  void port(int port) throws ErrnoException {
    if (port != sockets.port()) {
      if (up) {
        sockets.open(port);
      } else {
        sockets.port(port);
      }
    }
  }

  /** Another FIB for what the sockets send. */
  void fib(int fib) throws ErrnoException {
    sockets.fib(fib);
    for (WgPeer p : peers) {
      p.closeWay();
      p.openWay();
    }
  }

  /** A peer of that key, made if need be; null: it is our own key. */
  @Nullable WgPeer peer(WgKey key) {
    WgPeer known = find(key);
    if (known != null || key.equals(local.publicKey())) {
      return known;
    }
    WgPeer made = new WgPeer(this, key);
    peers.add(made);
    if (up) {
      made.enable();
    }
    return made;
  }

  @Nullable WgPeer find(WgKey key) {
    for (WgPeer p : peers) {
      if (p.remote.key().equals(key)) {
        return p;
      }
    }
    return null;
  }

  void remove(WgPeer p) {
    disallow(p);
    p.disable();
    local.remove(p.remote);
    peers.remove(p);
  }

  void removeAll() {
    peers().forEach(this::remove);
  }

  /** Gives a prefix to a peer, taken from whoever had it: wg_aip_add. */
  void allow(WgPeer p, IpPrefix prefix) {
    IpPrefix net = prefix.canonical();
    WgPeer before = allowed.exact(net);
    if (before == p) {
      return;
    }
    if (before != null) {
      before.allowed.remove(net);
    }
    p.allowed.addFirst(net);
    allowed = allowed.with(net, p);
  }

  /** Takes all of a peer's prefixes away. */
  void disallow(WgPeer p) {
    AllowedIps left = allowed;
    for (IpPrefix prefix : p.allowed) {
      left = left.without(prefix);
    }
    allowed = left;
    p.allowed.clear();
  }

  // ---- out ----

  @Override
  public int generation() {
    return generation;
  }

  /** A packet from the interface in another vnet. */
  @Override
  public void input(Mbuf m) {
    output(m);
  }

  @Override
  public void drop(Mbuf m, DropReason reason) {
    home.drop(m, reason);
  }

  /**
   * Sends a packet of the interface. Takes {@code m}.
   *
   * @return ELOOP: it came out of this very device, or of too many
   */
  @Nullable Errno output(Mbuf m) {
    WgPeer peer = WgPacket.isFour(m) ? destination4(m) : destination6(m);
    if (peer == null || !up) {
      home.drop(m, up ? DropReason.WG_NO_PEER : DropReason.TUNNEL_DOWN);
      return Errno.ENETDOWN;
    }
    if (sending || net.depth >= WgNet.MAX_LOOPS) {
      home.drop(m, DropReason.TUNNEL_NESTING);
      return Errno.ELOOP;
    }
    sending = true;
    net.depth++;
    try {
      m.flags &= ~(Mbuf.M_BCAST | Mbuf.M_MCAST | Mbuf.M_LOOP);
      peer.output(m);
    } finally {
      sending = false;
      net.depth--;
    }
    return null;
  }

  private @Nullable WgPeer destination4(Mbuf m) {
    return allowed.four().lookup4(Ip4Header.destination(m.buf, m.off));
  }

  private @Nullable WgPeer destination6(Mbuf m) {
    return allowed
        .six()
        .lookup(Ip6Header.destinationHi(m.buf, m.off), Ip6Header.destinationLo(m.buf, m.off));
  }

  // ---- in ----

  private void input4(Mbuf m, int payload, Ifnet in) {
    int udp = m.off + payload - UdpHeader.LENGTH;
    long source = (long) Ip4Header.source(m.buf, m.off) << 32;
    from.set(false, source, 0, 0, UdpHeader.sourcePort(m.buf, udp));
    from.localHi = (long) Ip4Header.destination(m.buf, m.off) << 32;
    input(m, payload);
  }

  private void input6(Mbuf m, int payload, Ifnet in) {
    int udp = m.off + payload - UdpHeader.LENGTH;
    long hi = Ip6Header.sourceHi(m.buf, m.off);
    int zone = Ip6Address.isLinkLocal(hi) ? in.index() : 0;
    int port = UdpHeader.sourcePort(m.buf, udp);
    from.set(true, hi, Ip6Header.sourceLo(m.buf, m.off), zone, port);
    from.localHi = Ip6Header.destinationHi(m.buf, m.off);
    from.localLo = Ip6Header.destinationLo(m.buf, m.off);
    input(m, payload);
  }

  private void input(Mbuf m, int payload) {
    m.adjust(payload);
    switch (up ? WgMessage.type(m.buf, m.off, m.len) : 0) {
      case WgMessage.INITIATION, WgMessage.RESPONSE, WgMessage.COOKIE -> handshakes.add(m, from);
      case WgMessage.DATA -> data(m);
      default -> home.drop(m, up ? DropReason.TUNNEL_MALFORMED : DropReason.TUNNEL_DOWN);
    }
  }

  private void data(Mbuf m) {
    Keypair k = local.session(m.buf, m.off);
    long now = home.lane().now();
    if (k == null || !k.open(m.buf, m.off, m.len, now)) {
      home.drop(m, DropReason.WG_NOT_AUTHENTIC);
      return;
    }
    long counter = WgMessage.get64(m.buf, m.off + WgMessage.DATA_COUNTER);
    WgPeer peer = (WgPeer) k.remote().owner();
    int bytes = m.len;
    m.adjust(WgMessage.DATA_HEADER);
    m.adjust(-WgMessage.TAG);
    boolean empty = m.len == 0;
    if (!empty && (!WgPacket.trim(m) || sender(m) != peer)) {
      home.drop(m, DropReason.WG_NO_PEER);
      return;
    }
    if (!k.accept(counter)) {
      home.drop(m, DropReason.WG_NOT_AUTHENTIC);
      return;
    }
    if (k.remote().heard(k)) {
      peer.timers.complete();
    }
    peer.timers.received();
    peer.moved(from);
    peer.heard(bytes);
    if (empty) {
      home.drop(m, DropReason.CONSUMED);
    } else {
      peer.timers.dataReceived();
      face.deliver(m);
    }
    if (k.remote().staleReceiving(now)) {
      peer.timers.wanted();
    }
  }

  private @Nullable WgPeer sender(Mbuf m) {
    return WgPacket.isFour(m)
        ? allowed.four().lookup4(Ip4Header.source(m.buf, m.off))
        : allowed.six().lookup(Ip6Header.sourceHi(m.buf, m.off), Ip6Header.sourceLo(m.buf, m.off));
  }

  /** What the interface is called now. */
  String name() {
    return face.name();
  }

  @Override
  public String toString() {
    return name() + " wg";
  }
}
