package cellblock.tunnel.wg;

import cellblock.inet.Inet;
import cellblock.inet.Inet6;
import cellblock.inet.ip6.In6Ifinfo;
import cellblock.inet.ip6.Ip6;
import cellblock.kern.drop.DropReason;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.lane.Event;
import cellblock.kern.lane.Lane;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.IfDriver;
import cellblock.net.ifnet.IfFlags;
import cellblock.net.ifnet.IfState;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.LinkState;
import cellblock.tunnel.Words;
import cellblock.wire.Icmp4Message;
import cellblock.wire.Icmp6Message;
import cellblock.wire.Ip4Header;
import cellblock.wire.Ip6Header;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The half of a WireGuard interface that goes where the interface goes (ancestor: wg_transmit,
 * wg_xmit, wg_reassign of if_wg.c). In the vnet where it was made it calls its {@link WgDevice};
 * from another vnet it offers packets to that vnet's inbox, and gets them by its own. Being moved
 * brings it down; peers and keys stay.
 *
 * <p>Threading: the lane of the interface's vnet, but for {@link #tell} and {@link #deliver}, which
 * the device calls.
 */
final class Wg implements IfDriver {
  /** IF_MAXMTU less the headers. */
  private static final int MAX_MTU = 65535 - 80;

  private static final int READY = IfFlags.UP | IfFlags.RUNNING;

  private final int unit;
  private final WgDevice device;
  private final Event follow = Event.of(this::follow);
  private final Event news = Event.of(this::news);
  private volatile @Nullable Ifnet self;
  private volatile boolean wanted;
  private volatile boolean runs;
  private volatile int mtu = WgClone.MTU;

  Wg(Vnet home, WgNet net, int unit, String name) {
    this.unit = unit;
    this.device = new WgDevice(home, net, this, name);
  }

  int unit() {
    return unit;
  }

  WgDevice device() {
    return device;
  }

  int mtu() {
    return mtu;
  }

  String name() {
    return String.valueOf(self);
  }

  // ---- its interface ----

  void join(Ifnet ifp) {
    self = ifp;
  }

  /** No link-local address and no search for duplicates: nobody is on the link but peers. */
  @Override
  public void attached(Ifnet ifp) {
    In6Ifinfo in = Ip6.of(ifp);
    if (in != null) {
      Inet6.of(ifp.vnet()).control.options(in, In6Ifinfo.NO_DAD, In6Ifinfo.AUTO_LINKLOCAL);
    }
  }

  @Override
  public void init(Ifnet ifp) {
    want(true);
  }

  @Override
  public void stop(Ifnet ifp) {
    ifp.running(false);
    want(false);
  }

  @Override
  public void detached(Ifnet ifp) {
    want(false);
  }

  /** SIOCSIFADDR does not bring it up. */
  @Override
  public void firstAddress(Ifnet ifp) {}

  @Override
  public void setMtu(Ifnet ifp, int now) throws ErrnoException {
    if (now > MAX_MTU) {
      throw new ErrnoException(Errno.EINVAL);
    }
    mtu = now;
  }

  private void want(boolean up) {
    wanted = up;
    if (Lane.CURRENT.get() == device.home.lane()) {
      follow();
    } else {
      device.home.lane().post(follow);
    }
  }

  private void follow() {
    device.follow(wanted);
  }

  /** The device runs, or does not: the interface says so in its own lane. */
  void tell(boolean up) {
    runs = up;
    news();
  }

  private void news() {
    Ifnet ifp = self;
    if (ifp == null || ifp.state() == IfState.DEAD) {
      return;
    }
    Lane there = ifp.vnet().lane();
    if (Lane.CURRENT.get() != there) {
      there.post(news);
      return;
    }
    boolean up = runs && wanted;
    ifp.running(up);
    LinkState now = up ? LinkState.UP : LinkState.DOWN;
    if (ifp.attached()) {
      if (ifp.linkState() != now) {
        ifp.linkStateChange(now);
      }
    } else {
      ifp.facts().linkState(now); // on its way: nobody is told
    }
  }

  /** Another vnet's lane may not change it. */
  @Override
  public Vnet configuredIn(Ifnet ifp) {
    return device.home;
  }

  @Override
  public void configure(Ifnet ifp, String key, List<String> words) throws ErrnoException {
    device.checkAlive();
    if (key.equals("wg")) {
      WgConfig.set(device, words);
    } else if (words.size() == 2 && words.getFirst().equals("tunnelfib")) {
      device.fib(Words.number(words.get(1)));
    } else {
      throw new ErrnoException(Errno.EINVAL);
    }
  }

  @Override
  public List<String> query(Ifnet ifp, String key, boolean privileged) throws ErrnoException {
    if (!key.equals("wg")) {
      throw new ErrnoException(Errno.EINVAL);
    }
    return WgConfig.get(device, privileged);
  }

  @Override
  public List<String> lines(Ifnet ifp) {
    int fib = device.sockets.fib();
    return fib == 0 ? List.of() : List.of("tunnelfib: " + fib);
  }

  // ---- out ----

  @Override
  public @Nullable Errno transmit(Ifnet ifp, Mbuf m) {
    Vnet here = ifp.vnet();
    if ((ifp.flags() & READY) != READY || !WgPacket.isIp(m)) {
      boolean down = (ifp.flags() & READY) != READY;
      ifp.counters().oerrors++;
      here.drop(m, down ? DropReason.TUNNEL_DOWN : DropReason.TUNNEL_MALFORMED);
      return down ? Errno.ENETDOWN : Errno.EAFNOSUPPORT;
    }
    AllowedIps allowed = device.allowed();
    WgPeer peer =
        WgPacket.isFour(m)
            ? allowed.four().lookup4(Ip4Header.destination(m.buf, m.off))
            : allowed
                .six()
                .lookup(
                    Ip6Header.destinationHi(m.buf, m.off), Ip6Header.destinationLo(m.buf, m.off));
    if (peer == null || !peer.reachable()) {
      ifp.counters().oerrors++;
      unreachable(ifp, m);
      return peer == null ? Errno.ENOTCAPABLE : Errno.EHOSTUNREACH;
    }
    return here == device.home ? direct(ifp, m) : cross(ifp, m);
  }

  private @Nullable Errno direct(Ifnet ifp, Mbuf m) {
    int bytes = m.len;
    int flags = m.flags;
    Errno error = device.output(m);
    if (error == null) {
      ifp.sent(bytes, flags);
    } else {
      ifp.counters().oerrors++;
    }
    return error;
  }

  private @Nullable Errno cross(Ifnet ifp, Mbuf m) {
    int bytes = m.len;
    int flags = m.flags;
    m.flags = 0;
    m.direct(device, device.generation());
    if (!device.home.lane().offer(m, ifp.vnet().lane())) {
      ifp.counters().oqdrops++;
      ifp.vnet().drop(m, DropReason.INBOX_FULL);
      return Errno.ENOBUFS;
    }
    ifp.sent(bytes, flags);
    return null;
  }

  /** Tells the sender, as xmit_err does. Takes {@code m}. */
  private static void unreachable(Ifnet ifp, Mbuf m) {
    Vnet here = ifp.vnet();
    if (WgPacket.isFour(m)) {
      Inet.of(here)
          .errors
          .error(m, Icmp4Message.UNREACH, Icmp4Message.UNREACH_HOST, 0, DropReason.WG_NO_PEER);
      return;
    }
    In6Ifinfo in = Ip6.of(ifp);
    if (in == null) {
      here.drop(m, DropReason.WG_NO_PEER);
    } else {
      Inet6.of(here)
          .errors
          .error(
              m, in, Icmp6Message.UNREACH, Icmp6Message.UNREACH_NOROUTE, 0, DropReason.WG_NO_PEER);
    }
  }

  // ---- in ----

  /** Gives an opened packet to the interface, wherever it is. In the home lane; takes {@code m}. */
  void deliver(Mbuf m) {
    Vnet home = device.home;
    Ifnet ifp = self;
    m.flags = 0;
    m.csumFlags = 0;
    m.priority = 0;
    if (ifp == null) {
      home.drop(m, DropReason.STALE_INTERFACE);
      return;
    }
    int generation = ifp.generation(); // before the vnet: a move in between makes it stale
    Vnet there = ifp.vnet();
    if (!ifp.attached()) {
      home.drop(m, DropReason.STALE_INTERFACE);
    } else if (there == home) {
      ifp.input(m);
    } else {
      m.direct(ifp, generation);
      if (!there.lane().offer(m, home.lane())) {
        home.drop(m, DropReason.INBOX_FULL);
      }
    }
  }

  @Override
  public String toString() {
    return "wg" + unit;
  }
}
