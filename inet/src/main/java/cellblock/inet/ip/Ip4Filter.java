package cellblock.inet.ip;

import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.pfil.Pfil;
import cellblock.net.pfil.PfilHead;
import cellblock.net.pfil.Verdict;

/** The IPv4 head of pfil, as the rooms ask it (ancestor: V_inet_pfil_head). Threading: the lane. */
public final class Ip4Filter {
  private final PfilHead head;

  Ip4Filter(Vnet vnet) {
    head = Pfil.of(vnet).inet();
  }

  boolean emptyIn() {
    return head.empty(false);
  }

  boolean emptyOut() {
    return head.empty(true);
  }

  /** Whether {@code m} may go on; if not, a hook or the head has taken it. */
  boolean passesIn(Mbuf m, Ifnet ifp) {
    return head.run(m, ifp, false) == Verdict.PASS;
  }

  boolean passesOut(Mbuf m, Ifnet ifp) {
    return head.run(m, ifp, true) == Verdict.PASS;
  }
}
