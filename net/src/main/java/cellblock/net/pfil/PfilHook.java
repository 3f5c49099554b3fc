package cellblock.net.pfil;

import cellblock.kern.mbuf.Mbuf;
import cellblock.net.ifnet.Ifnet;

/** A firewall's way in (ancestor: pfil_mbuf_chk_t). Threading: the lane. */
public interface PfilHook {
  /** For listings: "pf:default-in". */
  String name();

  /**
   * Looks at a packet that starts at its network header (or link header, on the Ethernet head), and
   * may change it in place.
   *
   * @param ifp the interface it came by or leaves by
   */
  Verdict check(Mbuf m, Ifnet ifp, boolean out);
}
