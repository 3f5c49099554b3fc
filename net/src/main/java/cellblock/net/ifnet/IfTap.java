package cellblock.net.ifnet;

import cellblock.kern.mbuf.Mbuf;

/**
 * Sees every frame of an interface (ancestor: the bpf_mtap calls of drivers). It copies what it
 * wants and leaves the mbuf alone. Threading: the lane of the interface's vnet.
 */
public interface IfTap {
  /** A frame, with its link header, on its way out or in. */
  void tap(Ifnet ifp, Mbuf m, boolean out);

  /** The interface is destroyed or moved to another vnet: this tap sees nothing more of it. */
  void departed(Ifnet ifp);
}
