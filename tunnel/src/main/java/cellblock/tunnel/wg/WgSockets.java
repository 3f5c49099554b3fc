package cellblock.tunnel.wg;

import cellblock.inet.Inet;
import cellblock.inet.Inet6;
import cellblock.inet.ip.InAddress;
import cellblock.inet.socket.Credential;
import cellblock.inet.socket.ProtoSwitch;
import cellblock.inet.udp.UdpKernelSocket;
import cellblock.inet.udp.UdpTunnels;
import cellblock.kern.drop.DropReason;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.OffloadOutput;
import cellblock.net.route.Nexthop;
import cellblock.tunnel.Headroom;
import cellblock.wire.Family;
import cellblock.wire.Ip4Header;
import cellblock.wire.Ip6Address;
import cellblock.wire.Ip6Header;
import cellblock.wire.IpProtocol;
import cellblock.wire.UdpHeader;
import org.jspecify.annotations.Nullable;

/**
 * The two UDP sockets of one device, in its home vnet on one port (ancestor: struct wg_socket with
 * wg_socket_init, wg_socket_bind, wg_send). Datagrams are made here in front of the message, not by
 * copying through the socket. Threading: the lane of the home vnet.
 */
final class WgSockets {
  private final Vnet home;
  private final UdpTunnels.Receiver receiver4;
  private final UdpTunnels.Receiver receiver6;
  private @Nullable UdpKernelSocket four;
  private @Nullable UdpKernelSocket six;
  private int port;
  private int fib;

  WgSockets(Vnet home, UdpTunnels.Receiver receiver4, UdpTunnels.Receiver receiver6) {
    this.home = home;
    this.receiver4 = receiver4;
    this.receiver6 = receiver6;
  }

  /** The port, open or not; 0 = none yet. */
  int port() {
    return port;
  }

  /** The port for the next time. */
  void port(int now) {
    port = now;
  }

  int fib() {
    return fib;
  }

  void fib(int now) throws ErrnoException {
    if (four != null) {
      four.fib(now);
    }
    if (six != null) {
      six.fib(now);
    }
    fib = now;
  }

  /** Opens both on a port, 0 = a free one; what was open before is closed once that has worked. */
  void open(int wanted) throws ErrnoException {
    UdpKernelSocket a = open(Family.INET, wanted, receiver4);
    UdpKernelSocket b = null;
    if (home.has(Inet6.V_INET6)) {
      try {
        b = open(Family.INET6, a.port(), receiver6);
      } catch (ErrnoException e) {
        a.close();
        throw e;
      }
    }
    close();
    four = a;
    six = b;
    port = a.port();
  }

  private UdpKernelSocket open(Family family, int onPort, UdpTunnels.Receiver receiver)
      throws ErrnoException {
    ProtoSwitch sockets = Inet.of(home).sockets;
    return UdpKernelSocket.open(sockets, family, onPort, fib, Credential.ROOT, receiver);
  }

  /** Closes both; again does nothing. */
  void close() {
    if (four != null) {
      four.close();
      four = null;
    }
    if (six != null) {
      six.close();
      six = null;
    }
  }

  /**
   * Sends a message to an endpoint. Takes {@code m}.
   *
   * @param nh the nexthop to it, where one is remembered
   * @return ENOTCONN: there is no socket
   */
  @Nullable Errno send(Mbuf m, Endpoint to, @Nullable Nexthop nh) {
    UdpKernelSocket socket = to.six ? six : four;
    if (socket == null || !socket.isOpen()) {
      home.drop(m, DropReason.TUNNEL_DOWN);
      return Errno.ENOTCONN;
    }
    if (Headroom.tooLong(m, UdpHeader.LENGTH + Ip4Header.LENGTH)) {
      home.drop(m, DropReason.OVERSIZE);
      return Errno.EMSGSIZE;
    }
    m.flags &= ~(Mbuf.M_BCAST | Mbuf.M_MCAST | Mbuf.M_LOOP);
    m.csumFlags = 0;
    m.priority = 0;
    m.flowId = 0;
    m.fib = fib;
    return to.six ? send6(m, to, nh) : send4(m, to, nh);
  }

  private @Nullable Errno send4(Mbuf m, Endpoint to, @Nullable Nexthop nh) {
    Inet inet = Inet.of(home);
    int destination = (int) (to.hi >>> 32);
    int source = (int) (to.localHi >>> 32);
    if (source != 0 && !inet.ip.addresses.isLocal(source)) {
      to.clearLocal(); // no longer ours: whichever fits
      source = 0;
    }
    if (source == 0) {
      InAddress own =
          nh != null && nh.address() instanceof InAddress a
              ? a
              : inet.ip.output.sourceFor(fib, destination);
      if (own == null) {
        home.drop(m, DropReason.IP_NO_ROUTE);
        return Errno.EHOSTUNREACH;
      }
      source = own.address();
    }
    int length = UdpHeader.LENGTH + m.len;
    Mbuf out = Headroom.prepend(home, m, Ip4Header.LENGTH + UdpHeader.LENGTH);
    int ttl = inet.ip.settings.ttl;
    Ip4Header.put(out.buf, out.off, 0, out.len, 0, 0, ttl, IpProtocol.UDP, source, destination);
    int at = out.off + Ip4Header.LENGTH;
    UdpHeader.put(out.buf, at, port, to.port, length);
    OffloadOutput.delayChecksum(
        out, at + UdpHeader.CHECKSUM, Ip4Header.pseudo(out.buf, out.off, length));
    return inet.ip.output.output(out, 0, null, nh);
  }

  private @Nullable Errno send6(Mbuf m, Endpoint to, @Nullable Nexthop nh) {
    Inet6 inet6 = Inet6.of(home);
    long hi = to.localHi;
    long lo = to.localLo;
    if ((hi | lo) != 0 && inet6.ip.addresses.find(hi, lo, to.zone) == null) {
      to.clearLocal();
      hi = 0;
      lo = 0;
    }
    if ((hi | lo) == 0) {
      try {
        Ip6Address own = inet6.ip.sources.localFor(to.hi, to.lo, to.zone, fib, null);
        hi = own.hi();
        lo = own.lo();
      } catch (ErrnoException e) {
        home.drop(m, DropReason.IP_NO_ROUTE);
        return e.errno();
      }
    }
    int length = UdpHeader.LENGTH + m.len;
    Mbuf out = Headroom.prepend(home, m, Ip6Header.LENGTH + UdpHeader.LENGTH);
    Ip6Header.putFlow(out.buf, out.off, 0, 0);
    Ip6Header.putPayloadLength(out.buf, out.off, length);
    Ip6Header.putNextHeader(out.buf, out.off, IpProtocol.UDP);
    Ip6Header.putHopLimit(out.buf, out.off, inet6.ip.settings.hlim);
    Ip6Header.putSource(out.buf, out.off, hi, lo);
    Ip6Header.putDestination(out.buf, out.off, to.hi, to.lo);
    int at = out.off + Ip6Header.LENGTH;
    UdpHeader.put(out.buf, at, port, to.port, length);
    OffloadOutput.delayChecksum(
        out, at + UdpHeader.CHECKSUM, Ip6Header.pseudo(out.buf, out.off, IpProtocol.UDP, length));
    return inet6.ip.output.output(out, to.zone, 0, null, nh);
  }
}
