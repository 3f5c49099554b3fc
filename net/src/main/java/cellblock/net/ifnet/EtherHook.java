package cellblock.net.ifnet;

import cellblock.kern.mbuf.Mbuf;

/**
 * Sees frames before Ethernet itself does: bridge, vlan, lagg, netgraph (ancestor: if_bridge_input,
 * if_lagg's input, ng_ether_input of if_ethersubr.c). Threading: the lane of the interface's vnet.
 */
public interface EtherHook {
  /** A frame has come in. True = taken. */
  default boolean input(Ifnet ifp, Mbuf m) {
    return false;
  }

  /** A frame of our own is about to leave. True = taken. */
  default boolean output(Ifnet ifp, Mbuf m) {
    return false;
  }
}
