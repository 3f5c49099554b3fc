package cellblock.net.netisr;

import cellblock.kern.mbuf.Mbuf;
import cellblock.net.ifnet.Ifnet;

/**
 * Where the packets of one network protocol come in: Ip4Input, ArpInput. In turns of the vnet's
 * lane.
 */
@FunctionalInterface
public interface ProtocolInput {
  /**
   * Takes a packet that starts at its network header.
   *
   * @param rcvif the interface that it came in by
   */
  void input(Ifnet rcvif, Mbuf m);
}
