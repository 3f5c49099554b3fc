package cellblock.inet.udp;

import cellblock.inet.pcb.Pcb;
import cellblock.inet.socket.Cmsg;
import cellblock.inet.socket.Socket;
import cellblock.inet.socket.SocketOption;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.mbuf.Mbuf;
import cellblock.net.ifnet.OffloadOutput;
import cellblock.wire.BigEndian;
import cellblock.wire.Ip4Address;
import cellblock.wire.Ip4Header;
import cellblock.wire.IpAddress;
import cellblock.wire.IpProtocol;
import cellblock.wire.UdpHeader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The UDP side of one socket (ancestor: udp_send and the rest of udp_usrreqs,
 * netinet/udp_usrreq.c). Threading: turns of the vnet's lane.
 */
final class UdpPcb extends Pcb {
  private final Udp udp;

  /** Takes its datagrams in place of the socket; null = the socket does. */
  UdpTunnels.@Nullable Receiver receiver;

  UdpPcb(Socket socket, Udp udp) {
    super(socket, udp.ip, udp.table);
    this.udp = udp;
  }

  @Override
  public void connect(IpAddress address, int port) throws ErrnoException {
    connectTo(address, port, true);
  }

  @Override
  public void send(
      byte[] data, int off, int len, @Nullable IpAddress to, int port, List<Cmsg> control)
      throws ErrnoException {
    int destination;
    int destinationPort = port;
    if (to == null) {
      if (!isConnected()) {
        throw new ErrnoException(Errno.EDESTADDRREQ);
      }
      destination = foreign4();
      destinationPort = foreignPort();
    } else {
      if (isConnected()) {
        throw new ErrnoException(Errno.EISCONN);
      }
      destination = ((Ip4Address) to).bits();
      if (port <= 0 || port > 65535) {
        throw new ErrnoException(Errno.EADDRNOTAVAIL);
      }
    }
    int options = ipOptions().length;
    int total = Ip4Header.LENGTH + options + UdpHeader.LENGTH + len;
    if (total > Ip4Header.MAXIMUM_PACKET) {
      throw new ErrnoException(Errno.EMSGSIZE);
    }
    int tos = tos();
    int ttl = ttl();
    Ip4Address asked = null;
    for (int i = 0; i < control.size(); i++) {
      Cmsg c = control.get(i);
      switch (c.type()) {
        case IP_SENDSRCADDR -> asked = sourceAsked(c);
        case IP_TOS -> tos = c.number(0, 255);
        case IP_TTL -> ttl = c.number(0, 255);
        default -> throw new ErrnoException(Errno.EINVAL);
      }
    }
    int source = asked != null ? asked.bits() : isAnyLocal() ? chooseSource(destination) : local4();
    ensurePort();
    Mbuf m = build(data, off, len, source, destination, destinationPort, tos, ttl);
    Errno error = udp.output(m, this);
    if (error != null) {
      throw new ErrnoException(error);
    }
  }

  /** IP_SENDSRCADDR: of a socket that has a port, an own address. */
  private Ip4Address sourceAsked(Cmsg c) throws ErrnoException {
    if (c.value().length != Ip4Address.LENGTH || localPort() == 0) {
      throw new ErrnoException(Errno.EINVAL);
    }
    Ip4Address a = new Ip4Address(BigEndian.get32(c.value(), 0));
    if (a.isUnspecified() && isAnyLocal()) {
      throw new ErrnoException(Errno.EINVAL);
    }
    if (!a.isUnspecified()) {
      checkLocal(a);
      return a;
    }
    return new Ip4Address(local4());
  }

  private Mbuf build(
      byte[] data, int off, int len, int source, int destination, int port, int tos, int ttl) {
    byte[] options = ipOptions();
    int header = Ip4Header.LENGTH + options.length;
    int length = UdpHeader.LENGTH + len;
    Mbuf m = ip.vnet.mbufs().alloc(header + length);
    byte[] buf = m.buf;
    System.arraycopy(options, 0, buf, m.off + Ip4Header.LENGTH, options.length);
    int fragment = has(SocketOption.IP_DONTFRAG) ? Ip4Header.DF : 0;
    Ip4Header.put(buf, m.off, tos, m.len, 0, fragment, ttl, IpProtocol.UDP, source, destination);
    Ip4Header.putHeaderLength(buf, m.off, header);
    int at = m.off + header;
    UdpHeader.put(buf, at, localPort(), port, length);
    System.arraycopy(data, off, buf, at + UdpHeader.LENGTH, len);
    if (udp.settings.checksum != 0) {
      OffloadOutput.delayChecksum(m, at + UdpHeader.CHECKSUM, Ip4Header.pseudo(buf, m.off, length));
    }
    m.fib = fib();
    m.priority = priority();
    return m;
  }

  @Nullable Errno transmit(Mbuf m) {
    return ip.output.output(m, outputFlags(), multicastOptions());
  }

  @Override
  public void detach() {
    super.detach();
    udp.forget(this);
  }

  @Override
  public String name() {
    return "udp4";
  }
}
