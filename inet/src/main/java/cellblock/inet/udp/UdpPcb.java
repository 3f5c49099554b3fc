package cellblock.inet.udp;

import cellblock.inet.pcb.Pcb;
import cellblock.inet.socket.Socket;
import cellblock.inet.socket.SocketOption;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.mbuf.Mbuf;
import cellblock.net.ifnet.OffloadOutput;
import cellblock.wire.Ip4Address;
import cellblock.wire.Ip4Header;
import cellblock.wire.IpAddress;
import cellblock.wire.IpProtocol;
import cellblock.wire.UdpHeader;
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
  public void send(byte[] data, int off, int len, @Nullable IpAddress to, int port)
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
    int source = isAnyLocal() ? chooseSource(destination) : local4();
    ensurePort();
    Mbuf m = build(data, off, len, source, destination, destinationPort);
    Errno error = udp.output(m, this);
    if (error != null) {
      throw new ErrnoException(error);
    }
  }

  private Mbuf build(byte[] data, int off, int len, int source, int destination, int port) {
    byte[] options = ipOptions();
    int header = Ip4Header.LENGTH + options.length;
    int length = UdpHeader.LENGTH + len;
    Mbuf m = ip.vnet.mbufs().alloc(header + length);
    byte[] buf = m.buf;
    System.arraycopy(options, 0, buf, m.off + Ip4Header.LENGTH, options.length);
    Ip4Header.put(
        buf,
        m.off,
        tos(),
        m.len,
        0,
        has(SocketOption.IP_DONTFRAG) ? Ip4Header.DF : 0,
        ttl(),
        IpProtocol.UDP,
        source,
        destination);
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
