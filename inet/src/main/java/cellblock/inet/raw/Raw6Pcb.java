package cellblock.inet.raw;

import cellblock.inet.ip6.Ip6;
import cellblock.inet.pcb.Pcb6;
import cellblock.inet.socket.Socket;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.mbuf.Mbuf;
import cellblock.wire.Icmp6Message;
import cellblock.wire.Ip6Address;
import cellblock.wire.Ip6Header;
import cellblock.wire.IpAddress;
import cellblock.wire.IpProtocol;
import org.jspecify.annotations.Nullable;

/**
 * The raw side of one IPv6 socket (ancestor: rip6_send, rip6_bind, rip6_connect of
 * netinet6/raw_ip6.c). ICMPv6's checksum is always the kernel's. Threading: the vnet's lane.
 */
final class Raw6Pcb extends Pcb6 {
  private final RawIp6 raw;

  Raw6Pcb(Socket socket, RawIp6 raw) {
    super(socket, raw.ip, raw.ip6, raw.table);
    this.raw = raw;
  }

  @Override
  public void bind(IpAddress address, int port) throws ErrnoException {
    checkLocal(address);
    Ip6Address a = address instanceof Ip6Address six ? six : Ip6Address.ANY;
    localOnly(a);
    localZone(a);
  }

  @Override
  public void connect(IpAddress address, int port) throws ErrnoException {
    unconnect(false);
    connectTo(address, 0, false);
  }

  @Override
  public void send(byte[] data, int off, int len, @Nullable IpAddress to, int port)
      throws ErrnoException {
    if (to != null && isConnected()) {
      throw new ErrnoException(Errno.EISCONN);
    }
    IpAddress peer = to == null ? foreignAddress() : to;
    if (peer == null) {
      throw new ErrnoException(Errno.ENOTCONN);
    }
    if (!(peer instanceof Ip6Address destination)) {
      throw new ErrnoException(Errno.EAFNOSUPPORT);
    }
    if (len > 0xffff) {
      throw new ErrnoException(Errno.EMSGSIZE);
    }
    IpAddress source = isAnyLocal() ? localFor(destination) : localAddress();
    int protocol = socket.protocol() == 0 ? IpProtocol.RAW : socket.protocol();
    Mbuf m = ip6.vnet.mbufs().alloc(Ip6Header.LENGTH + len);
    int at = m.off + Ip6Header.LENGTH;
    System.arraycopy(data, off, m.buf, at, len);
    Ip6Header.putFlow(m.buf, m.off, trafficClass(), 0);
    Ip6Header.putPayloadLength(m.buf, m.off, len);
    Ip6Header.putNextHeader(m.buf, m.off, protocol);
    Ip6Header.putHopLimit(m.buf, m.off, hopsTo(destination));
    Ip6Header.putSource(m.buf, m.off, source.hi(), source.lo());
    Ip6Header.putDestination(m.buf, m.off, destination.hi(), destination.lo());
    if (protocol == IpProtocol.ICMPV6) {
      if (len < 4) {
        ip6.vnet.mbufs().free(m);
        throw new ErrnoException(Errno.EINVAL);
      }
      int pseudo = Ip6Header.pseudo(m.buf, m.off, IpProtocol.ICMPV6, len);
      Icmp6Message.fillChecksum(m.buf, at, pseudo, len);
    }
    m.fib = fib();
    m.priority = priority();
    ip6.stats.rawout++;
    int zone = Ip6.needsZone(destination.hi()) ? zone(destination) : 0;
    Errno error = ip6.output.output(m, zone, flags6(), moptions());
    if (error != null) {
      throw new ErrnoException(error);
    }
  }

  @Override
  public void detach() {
    super.detach();
    raw.forget(this);
  }

  @Override
  public String name() {
    return socket.protocol() == IpProtocol.ICMPV6 ? "icm6" : "ip6";
  }
}
