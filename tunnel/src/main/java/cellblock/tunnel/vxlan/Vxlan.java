package cellblock.tunnel.vxlan;

import cellblock.inet.Inet;
import cellblock.inet.Inet6;
import cellblock.inet.ip.InIfinfo;
import cellblock.inet.ip.Ip4;
import cellblock.inet.ip.IpMoptions;
import cellblock.inet.ip6.In6Ifinfo;
import cellblock.inet.ip6.In6Moptions;
import cellblock.inet.ip6.Ip6;
import cellblock.inet.mcast.SourceFilter;
import cellblock.kern.drop.DropReason;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.ledger.Ledger;
import cellblock.kern.ledger.LedgerKind;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.time.Callout;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.IfDriver;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.net.ifnet.LinkState;
import cellblock.net.route.Nexthop;
import cellblock.tunnel.Headroom;
import cellblock.tunnel.OuterRoute;
import cellblock.tunnel.Tunnels;
import cellblock.wire.BigEndian;
import cellblock.wire.Checksum;
import cellblock.wire.EtherHeader;
import cellblock.wire.Family;
import cellblock.wire.Ip4Header;
import cellblock.wire.Ip6Address;
import cellblock.wire.Ip6Header;
import cellblock.wire.IpAddress;
import cellblock.wire.IpProtocol;
import cellblock.wire.UdpHeader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A vxlan interface (ancestor: struct vxlan_softc; vxlan_init, vxlan_transmit, vxlan_encap4,
 * vxlan_input, vxlan_ftable_learn). It runs from being brought up, if enough is configured, until
 * it goes down, leaves, or its multicast interface does; while it runs it stands in the ledger. It
 * remembers one nexthop for each far end. Differs: a frame never goes through the same vxlan twice
 * on its way out.
 *
 * <p>Threading: turns of the lane of the interface's vnet.
 */
final class Vxlan implements IfDriver {
  private static final int OVERHEAD = UdpHeader.LENGTH + VxlanNet.HEADER;
  private static final int MTU_MIN = 576;
  private static final int MTU_MAX = 65535 - 14 - 40 - OVERHEAD;

  /** VXLAN_FTABLE_PRUNE. */
  private static final long PRUNE = 300_000_000_000L;

  private static final long SECOND = 1_000_000_000L;

  private final int unit;
  private final VxlanConfig config = new VxlanConfig();
  private final ForwardingTable table = new ForwardingTable();
  private @Nullable VxlanNet net;
  private @Nullable Ifnet self;
  private @Nullable FarEnd otherwise;
  private @Nullable IpAddress source;
  private @Nullable IpMoptions group4;
  private @Nullable In6Moptions group6;
  private @Nullable SourceFilter member4;
  private @Nullable SourceFilter member6;
  private Ledger.@Nullable Entry entry;
  private @Nullable Callout pruning;
  private boolean sending;

  Vxlan(int unit) {
    this.unit = unit;
  }

  int unit() {
    return unit;
  }

  int vni() {
    return config.vni;
  }

  /** Whether it runs and takes datagrams to this port. */
  boolean takes(Family family, int port) {
    FarEnd to = otherwise;
    return to != null && to.address().family() == family && config.localPort == port;
  }

  private VxlanNet net() {
    VxlanNet here = net;
    if (here == null) {
      throw new IllegalStateException(this + " is in no vnet");
    }
    return here;
  }

  // ---- its interface ----

  @Override
  public void attached(Ifnet ifp) {
    self = ifp;
    net = VxlanModule.V_VXLAN.of(ifp.vnet());
  }

  @Override
  public void detached(Ifnet ifp) {
    tearDown();
    self = null;
    net = null;
  }

  @Override
  public void reassign(Ifnet ifp, Vnet to) {
    tearDown();
    config.forgetPlace();
  }

  @Override
  public void setMtu(Ifnet ifp, int mtu) throws ErrnoException {
    if (mtu < MTU_MIN || mtu > MTU_MAX) {
      throw new ErrnoException(Errno.EINVAL);
    }
  }

  @Override
  public void configure(Ifnet ifp, String key, List<String> words) throws ErrnoException {
    String word = words.getFirst();
    if (word.equals("vxlanflush") || word.equals("vxlanflushall")) {
      table.prune(Long.MAX_VALUE); // all entries are learned ones
    } else if (otherwise != null && !VxlanConfig.any(word)) {
      throw new ErrnoException(Errno.EBUSY);
    } else {
      config.set(words, text -> Tunnels.parse(net().vnet, text));
    }
  }

  @Override
  public List<String> lines(Ifnet ifp) {
    if (config.vni == VxlanConfig.NO_VNI) {
      return List.of();
    }
    IpAddress to = config.remote;
    boolean six = to != null && to.family() == Family.INET6;
    IpAddress from = config.local == null ? source : config.local;
    String any = six ? "::" : "0.0.0.0";
    return List.of(
        "vxlan vni "
            + config.vni
            + " local "
            + end(from == null ? any : from.toString(), six, config.localPort)
            + (to != null && VxlanConfig.isMulticast(to) ? " group " : " remote ")
            + end(to == null ? any : to.toString(), six, config.remotePort));
  }

  private static String end(String address, boolean six, int port) {
    return (six ? "[" + address + "]" : address) + ":" + port;
  }

  // ---- it runs and stops ----

  @Override
  public void init(Ifnet ifp) {
    if (otherwise != null) {
      return;
    }
    String missing = config.missing();
    if (missing != null) {
      log(ifp, "cannot initialize interface: " + missing);
      return;
    }
    try {
      setUp(ifp);
    } catch (ErrnoException e) {
      tearDown();
      log(ifp, "cannot initialize interface: " + e.errno().text());
    }
  }

  @Override
  public void stop(Ifnet ifp) {
    tearDown();
  }

  private static void log(Ifnet ifp, String what) {
    ifp.vnet().machine().messages().log(ifp + ": " + what);
  }

  private void setUp(Ifnet ifp) throws ErrnoException {
    IpAddress to = config.remote;
    if (to == null) {
      throw new ErrnoException(Errno.EDESTADDRREQ);
    }
    VxlanNet here = net();
    if (to.family() == Family.INET6 && !here.vnet.has(Inet6.V_INET6)) {
      throw new ErrnoException(Errno.EAFNOSUPPORT);
    }
    if (VxlanConfig.isMulticast(to)) {
      join(to);
    }
    source = config.local != null ? config.local : choose(to);
    here.add(this, to.family(), config.localPort);
    FarEnd far;
    try {
      far = farEnd(to);
    } catch (ErrnoException e) {
      here.remove(this, to.family(), config.localPort);
      throw e;
    }
    far.entries++;
    otherwise = far;
    entry = here.vnet.ledger().enter(LedgerKind.TUNNEL, this, null);
    Callout timer = here.vnet.callout(this, this::prune);
    timer.reset(PRUNE);
    pruning = timer;
    ifp.running(true);
    ifp.linkStateChange(LinkState.UP);
  }

  /** An own address for IPv6, whose header is complete before it is routed; null for IPv4. */
  private @Nullable IpAddress choose(IpAddress to) throws ErrnoException {
    if (to.family() == Family.INET) {
      return null;
    }
    int zone = to instanceof Ip6Address six ? six.scopeId() : 0;
    return Inet6.of(net().vnet).ip.sources.localFor(to.hi(), to.lo(), zone, 0, group6);
  }

  private void join(IpAddress group) throws ErrnoException {
    Vnet vnet = net().vnet;
    Ifnet out = Interfaces.of(vnet).named(String.valueOf(config.device));
    if (group.family() == Family.INET) {
      InIfinfo in = Ip4.of(out);
      if (in == null) {
        throw new ErrnoException(Errno.ENXIO);
      }
      member4 = Inet.of(vnet).ip.multicast.join(in, group.hi(), group.lo());
      group4 = IpMoptions.only(in, config.ttl, false);
    } else {
      In6Ifinfo in = Ip6.of(out);
      if (in == null) {
        throw new ErrnoException(Errno.ENXIO);
      }
      member6 = Inet6.of(vnet).ip.multicast.join(in, group.hi(), group.lo());
      group6 = In6Moptions.only(in, false);
    }
  }

  private void leave() {
    SourceFilter four = member4;
    SourceFilter six = member6;
    member4 = null;
    member6 = null;
    group4 = null;
    group6 = null;
    if (four != null) {
      Inet.of(net().vnet).ip.multicast.leave(four);
    }
    if (six != null) {
      Inet6.of(net().vnet).ip.multicast.leave(six);
    }
  }

  /** Stops; again does nothing. */
  void tearDown() {
    leave();
    FarEnd far = otherwise;
    Ifnet ifp = self;
    if (far == null || ifp == null) {
      return;
    }
    net().remove(this, far.address().family(), config.localPort);
    otherwise = null;
    far.release();
    table.prune(Long.MAX_VALUE);
    source = null;
    if (pruning != null) {
      pruning.stop();
      pruning = null;
    }
    if (entry != null) {
      entry.leave();
      entry = null;
    }
    ifp.running(false);
    if (ifp.attached()) {
      ifp.linkStateChange(LinkState.DOWN);
    } else {
      ifp.facts().linkState(LinkState.DOWN);
    }
  }

  /** An interface leaves: it may be the one of our group. */
  void departed(Ifnet gone) {
    boolean four = group4 != null && group4.out != null && group4.out.ifnet() == gone;
    boolean six = group6 != null && group6.out != null && group6.out.ifnet() == gone;
    if (four || six) {
      tearDown();
    }
  }

  // ---- far ends ----

  private FarEnd farEnd(IpAddress a) throws ErrnoException {
    FarEnd first = otherwise;
    if (first != null && first.address().equals(a)) {
      return first;
    }
    FarEnd known = table.farEnd(a);
    if (known != null) {
      return known;
    }
    boolean routed =
        !VxlanConfig.isMulticast(a)
            && !(a.family() == Family.INET6 && Ip6Address.isLinkLocal(a.hi()));
    VxlanNet here = net();
    return new FarEnd(
        a, routed ? new OuterRoute(here.vnet, here.stats, String.valueOf(self), 0, a) : null);
  }

  private void prune() {
    table.prune(net().vnet.lane().now());
    if (pruning != null) {
      pruning.reset(PRUNE);
    }
  }

  private void learn(long mac, long hi, long lo, int zone) {
    long until = net().vnet.lane().now() + config.timeout * SECOND;
    ForwardingTable.Entry e = table.find(mac);
    if (e != null && e.at.address().hi() == hi && e.at.address().lo() == lo) {
      e.expires = until;
      return;
    }
    if (e == null && table.size() >= config.maxAddresses) {
      return;
    }
    try {
      boolean six = otherwise != null && otherwise.address().family() == Family.INET6;
      FarEnd at = farEnd(six ? new Ip6Address(hi, lo, zone) : IpAddress.ofKey(Family.INET, hi, lo));
      if (e == null) {
        e = new ForwardingTable.Entry(mac, at);
        table.add(e);
      } else {
        ForwardingTable.move(e, at);
      }
      e.expires = until;
    } catch (ErrnoException gone) {
      // The vnet is going away: nothing more is learned.
    }
  }

  // ---- out ----

  @Override
  public @Nullable Errno transmit(Ifnet ifp, Mbuf m) {
    int bytes = m.len;
    int flags = m.flags;
    Errno error = send(m);
    if (error == null) {
      ifp.sent(bytes, flags);
    } else {
      ifp.counters().oerrors++;
    }
    return error;
  }

  private @Nullable Errno send(Mbuf m) {
    Vnet vnet = net().vnet;
    FarEnd to = otherwise;
    if (to == null) {
      vnet.drop(m, DropReason.TUNNEL_DOWN);
      return Errno.ENETDOWN;
    }
    if (sending) {
      vnet.drop(m, DropReason.TUNNEL_NESTING);
      return Errno.EIO;
    }
    if ((m.flags & (Mbuf.M_BCAST | Mbuf.M_MCAST)) == 0) {
      ForwardingTable.Entry e = table.find(EtherHeader.destination(m.buf, m.off));
      to = e == null ? to : e.at;
    }
    if (Headroom.tooLong(m, OVERHEAD + Ip4Header.LENGTH)) {
      vnet.drop(m, DropReason.OVERSIZE);
      return Errno.EMSGSIZE;
    }
    sending = true;
    try {
      return encapsulate(vnet, m, to);
    } finally {
      sending = false;
    }
  }

  private @Nullable Errno encapsulate(Vnet vnet, Mbuf m, FarEnd to) {
    int port = port(m);
    m.flags &= ~(Mbuf.M_BCAST | Mbuf.M_MCAST | Mbuf.M_LOOP);
    m.csumFlags = 0;
    m.priority = 0;
    m.fib = 0;
    Mbuf out = Headroom.prepend(vnet, m, OVERHEAD);
    UdpHeader.put(out.buf, out.off, port, config.remotePort, out.len);
    BigEndian.put32(out.buf, out.off + UdpHeader.LENGTH, VxlanNet.VALID);
    BigEndian.put32(out.buf, out.off + UdpHeader.LENGTH + 4, config.vni << 8);
    OuterRoute way = to.route();
    Nexthop nh = way == null || net().caching.get() == 0 ? null : way.nexthop();
    return to.address().family() == Family.INET
        ? output4(vnet, out, to.address(), nh)
        : output6(vnet, out, to.address(), nh);
  }

  private @Nullable Errno output4(Vnet vnet, Mbuf m, IpAddress to, @Nullable Nexthop nh) {
    IpAddress from = source;
    UdpHeader.putChecksum(m.buf, m.off, 0); // RFC 7348 section 5
    Mbuf out = Headroom.prepend(vnet, m, Ip4Header.LENGTH);
    int local = from == null ? 0 : (int) (from.hi() >>> 32);
    int remote = (int) (to.hi() >>> 32);
    Ip4Header.put(out.buf, out.off, 0, out.len, 0, 0, config.ttl, IpProtocol.UDP, local, remote);
    return Inet.of(vnet).ip.output.output(out, 0, VxlanConfig.isMulticast(to) ? group4 : null, nh);
  }

  private @Nullable Errno output6(Vnet vnet, Mbuf m, IpAddress to, @Nullable Nexthop nh) {
    IpAddress from = source;
    if (from == null) {
      vnet.drop(m, DropReason.TUNNEL_DOWN);
      return Errno.EADDRNOTAVAIL;
    }
    UdpHeader.fillChecksum(
        m.buf,
        m.off,
        Checksum.pseudo6(from.hi(), from.lo(), to.hi(), to.lo(), IpProtocol.UDP, m.len));
    Mbuf out = Headroom.prepend(vnet, m, Ip6Header.LENGTH);
    Ip6Header.putFlow(out.buf, out.off, 0, 0);
    Ip6Header.putPayloadLength(out.buf, out.off, out.len - Ip6Header.LENGTH);
    Ip6Header.putNextHeader(out.buf, out.off, IpProtocol.UDP);
    Ip6Header.putHopLimit(out.buf, out.off, config.ttl);
    Ip6Header.putSource(out.buf, out.off, from.hi(), from.lo());
    Ip6Header.putDestination(out.buf, out.off, to.hi(), to.lo());
    int zone = to instanceof Ip6Address six ? six.scopeId() : 0;
    return Inet6.of(vnet)
        .ip
        .output
        .output(out, zone, 0, VxlanConfig.isMulticast(to) ? group6 : null, nh);
  }

  /** The source port of a flow: by the addresses of the frame (RFC 7348 section 5). */
  private int port(Mbuf m) {
    int hash = (Checksum.sum(m.buf, m.off, EtherHeader.LENGTH) ^ m.flowId) * 0x9e3779b1;
    return config.firstPort + (hash >>> 8) % (config.lastPort - config.firstPort + 1);
  }

  // ---- in ----

  /**
   * A frame from a far end. Takes {@code m}.
   *
   * @param skip bytes before the frame
   * @param zone of the far end's address, 0 for none
   */
  void input(Mbuf m, int skip, long hi, long lo, int zone) {
    Ifnet ifp = self;
    Vnet vnet = net().vnet;
    if (ifp == null) {
      vnet.drop(m, DropReason.STALE_INTERFACE);
      return;
    }
    m.adjust(skip);
    long mac = EtherHeader.source(m.buf, m.off);
    if (config.learn && (mac >>> 40 & 1) == 0) {
      learn(mac, hi, lo, zone);
    }
    m.flags &= ~(Mbuf.M_BCAST | Mbuf.M_MCAST | Mbuf.M_LOOP);
    m.csumFlags = 0;
    m.direct(ifp, ifp.generation()); // by the inbox: a frame in a frame is no recursion
    if (!vnet.lane().offer(m, vnet.lane())) {
      ifp.counters().iqdrops++;
      vnet.drop(m, DropReason.INBOX_FULL);
    }
  }

  @Override
  public String toString() {
    return self + " vxlan " + config.vni;
  }
}
