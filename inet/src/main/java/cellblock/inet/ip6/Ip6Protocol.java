package cellblock.inet.ip6;

import cellblock.kern.errno.Errno;
import cellblock.kern.mbuf.Mbuf;
import org.jspecify.annotations.Nullable;

/** A protocol above IPv6 (ancestor: ip6proto_register). Threading: turns of the vnet's lane. */
public interface Ip6Protocol {
  /**
   * Takes a packet over; {@code m} begins with the IPv6 header.
   *
   * @param header bytes of the IPv6 header with its extension headers
   * @param protocol the number in the last next-header field
   * @param in the interface that it came by
   */
  void input(Mbuf m, int header, int protocol, In6Ifinfo in);

  /**
   * An ICMPv6 error about a packet that this host sent: pr_ctlinput.
   *
   * @param errno what a connected socket is told, or null for nothing
   * @param m the ICMPv6 message; must not be freed nor kept
   * @param quoted offset in its buffer of the quoted IPv6 header
   * @param upper offset of the quoted upper header; at least 8 bytes of it are there
   * @param mtu of a "packet too big", else 0
   * @param in the interface that the message came by
   */
  default void control(
      @Nullable Errno errno, Mbuf m, int quoted, int upper, int mtu, In6Ifinfo in) {}
}
