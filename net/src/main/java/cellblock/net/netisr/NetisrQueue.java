package cellblock.net.netisr;

import cellblock.kern.drop.DropReason;
import cellblock.kern.lane.Event;
import cellblock.kern.lane.Lane;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.Ifnet;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Packets that the host sends to itself by a real interface: copies of multicasts for members here,
 * packets to own link-local addresses (ancestor: if_simloop and netisr_queue). They are taken in
 * after the turn's current item, never inside the output that made them. Threading: turns of the
 * vnet's lane.
 */
final class NetisrQueue extends Event {
  /** Packets that may wait; net.isr.defaultqlimit. */
  private static final int LIMIT = 256;

  private final Vnet vnet;
  private final Netisr netisr;
  private final ArrayDeque<Ifnet> interfaces = new ArrayDeque<>(2);
  private @Nullable Mbuf first;
  private @Nullable Mbuf last;

  NetisrQueue(Vnet vnet, Netisr netisr) {
    this.vnet = vnet;
    this.netisr = netisr;
  }

  void add(Ifnet ifp, Mbuf m) {
    if (interfaces.size() >= LIMIT) {
      vnet.drop(m, DropReason.INBOX_FULL);
      return;
    }
    m.nextPacket = null;
    if (last == null) {
      first = m;
    } else {
      last.nextPacket = m;
    }
    last = m;
    interfaces.add(ifp);
    vnet.lane().post(this);
  }

  @Override
  protected void fire(Lane lane) {
    for (int left = interfaces.size(); left > 0; left--) {
      Ifnet ifp = interfaces.poll();
      Mbuf m = take();
      if (m == null || ifp == null) {
        return;
      }
      if (ifp.usableIn(vnet)) {
        netisr.dispatch(ifp, m, Netisr.typeOf(m));
      } else {
        vnet.drop(m, DropReason.STALE_INTERFACE);
      }
    }
  }

  private @Nullable Mbuf take() {
    Mbuf m = first;
    if (m != null) {
      first = m.nextPacket;
      m.nextPacket = null;
      if (first == null) {
        last = null;
      }
    }
    return m;
  }

  void drain() {
    interfaces.clear();
    for (Mbuf m = take(); m != null; m = take()) {
      vnet.drop(m, DropReason.VNET_DYING);
    }
  }
}
