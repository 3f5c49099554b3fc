package cellblock.net.ether;

import cellblock.kern.mbuf.Mbuf;
import cellblock.net.ifnet.Ifnet;
import cellblock.wire.Family;

/**
 * Finds the link address of a next hop: ARP or neighbour discovery (ancestor: arpresolve of
 * netinet/if_ether.c, nd6_resolve). It is asked for unicast only. Threading: the lane.
 */
public interface Resolver {
  /** The resolver has taken the packet and will send it, or drop it, later. */
  long PARKED = -1;

  /** The resolver has dropped the packet: the host is known not to answer (EHOSTUNREACH). */
  long REFUSED = -2;

  Family family();

  /** A link address of 48 bits, {@link #PARKED} or {@link #REFUSED}. */
  long resolve(Ifnet ifp, Mbuf m, long hi, long lo);
}
