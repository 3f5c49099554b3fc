package cellblock.race;

import cellblock.kern.ledger.Ledger;
import cellblock.kern.ledger.LedgerKind;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.EtherHook;
import cellblock.net.ifnet.Ifnet;

/**
 * Holds what comes in for a while, as dummynet does: a queued packet keeps the interface that it
 * came by as a weak handle. Threading: the lane of its vnet.
 */
final class Delay implements EtherHook {
  private final Vnet vnet;
  private final long nanos;
  private boolean again;

  Delay(Vnet vnet, long nanos) {
    this.vnet = vnet;
    this.nanos = nanos;
  }

  @Override
  public boolean input(Ifnet ifp, Mbuf m) {
    if (again) {
      again = false;
      return false;
    }
    m.direct(ifp, ifp.generation());
    Ledger.Entry line = vnet.ledger().enter(LedgerKind.MBUF, m, "a packet in the queue");
    vnet.callout(
            "queue",
            () -> {
              line.leave();
              again = true;
              if (!vnet.lane().offer(m, vnet.lane())) {
                vnet.mbufs().free(m);
              }
            })
        .reset(nanos);
    return true;
  }
}
