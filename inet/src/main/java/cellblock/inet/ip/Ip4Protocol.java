package cellblock.inet.ip;

import cellblock.kern.mbuf.Mbuf;

/**
 * A protocol above IPv4 (ancestor: ipproto_register, ip_protox). Threading: turns of the vnet's
 * lane.
 */
public interface Ip4Protocol {
  /**
   * Takes a packet over; {@code m} begins with the IPv4 header.
   *
   * @param headerLength bytes of the IPv4 header with options
   * @param in the interface that it came by
   */
  void input(Mbuf m, int headerLength, InIfinfo in);

  /**
   * An ICMP error about a packet that this host sent: pr_ctlinput.
   *
   * @param what what happened
   * @param m the ICMP message; must not be freed nor kept
   * @param quoted offset in its buffer of the quoted IPv4 header
   * @param quotedLength bytes that are quoted from there
   * @param mtu for {@link Ip4Control#MSGSIZE}, else 0
   */
  default void control(Ip4Control what, Mbuf m, int quoted, int quotedLength, int mtu) {}
}
