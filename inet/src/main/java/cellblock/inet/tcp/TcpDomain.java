package cellblock.inet.tcp;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.mbuf.Mbuf;
import cellblock.net.ifnet.OffloadOutput;
import cellblock.wire.IpAddress;
import cellblock.wire.TcpHeader;
import cellblock.wire.UdpHeader;
import org.jspecify.annotations.Nullable;

/**
 * The internet layer below TCP: all that differs between the two families. Addresses are
 * left-aligned keys; that of a link-local IPv6 address holds its zone, as FreeBSD's do inside the
 * kernel. Threading: turns of the vnet's lane.
 */
sealed interface TcpDomain permits TcpInet, TcpInet6 {
  /** {@code Pcb.INET} or {@code Pcb.INET6}. */
  int version();

  /** Bytes of the IP and TCP headers without options. */
  int headers();

  /** The segment size towards a peer that names none. */
  int defaultMss();

  /** Largest packet that the way to a peer carries; 0 where there is no way: tcp_maxmtu. */
  int mtu(int fib, long hi, long lo);

  /** Whether an address is this host's: in_localip. */
  boolean isOurs(long hi, long lo);

  /** Throws EADDRNOTAVAIL unless a socket may be bound to the address. */
  void checkLocal(IpAddress address) throws ErrnoException;

  /** The address to send from to a peer; keys as of {@link #key}. */
  IpAddress localFor(Tcb t, IpAddress peer) throws ErrnoException;

  /** The address whose key TCP uses. */
  IpAddress key(IpAddress address);

  /** What a key of {@link #key} stands for. */
  IpAddress address(long hi, long lo);

  /** Time to live of packets to a peer when the socket says nothing. */
  int ttl(int fib, long hi, long lo);

  /** Whether the link that the last segment left by takes large ones whole. */
  boolean takesLarge();

  /**
   * Writes the IP header in front of a segment, fills in the segment's checksum and sends it.
   *
   * @param m begins with {@code ipHeader} bytes of room; IPv4 options are in place
   * @param udpPort the peer's port when a UDP header stands between the two, else 0; room for it is
   *     there
   * @param flags of the family's output
   * @param mayFragment whether routers may cut it
   * @return null, or why it was not sent
   */
  @Nullable Errno output(
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
      boolean mayFragment);

  /**
   * Fills in the checksum behind an IP header, or leaves it to the link; where a UDP header stands
   * between the two it is written, too, and its checksum is the one that counts.
   *
   * @param pseudo sum of the pseudo header
   */
  static void checksum(TcpSettings settings, Mbuf m, int ipHeader, int udpPort, int pseudo) {
    int at = m.off + ipHeader;
    if (udpPort == 0) {
      OffloadOutput.delayChecksum(m, at + TcpHeader.CHECKSUM, pseudo);
      return;
    }
    UdpHeader.put(m.buf, at, settings.udpTunnelingPort.get(), udpPort, m.len - ipHeader);
    TcpHeader.putChecksum(m.buf, at + UdpHeader.LENGTH, 0);
    UdpHeader.fillChecksum(m.buf, at, pseudo);
  }
}
