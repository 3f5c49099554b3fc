package cellblock.inet.tcp;

import cellblock.inet.ip.InAddress;
import cellblock.inet.ip.Ip4;
import cellblock.inet.pcb.Pcb;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.mbuf.Mbuf;
import cellblock.net.route.Nexthop;
import cellblock.wire.Ip4Address;
import cellblock.wire.Ip4Header;
import cellblock.wire.IpAddress;
import cellblock.wire.IpProtocol;
import cellblock.wire.TcpHeader;
import org.jspecify.annotations.Nullable;

/** IPv4 below TCP. Threading: turns of the vnet's lane. */
final class TcpInet implements TcpDomain {
  private final Tcp tcp;
  private final Ip4 ip;

  TcpInet(Tcp tcp) {
    this.tcp = tcp;
    this.ip = tcp.ip;
  }

  @Override
  public int version() {
    return Pcb.INET;
  }

  @Override
  public int headers() {
    return Ip4Header.LENGTH + TcpHeader.LENGTH;
  }

  @Override
  public int defaultMss() {
    return tcp.settings.mssdflt.get();
  }

  @Override
  public int mtu(int fib, long hi, long lo) {
    Nexthop nh = ip.routes.lookup4(fib, (int) (hi >>> 32), 0);
    return nh == null ? 0 : Math.min(nh.mtu(), Ip4Header.MAXIMUM_PACKET);
  }

  @Override
  public boolean isOurs(long hi, long lo) {
    return ip.addresses.find((int) (hi >>> 32)) != null;
  }

  @Override
  public void checkLocal(IpAddress address) {
    throw new IllegalStateException("the pcb checks IPv4 addresses");
  }

  @Override
  public IpAddress localFor(Tcb t, IpAddress peer) throws ErrnoException {
    InAddress a = ip.output.sourceFor(t.fibOf(), (int) (peer.hi() >>> 32));
    if (a == null) {
      a = ip.addresses.withNet((int) (peer.hi() >>> 32));
    }
    if (a == null) {
      throw new ErrnoException(Errno.ENETUNREACH);
    }
    return new Ip4Address(a.address());
  }

  @Override
  public IpAddress key(IpAddress address) {
    return address;
  }

  @Override
  public IpAddress address(long hi, long lo) {
    return new Ip4Address((int) (hi >>> 32));
  }

  @Override
  public int ttl(int fib, long hi, long lo) {
    return ip.settings.ttl;
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
    int df = mayFragment ? 0 : Ip4Header.DF;
    int from = (int) (fromHi >>> 32);
    int to = (int) (toHi >>> 32);
    int protocol = udpPort == 0 ? IpProtocol.TCP : IpProtocol.UDP;
    Ip4Header.put(m.buf, m.off, tos, m.len, 0, df, ttl, protocol, from, to);
    Ip4Header.putHeaderLength(m.buf, m.off, ipHeader);
    int pseudo = Ip4Header.pseudo(m.buf, m.off, m.len - ipHeader);
    TcpDomain.checksum(tcp.settings, m, ipHeader, udpPort, pseudo);
    return ip.output.output(m, flags, null);
  }
}
