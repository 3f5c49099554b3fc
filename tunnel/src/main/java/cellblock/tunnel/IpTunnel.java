package cellblock.tunnel;

import cellblock.inet.Inet;
import cellblock.inet.Inet6;
import cellblock.inet.ip6.Ip6Output;
import cellblock.kern.drop.DropReason;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.ledger.Ledger;
import cellblock.kern.ledger.LedgerKind;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.kern.vnet.VnetVariable;
import cellblock.net.ifnet.IfDriver;
import cellblock.net.ifnet.IfFlags;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.LinkState;
import cellblock.net.ifnet.Zones;
import cellblock.net.route.Nexthop;
import cellblock.net.route.RouteTables;
import cellblock.wire.Family;
import cellblock.wire.Ip4Header;
import cellblock.wire.Ip6Address;
import cellblock.wire.Ip6Header;
import cellblock.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A point-to-point tunnel between two IP addresses (ancestor: struct gif_softc and gre_softc, with
 * gif_transmit, gif_set_tunnel, gif_delete_tunnel, gif_reassign). While it has its ends it stands
 * in its vnet's ledger and follows the rib of its FIB; moving it to another vnet takes the ends
 * away.
 *
 * <p>Threading: turns of the lane of the interface's vnet. Allocates nothing per packet.
 */
public abstract class IpTunnel implements IfDriver {
  private final VnetVariable<Tunnels> variable;
  private final int unit;
  private @Nullable Tunnels net;
  private @Nullable Ifnet self;
  private @Nullable TunnelEnds ends;
  private @Nullable OuterRoute route;
  private Ledger.@Nullable Entry entry;
  private int fib;
  private boolean sending;

  /** Link of its bucket in {@link TunnelTable}. */
  @Nullable IpTunnel nextInTable;

  protected IpTunnel(VnetVariable<Tunnels> variable, int unit) {
    this.variable = variable;
    this.unit = unit;
  }

  // ---- what the kinds differ in ----

  /** Sends {@code m}, which begins with its IP header. Takes {@code m}. */
  protected abstract @Nullable Errno encapsulate(Mbuf m);

  /**
   * A packet for this tunnel has come in; {@code m} begins with the outer IP header.
   *
   * @param header bytes of the outer header
   * @param protocol what follows it
   * @param tos TOS or traffic class of the outer header
   * @param in where it came in
   * @return false: it is not for the tunnel after all, and still the caller's
   */
  protected abstract boolean decapsulate(Mbuf m, int header, int protocol, int tos, Ifnet in);

  /** Words that are the kind's own. */
  protected void option(Ifnet ifp, List<String> words) throws ErrnoException {
    throw new ErrnoException(Errno.EINVAL);
  }

  /** Whether it takes packets from anybody to its local address. */
  protected boolean anySource() {
    return false;
  }

  /** Tells tunnels between the same addresses apart. */
  protected int discriminator() {
    return 0;
  }

  /** Whether it runs without its local address being one of this host. */
  protected boolean runsAnyway() {
    return false;
  }

  // ---- its interface ----

  public int unit() {
    return unit;
  }

  /** The outer addresses, or null. */
  public @Nullable TunnelEnds ends() {
    return ends;
  }

  /** FIB of the outer packets. */
  public int fib() {
    return fib;
  }

  /** The remembered way to the far end; null without ends, or where none is needed. */
  public @Nullable OuterRoute route() {
    return route;
  }

  /** The tunnels of the vnet that it is in. */
  protected Tunnels net() {
    Tunnels here = net;
    if (here == null) {
      throw new IllegalStateException(this + " is in no vnet");
    }
    return here;
  }

  @Override
  public void attached(Ifnet ifp) {
    self = ifp;
    net = variable.of(ifp.vnet());
  }

  @Override
  public void detached(Ifnet ifp) {
    delete();
    self = null;
    net = null;
  }

  @Override
  public void reassign(Ifnet ifp, Vnet to) {
    delete();
    fib = 0;
  }

  /** It runs while its local address is here, not while it is up. */
  @Override
  public void init(Ifnet ifp) {
    checkRunning();
  }

  @Override
  public void stop(Ifnet ifp) {
    checkRunning();
  }

  /** An address came or went, or the ends changed: in_gif_set_running. */
  final void checkRunning() {
    Ifnet ifp = self;
    TunnelEnds e = ends;
    if (ifp != null) {
      ifp.running(e != null && (runsAnyway() || net().isLocal(e.local())));
    }
  }

  @Override
  public List<String> lines(Ifnet ifp) {
    List<String> lines = new ArrayList<>();
    TunnelEnds e = ends;
    if (e != null) {
      String family = e.family() == Family.INET ? "inet" : "inet6";
      String local = Zones.text(ifp.vnet(), e.local());
      lines.add("tunnel " + family + " " + local + " --> " + Zones.text(ifp.vnet(), e.remote()));
    }
    if (fib != 0) {
      lines.add("tunnelfib: " + fib);
    }
    return lines;
  }

  // ---- configuration ----

  @Override
  public final void configure(Ifnet ifp, String key, List<String> words) throws ErrnoException {
    switch (words.getFirst()) {
      case "tunnel" -> {
        if (words.size() != 3) {
          throw new ErrnoException(Errno.EINVAL);
        }
        Vnet here = net().vnet;
        set(new TunnelEnds(Zones.parse(here, words.get(1)), Zones.parse(here, words.get(2))));
      }
      case "-tunnel", "deletetunnel" -> delete();
      case "tunnelfib" -> fib(Words.number(words.get(1)));
      default -> option(ifp, words);
    }
  }

  private void fib(int now) throws ErrnoException {
    if (now < 0 || now >= RouteTables.of(net().vnet).fibs()) {
      throw new ErrnoException(Errno.EINVAL);
    }
    OuterRoute way = route;
    if (way != null) {
      way.fib(now);
    }
    fib = now;
  }

  /**
   * SIOCSIFPHYADDR.
   *
   * @throws ErrnoException EINVAL: two families; EADDRNOTAVAIL: no address, or another tunnel has
   *     both; EAFNOSUPPORT: no such family here
   */
  private void set(TunnelEnds now) throws ErrnoException {
    TunnelEnds before = ends;
    if (now.equals(before)) {
      return;
    }
    net().check(now, this);
    if (before != null) {
      unlink(before);
    }
    link(now);
    Ifnet ifp = self;
    if (ifp != null) {
      ifp.linkStateChange(LinkState.UP);
    }
  }

  private void link(TunnelEnds now) throws ErrnoException {
    Tunnels here = net();
    OuterRoute way =
        isLinkLocal(now.remote())
            ? null
            : new OuterRoute(here.vnet, here.stats, String.valueOf(self), fib, now.remote());
    try {
      ends = now;
      here.add(this, now);
    } catch (ErrnoException e) {
      ends = null;
      if (way != null) {
        way.close();
      }
      throw e;
    }
    route = way;
    entry = here.vnet.ledger().enter(LedgerKind.TUNNEL, this, null);
    checkRunning();
  }

  private static boolean isLinkLocal(IpAddress a) {
    return a.family() == Family.INET6 && Ip6Address.isLinkLocal(a.hi());
  }

  private void unlink(TunnelEnds gone) {
    OuterRoute way = route;
    if (way != null) {
      route = null;
      way.close();
    }
    net().remove(this, gone);
    ends = null;
    if (entry != null) {
      entry.leave();
      entry = null;
    }
  }

  /**
   * Takes the ends away (SIOCDIFPHYADDR, gif_delete_tunnel): no more packets, no subscription, no
   * nexthop. Again does nothing.
   */
  public final void delete() {
    TunnelEnds gone = ends;
    Ifnet ifp = self;
    if (gone == null || ifp == null) {
      return;
    }
    unlink(gone);
    ifp.running(false);
    if (ifp.attached()) {
      ifp.linkStateChange(LinkState.DOWN);
    } else {
      ifp.facts().linkState(LinkState.DOWN); // on its way out: nobody is told
    }
  }

  /** Changes what it is found by. */
  protected final void relink(Runnable change) {
    TunnelEnds e = ends;
    if (e == null) {
      change.run();
      return;
    }
    net().table.remove(this, e);
    change.run();
    net().table.add(this, e);
  }

  // ---- out ----

  @Override
  public final @Nullable Errno transmit(Ifnet ifp, Mbuf m) {
    int bytes = m.len;
    int flags = m.flags;
    Errno error = send(ifp, m);
    if (error == null) {
      ifp.sent(bytes, flags);
    } else {
      ifp.counters().oerrors++;
    }
    return error;
  }

  private @Nullable Errno send(Ifnet ifp, Mbuf m) {
    Tunnels here = net();
    int wanted = IfFlags.UP | IfFlags.RUNNING;
    if ((ifp.flags() & (wanted | IfFlags.MONITOR)) != wanted || ends == null) {
      here.vnet.drop(m, DropReason.TUNNEL_DOWN);
      return Errno.ENETDOWN;
    }
    if (sending || here.depth >= here.maxNesting.get()) {
      here.nestsTooDeep(ifp, sending);
      here.vnet.drop(m, DropReason.TUNNEL_NESTING);
      return Errno.EIO;
    }
    sending = true;
    here.depth++;
    try {
      m.flags &= ~(Mbuf.M_BCAST | Mbuf.M_MCAST | Mbuf.M_LOOP);
      m.csumFlags = 0;
      m.priority = 0;
      m.fib = fib;
      return encapsulate(m);
    } finally {
      sending = false;
      here.depth--;
    }
  }

  /** Room for {@code bytes} before {@code m}; null: too long, and dropped. Takes {@code m}. */
  protected final @Nullable Mbuf grow(Mbuf m, int bytes) {
    if (Headroom.tooLong(m, bytes)) {
      net().vnet.drop(m, DropReason.OVERSIZE);
      return null;
    }
    return Headroom.prepend(net().vnet, m, bytes);
  }

  /** Puts the outer IP header before {@code m} and sends it. Takes {@code m}. */
  protected final @Nullable Errno output(Mbuf m, int protocol, int tos) {
    TunnelEnds e = ends;
    Vnet vnet = net().vnet;
    if (e == null) {
      vnet.drop(m, DropReason.TUNNEL_DOWN);
      return Errno.ENETDOWN;
    }
    OuterRoute way = route;
    Nexthop nh = way == null || net().caching.get() == 0 ? null : way.nexthop();
    return e.family() == Family.INET
        ? output4(m, e, protocol, tos, nh)
        : output6(m, e, protocol, tos, nh);
  }

  private @Nullable Errno output4(
      Mbuf m, TunnelEnds e, int protocol, int tos, @Nullable Nexthop nh) {
    Vnet vnet = net().vnet;
    if (Headroom.tooLong(m, Ip4Header.LENGTH)) {
      vnet.drop(m, DropReason.OVERSIZE);
      return Errno.EMSGSIZE;
    }
    Mbuf out = Headroom.prepend(vnet, m, Ip4Header.LENGTH);
    int from = (int) (e.local().hi() >>> 32);
    int to = (int) (e.remote().hi() >>> 32);
    Ip4Header.put(out.buf, out.off, tos, out.len, 0, 0, net().ttl.get(), protocol, from, to);
    return Inet.of(vnet).ip.output.output(out, 0, null, nh);
  }

  private @Nullable Errno output6(
      Mbuf m, TunnelEnds e, int protocol, int tos, @Nullable Nexthop nh) {
    Vnet vnet = net().vnet;
    if (Headroom.tooLong(m, 0)) {
      vnet.drop(m, DropReason.OVERSIZE);
      return Errno.EMSGSIZE;
    }
    Mbuf out = Headroom.prepend(vnet, m, Ip6Header.LENGTH);
    byte[] buf = out.buf;
    Ip6Header.putFlow(buf, out.off, tos, 0);
    Ip6Header.putPayloadLength(buf, out.off, out.len - Ip6Header.LENGTH);
    Ip6Header.putNextHeader(buf, out.off, protocol);
    Ip6Header.putHopLimit(buf, out.off, net().hopLimit.get());
    Ip6Header.putSource(buf, out.off, e.local().hi(), e.local().lo());
    Ip6Header.putDestination(buf, out.off, e.remote().hi(), e.remote().lo());
    int zone = e.remote() instanceof Ip6Address six ? six.scopeId() : 0;
    return Inet6.of(vnet).ip.output.output(out, zone, Ip6Output.MINMTU, null, nh);
  }

  // ---- in ----

  /** Gives the inner packet to its interface. Takes {@code m}. */
  protected final void deliver(Mbuf m) {
    Ifnet ifp = self;
    if (ifp == null) {
      net().vnet.drop(m, DropReason.STALE_INTERFACE);
      return;
    }
    m.flags &= ~(Mbuf.M_BCAST | Mbuf.M_MCAST | Mbuf.M_LOOP);
    m.csumFlags = 0;
    m.priority = 0;
    ifp.input(m);
  }

  /** The same by the lane's inbox: a frame in a packet is no recursion. Takes {@code m}. */
  protected final void deliverLater(Mbuf m) {
    Ifnet ifp = self;
    Vnet vnet = net().vnet;
    if (ifp == null) {
      vnet.drop(m, DropReason.STALE_INTERFACE);
      return;
    }
    m.flags &= ~(Mbuf.M_BCAST | Mbuf.M_MCAST | Mbuf.M_LOOP);
    m.csumFlags = 0;
    m.priority = 0;
    m.direct(ifp, ifp.generation());
    if (!vnet.lane().offer(m, vnet.lane())) {
      ifp.counters().iqdrops++;
      vnet.drop(m, DropReason.INBOX_FULL);
    }
  }

  /** Whether its interface is a port of a bridge: what it carries is frames then. */
  protected final boolean bridged() {
    Ifnet ifp = self;
    return ifp != null && ifp.hasHooks();
  }

  /** Counts and drops what is no packet for it. */
  protected final void reject(Mbuf m, DropReason why) {
    Ifnet ifp = self;
    if (ifp != null) {
      ifp.counters().ierrors++;
    }
    net().vnet.drop(m, why);
  }

  /** Whether its interface takes packets in. */
  final boolean isUp() {
    Ifnet ifp = self;
    return ifp != null && ifp.attached() && (ifp.flags() & IfFlags.UP) != 0;
  }

  /** Its interface's flags. */
  protected final int flags() {
    Ifnet ifp = self;
    return ifp == null ? 0 : ifp.flags();
  }

  @Override
  public String toString() {
    TunnelEnds e = ends;
    return self + (e == null ? " (no tunnel)" : " " + e.local() + " --> " + e.remote());
  }
}
