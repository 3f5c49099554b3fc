package cellblock.inet.udp;

import cellblock.inet.ip6.In6Ifinfo;
import cellblock.kern.errno.Errno;
import cellblock.kern.mbuf.Mbuf;
import cellblock.wire.UdpHeader;
import org.jspecify.annotations.Nullable;

/**
 * A protocol that takes the datagrams of one port before sockets do (ancestor:
 * udp_set_kernel_tunneling). Threading: turns of the vnet's lane.
 *
 * @param port the port
 */
public record UdpTunnel(int port, Guest guest) {
  /** Whoever lives in the datagrams. */
  public interface Guest {
    /**
     * Takes a packet over, whose UDP header is gone.
     *
     * @param header bytes in front of what the datagram held
     * @param in the interface, for IPv6; null for IPv4
     */
    void tunneled(Mbuf m, int header, int fromPort, @Nullable In6Ifinfo in);

    /**
     * An ICMP error about a datagram that this host sent.
     *
     * @param quoted offset in the buffer of the quoted IP header
     * @param at offset of what the quoted datagram held; at least 8 bytes are there
     */
    void tunneledError(
        Errno error, Mbuf m, int quoted, int at, int toPort, int mtu, @Nullable In6Ifinfo in);
  }

  /** Takes the UDP header out and hands the rest on. */
  void input(Mbuf m, int header, @Nullable In6Ifinfo in) {
    int at = m.off + header;
    int from = UdpHeader.sourcePort(m.buf, at);
    m.len = header + UdpHeader.length(m.buf, at);
    System.arraycopy(m.buf, m.off, m.buf, m.off + UdpHeader.LENGTH, header);
    m.adjust(UdpHeader.LENGTH);
    guest.tunneled(m, header, from, in);
  }
}
