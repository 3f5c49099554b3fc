package cellblock.inet.tcp;

import cellblock.inet.ip6.In6Ifinfo;
import cellblock.inet.ip6.Ip6;
import cellblock.inet.pcb.Pcb;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.mbuf.Mbuf;
import cellblock.net.route.Nexthop;
import cellblock.wire.Family;
import cellblock.wire.Ip6Address;
import cellblock.wire.Ip6Header;
import cellblock.wire.IpAddress;
import cellblock.wire.IpProtocol;
import cellblock.wire.TcpHeader;
import org.jspecify.annotations.Nullable;

/**
 * IPv6 below TCP. The zone of a link-local address stands in the second word of its key, where the
 * address itself is zero (ancestor: in6_setscope of netinet6/scope6.c). Threading: turns of the
 * vnet's lane.
 */
final class TcpInet6 implements TcpDomain {
  private static final long ZONE = 0xffffL << 32;

  private final Tcp tcp;
  private final Ip6 ip;

  TcpInet6(Tcp tcp, Ip6 ip) {
    this.tcp = tcp;
    this.ip = ip;
  }

  /** Whether sockets take IPv6 alone unless they ask otherwise: net.inet6.ip6.v6only. */
  boolean v6only() {
    return ip.settings.v6only != 0;
  }

  /** Forgets what ICMPv6 told of the ways. */
  void forgetPaths() {
    ip.pathMtu.clear();
  }

  /** The upper half of the key of an address met on the link {@code zone}. */
  static long scoped(long hi, int zone) {
    return Ip6Address.isLinkLocal(hi) ? hi & ~ZONE | (long) zone << 32 & ZONE : hi;
  }

  private static long bare(long hi) {
    return Ip6Address.isLinkLocal(hi) ? hi & ~ZONE : hi;
  }

  private static int zone(long hi) {
    return Ip6Address.isLinkLocal(hi) ? (int) ((hi & ZONE) >>> 32) : 0;
  }

  @Override
  public int version() {
    return Pcb.INET6;
  }

  @Override
  public int headers() {
    return Ip6Header.LENGTH + TcpHeader.LENGTH;
  }

  @Override
  public int defaultMss() {
    return tcp.settings.v6mssdflt.get();
  }

  @Override
  public int mtu(int fib, long hi, long lo) {
    int known = ip.pathMtu.of(bare(hi), lo, zone(hi));
    if (Ip6Address.isLinkLocal(hi)) {
      In6Ifinfo out = ip.zone(zone(hi));
      return out == null ? 0 : Math.min(out.mtu(), known);
    }
    Nexthop nh = ip.routes.lookup(fib, Family.INET6, hi, lo, 0);
    In6Ifinfo out = nh == null ? null : Ip6.of(nh.ifnet());
    return nh == null || out == null ? 0 : Math.min(Math.min(nh.mtu(), out.mtu()), known);
  }

  @Override
  public boolean isOurs(long hi, long lo) {
    return ip.addresses.find(bare(hi), lo, zone(hi)) != null;
  }

  @Override
  public void checkLocal(IpAddress address) throws ErrnoException {
    ip.sources.checkLocal((Ip6Address) address(address.hi(), address.lo()));
  }

  @Override
  public IpAddress localFor(Tcb t, IpAddress peer) throws ErrnoException {
    int zone = zone(peer.hi());
    long hi = bare(peer.hi());
    return key(ip.sources.localFor(hi, peer.lo(), zone, t.fibOf(), null));
  }

  @Override
  public IpAddress key(IpAddress address) {
    Ip6Address a = (Ip6Address) address;
    return new Ip6Address(scoped(a.hi(), a.scopeId()), a.lo(), 0);
  }

  @Override
  public IpAddress address(long hi, long lo) {
    return new Ip6Address(bare(hi), lo, zone(hi));
  }

  @Override
  public int ttl(int fib, long hi, long lo) {
    In6Ifinfo out = ip.sources.way(bare(hi), lo, zone(hi), fib, null);
    return out != null && out.hopLimit != 0 ? out.hopLimit : ip.settings.hlim;
  }

  @Override
  public boolean takesLarge() {
    return ip.output.takesLarge();
  }

  @Override
  public @Nullable Errno output(
      Mbuf m,
      int ipHeader,
      int udpPort,
      long fromHi,
      long fromLo,
      long toHi,
      long toLo,
      int tos,
      int ttl,
      int flags,
      boolean mayFragment) {
    int length = m.len - ipHeader;
    Ip6Header.putFlow(m.buf, m.off, tos, 0);
    Ip6Header.putPayloadLength(m.buf, m.off, length);
    int protocol = udpPort == 0 ? IpProtocol.TCP : IpProtocol.UDP;
    Ip6Header.putNextHeader(m.buf, m.off, protocol);
    Ip6Header.putHopLimit(m.buf, m.off, ttl);
    Ip6Header.putSource(m.buf, m.off, bare(fromHi), fromLo);
    Ip6Header.putDestination(m.buf, m.off, bare(toHi), toLo);
    int pseudo = Ip6Header.pseudo(m.buf, m.off, protocol, length);
    TcpDomain.checksum(tcp.settings, m, ipHeader, udpPort, pseudo);
    return ip.output.output(m, zone(toHi), flags, null);
  }
}
