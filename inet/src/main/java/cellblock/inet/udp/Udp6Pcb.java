package cellblock.inet.udp;

import cellblock.inet.pcb.Pcb6;
import cellblock.inet.socket.Cmsg;
import cellblock.inet.socket.Socket;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.mbuf.Mbuf;
import cellblock.net.ifnet.OffloadOutput;
import cellblock.wire.Ip4Header;
import cellblock.wire.Ip6Address;
import cellblock.wire.Ip6Header;
import cellblock.wire.IpAddress;
import cellblock.wire.IpProtocol;
import cellblock.wire.UdpHeader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The UDP side of one IPv6 socket (ancestor: udp6_send, udp6_connect of netinet6/udp6_usrreq.c).
 * Threading: turns of the vnet's lane.
 */
final class Udp6Pcb extends Pcb6 {
  private final Udp6 udp;

  /** Takes its datagrams in place of the socket; null = the socket does. */
  UdpTunnels.@Nullable Receiver receiver;

  Udp6Pcb(Socket socket, Udp6 udp) {
    super(socket, udp.ip, udp.ip6, udp.table);
    this.udp = udp;
    maybeMapped();
  }

  @Override
  public void connect(IpAddress address, int port) throws ErrnoException {
    connect6(address, port);
  }

  @Override
  public void send(
      byte[] data, int off, int len, @Nullable IpAddress to, int port, List<Cmsg> control)
      throws ErrnoException {
    saying(control);
    try {
      send(data, off, len, to, port);
    } finally {
      saidAll();
    }
  }

  private void send(byte[] data, int off, int len, @Nullable IpAddress to, int port)
      throws ErrnoException {
    Ip6Address destination;
    int destinationPort = port;
    if (to == null) {
      if (!(foreignAddress() instanceof Ip6Address connected)) {
        throw new ErrnoException(Errno.EDESTADDRREQ);
      }
      destination = connected;
      destinationPort = foreignPort();
    } else {
      if (isConnected()) {
        throw new ErrnoException(Errno.EISCONN);
      }
      if (!(to instanceof Ip6Address six)) {
        throw new ErrnoException(Errno.EAFNOSUPPORT);
      }
      destination = six.isUnspecified() ? Ip6Address.LOOPBACK : six;
      if (port <= 0 || port > 65535) {
        throw new ErrnoException(Errno.EADDRNOTAVAIL);
      }
      if (six.isV4Mapped()) {
        checkMapped();
      } else if (isMapped()) {
        throw new ErrnoException(Errno.EAFNOSUPPORT);
      }
    }
    if (destination.isV4Mapped()) {
      sendMapped(data, off, len, (int) destination.lo(), destinationPort);
      return;
    }
    int length = UdpHeader.LENGTH + len;
    if (length > 0xffff) {
      throw new ErrnoException(Errno.EMSGSIZE);
    }
    IpAddress source = sourceTo(destination);
    ensurePort();
    int headers = Ip6Header.LENGTH + extensions();
    Mbuf m = ip6.vnet.mbufs().alloc(headers + length);
    header(m, length, source, destination);
    int at = m.off + headers;
    UdpHeader.put(m.buf, at, localPort(), destinationPort, length);
    System.arraycopy(data, off, m.buf, at + UdpHeader.LENGTH, len);
    int pseudo = Ip6Header.pseudo(m.buf, m.off, IpProtocol.UDP, length);
    if (extensions() > 0) {
      UdpHeader.fillChecksum(m.buf, at, pseudo); // links look for it right behind the IPv6 header
      extend(m);
    } else {
      OffloadOutput.delayChecksum(m, at + UdpHeader.CHECKSUM, pseudo);
    }
    m.fib = fib();
    m.priority = priority();
    udp.stats.opackets++;
    transmit(m, destination);
  }

  private void sendMapped(byte[] data, int off, int len, int to, int port) throws ErrnoException {
    if (Ip4Header.LENGTH + UdpHeader.LENGTH + len > Ip4Header.MAXIMUM_PACKET) {
      throw new ErrnoException(Errno.EMSGSIZE);
    }
    int source = mappedSource(to);
    ensurePort();
    Errno error = udp.udp.output(data, off, len, this, source, to, port);
    if (error != null) {
      throw new ErrnoException(error);
    }
  }

  private void header(Mbuf m, int length, IpAddress source, Ip6Address destination) {
    Ip6Header.putFlow(m.buf, m.off, trafficClass(), 0);
    Ip6Header.putPayloadLength(m.buf, m.off, length);
    Ip6Header.putNextHeader(m.buf, m.off, IpProtocol.UDP);
    Ip6Header.putHopLimit(m.buf, m.off, hopsTo(destination));
    Ip6Header.putSource(m.buf, m.off, source.hi(), source.lo());
    Ip6Header.putDestination(m.buf, m.off, destination.hi(), destination.lo());
  }

  @Override
  public void detach() {
    super.detach();
    udp.forget(this);
  }

  @Override
  public String name() {
    return switch (versions()) {
      case INET -> "udp4";
      case INET6 -> "udp6";
      default -> "udp46";
    };
  }
}
