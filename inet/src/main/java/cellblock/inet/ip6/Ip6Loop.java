package cellblock.inet.ip6;

import cellblock.kern.drop.DropReason;
import cellblock.kern.lane.Event;
import cellblock.kern.lane.Lane;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Packets that the host sends to itself by a real interface: to link-local addresses and groups
 * (ancestor: if_simloop and netisr_queue). They are taken in after the turn's current item, never
 * inside the output that made them. Threading: turns of the vnet's lane.
 */
final class Ip6Loop extends Event {
  /** Packets that may wait; net.isr.defaultqlimit. */
  private static final int LIMIT = 256;

  private final Vnet vnet;
  private final ArrayDeque<In6Ifinfo> interfaces = new ArrayDeque<>(2);
  private @Nullable Mbuf first;
  private @Nullable Mbuf last;
  private @Nullable Ip6Input input;

  Ip6Loop(Vnet vnet) {
    this.vnet = vnet;
  }

  /** Where the packets go; once, when the vnet's protocols are wired. */
  void to(Ip6Input room) {
    input = room;
  }

  void add(Mbuf m, In6Ifinfo in) {
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
    interfaces.add(in);
    vnet.lane().post(this);
  }

  @Override
  protected void fire(Lane lane) {
    for (int left = interfaces.size(); left > 0; left--) {
      In6Ifinfo in = interfaces.poll();
      Mbuf m = take();
      if (m == null || in == null) {
        return;
      }
      if (input == null || !in.ifnet().usableIn(vnet)) {
        vnet.drop(m, DropReason.STALE_INTERFACE);
      } else {
        input.input(in.ifnet(), m);
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
