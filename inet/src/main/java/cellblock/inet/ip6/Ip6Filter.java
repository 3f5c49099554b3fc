package cellblock.inet.ip6;

import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.pfil.Pfil;
import cellblock.net.pfil.PfilHead;
import cellblock.net.pfil.Verdict;

/** The IPv6 head of pfil, as the rooms ask it (ancestor: V_inet6_pfil_head). The vnet's lane. */
public final class Ip6Filter {
  private final PfilHead head;

  Ip6Filter(Vnet vnet) {
    head = Pfil.of(vnet).inet6();
  }

  /** Whether {@code m} may go on; if not, a hook or the head has taken it. */
  boolean passes(Mbuf m, Ifnet ifp, boolean out) {
    return head.empty(out) || head.run(m, ifp, out) == Verdict.PASS;
  }
}
