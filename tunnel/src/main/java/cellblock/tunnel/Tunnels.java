package cellblock.tunnel;

import cellblock.inet.Inet;
import cellblock.inet.Inet6;
import cellblock.inet.ip.InIfinfo;
import cellblock.inet.ip.Ip4Protocol;
import cellblock.inet.ip6.In6Ifinfo;
import cellblock.inet.ip6.Ip6Protocol;
import cellblock.kern.drop.DropReason;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.sysctl.IntCell;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.IfAddress;
import cellblock.net.ifnet.IfListener;
import cellblock.net.ifnet.IfRegistration;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.net.ifnet.LinkLayer;
import cellblock.wire.Family;
import cellblock.wire.Ip4Header;
import cellblock.wire.Ip6Address;
import cellblock.wire.Ip6Header;
import cellblock.wire.IpAddress;
import cellblock.wire.IpProtocol;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tunnels of one kind in one vnet: what they share, and how a packet that has come in finds its
 * own (ancestor: ip_encap_attach, ip_encap_register_srcaddr of netinet/ip_encap.c). Protocols and
 * the address listener are registered while there is a tunnel that needs them. Threading: turns of
 * the vnet's lane.
 */
public final class Tunnels {
  public final Vnet vnet;

  /** net.link.TYPE.max_nesting: how many of this kind a packet may be put into. */
  public final IntCell maxNesting = new IntCell(1);

  /** net.link.TYPE.nexthop_cache: 0 = every packet is looked up. */
  public final IntCell caching = new IntCell(1);

  /** TTL of outer IPv4 headers. */
  public final IntCell ttl;

  /** Hop limit of outer IPv6 headers. */
  public final IntCell hopLimit;

  public final RouteStats stats = new RouteStats();
  final TunnelTable table = new TunnelTable();
  private final int[] protocols;
  private final List<IpTunnel> configured = new ArrayList<>(0);
  private @Nullable LinkLayer link;
  private @Nullable IfRegistration listening;
  private int udpPort;
  private int udpKey;
  private int inet;
  private int inet6;

  /** How many tunnels of this kind the packet in hand is inside of. */
  int depth;

  /**
   * @param hops TTL and hop limit of outer headers
   * @param protocols numbers of the IP protocols that this kind takes in
   */
  public Tunnels(Vnet vnet, int hops, int... protocols) {
    this.vnet = vnet;
    this.ttl = new IntCell(hops);
    this.hopLimit = new IntCell(hops);
    this.protocols = protocols;
  }

  /**
   * Takes in datagrams to a port, too, while there is a tunnel.
   *
   * @param key discriminator of the tunnels that they belong to
   */
  public Tunnels inUdp(int port, int key) {
    udpPort = port;
    udpKey = key;
    return this;
  }

  /** The link layer of this kind's interfaces. */
  public LinkLayer link() {
    LinkLayer known = link;
    if (known == null) {
      known = new TunnelLink(vnet);
      link = known;
    }
    return known;
  }

  /** All that have their ends, oldest first; a copy. */
  public List<IpTunnel> configured() {
    return List.copyOf(configured);
  }

  // ---- they come and go ----

  void check(TunnelEnds e, IpTunnel asking) throws ErrnoException {
    if (e.local().family() != e.remote().family()) {
      throw new ErrnoException(Errno.EINVAL);
    }
    if (e.family() == Family.INET6 && !vnet.has(Inet6.V_INET6)) {
      throw new ErrnoException(Errno.EAFNOSUPPORT);
    }
    if (isNothing(e.local()) || isNothing(e.remote()) || unzoned(e.remote())) {
      throw new ErrnoException(Errno.EADDRNOTAVAIL);
    }
    checkFree(e, asking.discriminator(), asking);
  }

  /** EADDRNOTAVAIL: another has these ends. */
  public void checkFree(TunnelEnds e, int key, IpTunnel asking) throws ErrnoException {
    IpTunnel same =
        table.exact(
            e.family(), e.local().hi(), e.local().lo(), e.remote().hi(), e.remote().lo(), key);
    if (same != null && same != asking) {
      throw new ErrnoException(Errno.EADDRNOTAVAIL);
    }
  }

  private static boolean isNothing(IpAddress a) {
    return a.hi() == 0 && a.lo() == 0;
  }

  private static boolean unzoned(IpAddress a) {
    return a instanceof Ip6Address six && six.isLinkLocal() && six.scopeId() == 0;
  }

  void add(IpTunnel t, TunnelEnds e) throws ErrnoException {
    if (e.family() == Family.INET ? inet == 0 : inet6 == 0) {
      open(e.family());
    }
    if (configured.isEmpty()) {
      listening = Interfaces.of(vnet).listen(0, new Addresses());
    }
    if (e.family() == Family.INET) {
      inet++;
    } else {
      inet6++;
    }
    configured.add(t);
    table.add(t, e);
  }

  void remove(IpTunnel t, TunnelEnds e) {
    table.remove(t, e);
    configured.remove(t);
    int left = e.family() == Family.INET ? --inet : --inet6;
    if (left == 0) {
      close(e.family());
    }
    IfRegistration heard = listening;
    if (configured.isEmpty() && heard != null) {
      listening = null;
      heard.close();
    }
  }

  /** The first tunnel over a family: its port and its protocols; EADDRINUSE for the port. */
  private void open(Family family) throws ErrnoException {
    if (family == Family.INET) {
      Inet below = Inet.of(vnet);
      Four four = new Four();
      if (udpPort != 0) {
        checkPort(below);
        below.udp.tunnels().take(udpPort, four::datagram);
      }
      for (int p : protocols) {
        below.input.protocol(p, four);
      }
    } else {
      Inet6 below = Inet6.of(vnet);
      Six six = new Six();
      if (udpPort != 0) {
        checkPort(Inet.of(vnet));
        below.udp.tunnels().take(udpPort, six::datagram);
      }
      for (int p : protocols) {
        below.input.protocol(p, six);
      }
    }
  }

  /** EADDRINUSE: a socket has the port. */
  private void checkPort(Inet inet) throws ErrnoException {
    if (inet.udp.isBound(udpPort)) {
      throw new ErrnoException(Errno.EADDRINUSE);
    }
  }

  /** The last one went. */
  private void close(Family family) {
    if (family == Family.INET) {
      for (int p : protocols) {
        Inet.of(vnet).input.protocol(p, null);
      }
      Inet.of(vnet).udp.tunnels().release(udpPort);
    } else {
      for (int p : protocols) {
        Inet6.of(vnet).input.protocol(p, null);
      }
      Inet6.of(vnet).udp.tunnels().release(udpPort);
    }
  }

  /** Takes the ends of all away: the shutdown stage. */
  public void deleteAll() {
    configured().forEach(IpTunnel::delete);
  }

  /** Says so in the message buffer. */
  void nestsTooDeep(Ifnet ifp, boolean loop) {
    vnet.machine()
        .messages()
        .log(
            loop
                ? ifp + ": loop detected"
                : ifp + ": if_output recursively called too many times(" + (depth + 1) + ")");
  }

  // ---- addresses ----

  /** Whether the address is one of this host's. */
  public boolean isLocal(IpAddress a) {
    if (a.family() == Family.INET) {
      return Inet.of(vnet).ip.addresses.isLocal((int) (a.hi() >>> 32));
    }
    int zone = a instanceof Ip6Address six ? six.scopeId() : 0;
    return vnet.has(Inet6.V_INET6)
        && Inet6.of(vnet).ip.addresses.find(a.hi(), a.lo(), zone) != null;
  }

  /** Tunnels run while their local address is here. */
  private final class Addresses implements IfListener {
    @Override
    public void address(Ifnet ifp, IfAddress address, boolean added) {
      for (IpTunnel t : configured) {
        t.checkRunning();
      }
    }

    @Override
    public String toString() {
      return "local addresses of tunnels";
    }
  }

  // ---- in ----

  /** The tunnel that takes a packet between these; null = none that is up. */
  public @Nullable IpTunnel find(
      Family family, long toHi, long toLo, long fromHi, long fromLo, int key) {
    IpTunnel t = table.exact(family, toHi, toLo, fromHi, fromLo, key);
    if (t == null) {
      t = table.toLocal(family, toHi, toLo, key);
    }
    return t != null && t.isUp() ? t : null;
  }

  private @Nullable IpTunnel find4(Mbuf m, int key) {
    long to = (long) Ip4Header.destination(m.buf, m.off) << 32;
    return find(Family.INET, to, 0, (long) Ip4Header.source(m.buf, m.off) << 32, 0, key);
  }

  private @Nullable IpTunnel find6(Mbuf m, int key) {
    return find(
        Family.INET6,
        Ip6Header.destinationHi(m.buf, m.off),
        Ip6Header.destinationLo(m.buf, m.off),
        Ip6Header.sourceHi(m.buf, m.off),
        Ip6Header.sourceLo(m.buf, m.off),
        key);
  }

  private void datagram(Mbuf m, int payload, @Nullable IpTunnel t, int tos, Ifnet in) {
    if (t == null || !t.decapsulate(m, payload, IpProtocol.UDP, tos, in)) {
      vnet.drop(m, DropReason.UDP_NO_SOCKET);
    }
  }

  /** Takes in what IPv4 carries; what no tunnel wants is left to raw sockets. */
  private final class Four implements Ip4Protocol {
    @Override
    public void input(Mbuf m, int header, InIfinfo in) {
      int protocol = Ip4Header.protocol(m.buf, m.off);
      int tos = Ip4Header.tos(m.buf, m.off);
      IpTunnel t = find4(m, 0);
      if (t == null || !t.decapsulate(m, header, protocol, tos, in.ifnet())) {
        Inet.of(vnet).raw.input(m, header, in);
      }
    }

    void datagram(Mbuf m, int payload, Ifnet in) {
      Tunnels.this.datagram(m, payload, find4(m, udpKey), Ip4Header.tos(m.buf, m.off), in);
    }
  }

  /** Takes in what IPv6 carries. */
  private final class Six implements Ip6Protocol {
    @Override
    public void input(Mbuf m, int header, int protocol, In6Ifinfo in) {
      IpTunnel t = find6(m, 0);
      int traffic = Ip6Header.trafficClass(m.buf, m.off);
      if (t == null || !t.decapsulate(m, header, protocol, traffic, in.ifnet())) {
        Inet6.of(vnet).raw.input(m, header, protocol, in);
      }
    }

    void datagram(Mbuf m, int payload, Ifnet in) {
      int traffic = Ip6Header.trafficClass(m.buf, m.off);
      Tunnels.this.datagram(m, payload, find6(m, udpKey), traffic, in);
    }
  }
}
