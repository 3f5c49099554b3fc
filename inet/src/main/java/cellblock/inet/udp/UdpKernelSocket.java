package cellblock.inet.udp;

import cellblock.inet.pcb.Pcb;
import cellblock.inet.socket.Credential;
import cellblock.inet.socket.ProtoSwitch;
import cellblock.inet.socket.Socket;
import cellblock.inet.socket.SocketOption;
import cellblock.inet.socket.SocketType;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.wire.Family;
import cellblock.wire.Ip4Address;
import cellblock.wire.Ip6Address;
import cellblock.wire.IpProtocol;

/**
 * A UDP socket that the kernel itself has: bound to a port of any address, its datagrams go to a
 * {@link UdpTunnels.Receiver} in place of a buffer (ancestor: socreate, sobind and
 * udp_set_kernel_tunneling as tunnels use them). It stands in the ledger and in sockstat(8) as any
 * other, and the shutdown stage ends it as any other. Threading: turns of the vnet's lane.
 */
public final class UdpKernelSocket {
  private final Socket socket;
  private final Pcb pcb;

  private UdpKernelSocket(Socket socket, Pcb pcb) {
    this.socket = socket;
    this.pcb = pcb;
  }

  /**
   * Opens one.
   *
   * @param sockets those of its vnet
   * @param port 0 = one that is free
   * @throws ErrnoException EBUSY: the vnet goes away; EADDRINUSE: the port is taken; EAFNOSUPPORT
   */
  public static UdpKernelSocket open(
      ProtoSwitch sockets,
      Family family,
      int port,
      int fib,
      Credential credential,
      UdpTunnels.Receiver receiver)
      throws ErrnoException {
    Socket socket = sockets.open(family, SocketType.DGRAM, IpProtocol.UDP, credential);
    try {
      if (!(socket.pcb() instanceof Pcb pcb)) {
        throw new ErrnoException(Errno.EPROTONOSUPPORT);
      }
      pcb.setOption(SocketOption.SO_SETFIB, fib);
      if (pcb instanceof UdpPcb four) {
        four.receiver = receiver;
        four.bind(Ip4Address.ANY, port);
      } else if (pcb instanceof Udp6Pcb six) {
        six.setOption(SocketOption.IPV6_V6ONLY, 1);
        six.receiver = receiver;
        six.bind(Ip6Address.ANY, port);
      }
      return new UdpKernelSocket(socket, pcb);
    } catch (ErrnoException e) {
      socket.abort(e.errno());
      throw e;
    }
  }

  public int port() {
    return pcb.localPort();
  }

  /** FIB of what is sent from here: SO_SETFIB. */
  public void fib(int fib) throws ErrnoException {
    pcb.setOption(SocketOption.SO_SETFIB, fib);
  }

  /** Whether it is open still. */
  public boolean isOpen() {
    return socket.endedBy() == null;
  }

  /** Closes; again does nothing. */
  public void close() {
    socket.abort(Errno.EBADF);
  }
}
