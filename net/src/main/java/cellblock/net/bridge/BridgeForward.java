package cellblock.net.bridge;

import cellblock.kern.drop.DropReason;
import cellblock.kern.errno.Errno;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ether.Ethernet;
import cellblock.net.ifnet.IfFlags;
import cellblock.net.ifnet.Ifnet;
import cellblock.wire.EtherHeader;
import cellblock.wire.MacAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where a frame goes (ancestor: bridge_input, bridge_forward, bridge_broadcast, bridge_output,
 * bridge_transmit, bridge_span). A port is given a frame through its interface's output; what that
 * offers to another vnet lies in a bounded inbox, and a frame passes at most {@link #MOST} bridges,
 * so a loop of bridges costs what it costs and ends. Threading: the lane.
 */
final class BridgeForward {
  /** Bridges that a frame passes: more than any network that is no loop has in a row. */
  static final int MOST = 32;

  /** Groups that no bridge forwards (IEEE 802.1D section 7.12.6), but for the last four bits. */
  private static final long RESERVED = 0x0180_c200_0000L;

  private static final int UP = IfFlags.UP | IfFlags.RUNNING;

  private final Bridge bridge;

  /** The port that a frame is being sent to: what its interface sends now is ours. */
  private @Nullable BridgePort sending;

  BridgeForward(Bridge bridge) {
    this.bridge = bridge;
  }

  private Vnet vnet() {
    return bridge.net().vnet;
  }

  // ---- in ----

  /** A frame has come in on a member. True = taken; false: it is the member's own business. */
  boolean input(BridgePort from, Ifnet ifp, Mbuf m) {
    Ifnet self = bridge.running();
    if (self == null || m.len < EtherHeader.LENGTH) {
      return false;
    }
    vnet().room(m, "BridgeInput");
    m.hops++;
    if (m.hops > MOST) {
      ifp.counters().iqdrops++;
      vnet().drop(m, DropReason.BRIDGE_LOOP);
      return true;
    }
    if ((self.flags() & IfFlags.MONITOR) != 0) {
      count(self, m);
      self.tapped(m, false);
      vnet().drop(m, DropReason.CONSUMED);
      return true;
    }
    span(m);
    long to = EtherHeader.destination(m.buf, m.off);
    if (!MacAddress.isMulticast(to)) {
      return unicast(from, ifp, self, m, to);
    }
    m.flags |= MacAddress.isBroadcast(to) ? Mbuf.M_BCAST : Mbuf.M_MCAST;
    if (to == RESERVED) {
      return kept(m); // of a spanning tree, which we are no part of
    }
    forward(from, self, vnet().mbufs().copy(m), to);
    self.input(vnet().mbufs().copy(m));
    return false;
  }

  private boolean unicast(BridgePort from, Ifnet ifp, Ifnet self, Mbuf m, long to) {
    long source = EtherHeader.source(m.buf, m.off);
    if (to == self.lladdr()) {
      if (learn(from, m)) {
        self.input(m);
        return true;
      }
      return kept(m);
    }
    if (to == ifp.lladdr()) {
      return !learn(from, m) && kept(m);
    }
    if (source == self.lladdr() || source == ifp.lladdr()) {
      return kept(m); // we have sent it ourselves
    }
    for (BridgePort p : bridge.members.ports) {
      if (p.lladdr == to) {
        return learn(from, m) ? acrossTo(p, self, m) : kept(m);
      }
      if (p.lladdr == source) {
        return kept(m);
      }
    }
    forward(from, self, m, to);
    return true;
  }

  /** It came in on one member and is for the address of another: as if it had come in there. */
  private boolean acrossTo(BridgePort p, Ifnet self, Mbuf m) {
    Ifnet other = p.ifnet();
    if (other == null || (other.flags() & IfFlags.UP) == 0) {
      return dropped(m, DropReason.INTERFACE_DOWN);
    }
    count(self, m);
    self.tapped(m, false);
    other.tapped(m, false);
    Ethernet.of(vnet()).input(other, m);
    return true;
  }

  /** Where a frame that is not for us goes. Takes {@code m}. */
  private void forward(BridgePort from, Ifnet self, Mbuf m, long to) {
    boolean group = MacAddress.isMulticast(to);
    if (!learn(from, m) || group && to >>> 4 == RESERVED >>> 4) {
      kept(m);
      return;
    }
    BridgePort dst = null;
    if (group) {
      self.counters().imcasts++;
    } else {
      count(self, m);
      dst = lookup(m, to);
      if (dst == from) {
        kept(m);
        return;
      }
      self.tapped(m, false);
    }
    BridgeNet net = bridge.net();
    if (!BridgeFilter.empty(net, false) && !BridgeFilter.pass(net, m, self, from.ifnet(), false)) {
      return;
    }
    if (dst == null) {
      broadcast(from, self, m);
    } else if ((from.flags & dst.flags & BridgePort.PRIVATE) != 0) {
      kept(m);
    } else if (BridgeFilter.empty(net, true)
        || BridgeFilter.pass(net, m, self, dst.ifnet(), true)) {
      send(dst, m);
    }
  }

  /**
   * To all members but the one that it came from, and to those that want to discover. Takes {@code
   * m}.
   *
   * @param from null: of the bridge's own
   */
  private void broadcast(@Nullable BridgePort from, Ifnet self, Mbuf m) {
    BridgeNet net = bridge.net();
    boolean filter = from != null && !BridgeFilter.empty(net, true);
    if (filter && !BridgeFilter.pass(net, m, self, null, true)) {
      return;
    }
    boolean group = (m.flags & (Mbuf.M_BCAST | Mbuf.M_MCAST)) != 0;
    BridgePort last = null;
    for (BridgePort p : bridge.members.ports) {
      if (p == from
          || from != null && (from.flags & p.flags & BridgePort.PRIVATE) != 0
          || !group && !p.has(BridgePort.DISCOVER)
          || !ready(p)) {
        continue;
      }
      if (last != null) {
        flood(net, last, vnet().mbufs().copy(m), filter);
      }
      last = p;
    }
    if (last == null) {
      kept(m);
    } else {
      flood(net, last, m, filter);
    }
  }

  private void flood(BridgeNet net, BridgePort to, Mbuf m, boolean filter) {
    if (!filter || BridgeFilter.pass(net, m, null, to.ifnet(), true)) {
      send(to, m);
    }
  }

  private static boolean ready(BridgePort p) {
    Ifnet ifp = p.ifnet();
    return ifp != null && (ifp.flags() & UP) == UP;
  }

  // ---- out ----

  /** What the bridge itself sends (bridge_transmit). Takes {@code m}. */
  @Nullable Errno transmit(Ifnet self, Mbuf m) {
    long to = EtherHeader.destination(m.buf, m.off);
    BridgePort dst = MacAddress.isMulticast(to) ? null : lookup(m, to);
    span(m);
    if (dst != null) {
      return send(dst, m);
    }
    broadcast(null, self, m);
    return null;
  }

  /** What a member's own addresses send. True = taken; false: it leaves by the member alone. */
  boolean output(BridgePort of, Ifnet ifp, Mbuf m) {
    Ifnet self = bridge.running();
    if (sending == of || self == null || m.len < EtherHeader.LENGTH) {
      return false;
    }
    long to = EtherHeader.destination(m.buf, m.off);
    BridgePort dst = MacAddress.isMulticast(to) ? null : lookup(m, to);
    span(m);
    if (dst == of) {
      return false;
    }
    self.tapped(m, true);
    if (dst != null) {
      send(dst, m);
      return true;
    }
    for (BridgePort p : bridge.members.ports) {
      if (p != of && ready(p)) {
        send(p, vnet().mbufs().copy(m));
      }
    }
    return false;
  }

  /** bridge_enqueue. Takes {@code m}. */
  private @Nullable Errno send(BridgePort to, Mbuf m) {
    Ifnet self = bridge.self();
    Ifnet out = to.ifnet();
    if (self == null || out == null) {
      dropped(m, DropReason.STALE_INTERFACE);
      return Errno.ENXIO;
    }
    int bytes = m.len;
    int flags = m.flags;
    BridgePort before = sending;
    sending = to;
    Errno error;
    try {
      error = out.transmit(m);
    } finally {
      sending = before;
    }
    if (error == null) {
      self.sent(bytes, flags);
    } else {
      self.counters().oerrors++;
    }
    return error;
  }

  private void span(Mbuf m) {
    for (BridgePort p : bridge.members.spans) {
      if (ready(p)) {
        send(p, vnet().mbufs().copy(m));
      }
    }
  }

  // ---- addresses ----

  private static int vlan(Mbuf m) {
    boolean tagged =
        m.len >= EtherHeader.LENGTH + EtherHeader.TAG_LENGTH && EtherHeader.isTagged(m.buf, m.off);
    return tagged ? EtherHeader.vlan(EtherHeader.tag(m.buf, m.off)) : 0;
  }

  private @Nullable BridgePort lookup(Mbuf m, long to) {
    AddressTable.Entry e = bridge.table.find(AddressTable.key(vlan(m), to));
    return e == null ? null : e.port;
  }

  /** Remembers where the sender is; false: it is one too many behind a port that counts them. */
  private boolean learn(BridgePort from, Mbuf m) {
    if (!from.has(BridgePort.LEARNING)) {
      return true;
    }
    long source = EtherHeader.source(m.buf, m.off);
    if (MacAddress.isMulticast(source) || source == 0) {
      return from.maxAddresses == 0;
    }
    long key = AddressTable.key(vlan(m), source);
    long now = vnet().lane().now();
    AddressTable.Entry e = bridge.table.find(key);
    if (e != null && e.port != from && e.flags == AddressTable.DYNAMIC) {
      moved(e, from, now);
    }
    return bridge.table.learn(key, from, now) || from.maxAddresses == 0;
  }

  private void moved(AddressTable.Entry e, BridgePort to, long now) {
    if (bridge.net().tells(now)) {
      bridge.log(
          "mac address "
              + MacAddress.toString(e.address())
              + " vlan "
              + e.vlan()
              + " moved from "
              + name(e.port)
              + " to "
              + name(to));
    }
  }

  private static String name(BridgePort p) {
    Ifnet ifp = p.ifnet();
    return ifp == null ? "nowhere" : ifp.name();
  }

  private static void count(Ifnet self, Mbuf m) {
    self.counters().ipackets++;
    self.counters().ibytes += m.len;
  }

  /** The bridge keeps it back: nobody on the other side is to have it. */
  private boolean kept(Mbuf m) {
    return dropped(m, DropReason.BRIDGE_KEPT);
  }

  private boolean dropped(Mbuf m, DropReason why) {
    vnet().drop(m, why);
    return true;
  }
}
