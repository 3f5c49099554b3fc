package cellblock.net.epair;

import cellblock.kern.drop.DropReason;
import cellblock.kern.errno.Errno;
import cellblock.kern.lane.Event;
import cellblock.kern.lane.Lane;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.IfCap;
import cellblock.net.ifnet.IfDriver;
import cellblock.net.ifnet.IfFacts;
import cellblock.net.ifnet.IfFlags;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.LinkState;
import org.jspecify.annotations.Nullable;

/**
 * One end of a pair (ancestor: struct epair_softc, epair_transmit of net/if_epair.c). A frame is
 * offered to the inbox of the lane that the twin is in: the only place where packets of two vnets
 * meet. A full inbox is a counted drop. Threading: each end in the lane of its own vnet.
 */
final class EpairEnd implements IfDriver {
  /**
   * What it can do. As made it does as FreeBSD 14's: frames of their true size with checksums on
   * them. The rest is asked for: {@code ifconfig epair0a txcsum txcsum6 tso}.
   */
  static final int CAPABILITIES =
      IfCap.VLAN_MTU
          | IfCap.RXCSUM
          | IfCap.TXCSUM
          | IfCap.RXCSUM_IPV6
          | IfCap.TXCSUM_IPV6
          | IfCap.TSO4
          | IfCap.TSO6;

  private static final int READY = IfFlags.UP | IfFlags.RUNNING;

  private final Epair pair;
  private @Nullable Ifnet self;
  private @Nullable EpairEnd twin;
  private @Nullable LinkQueue link; // null while the cable is perfect
  private final Event follow = Event.of(this::followCable);

  EpairEnd(Epair pair) {
    this.pair = pair;
  }

  /** Once, before either end is attached. */
  void join(Ifnet ifp, EpairEnd other) {
    self = ifp;
    twin = other;
  }

  Epair pair() {
    return pair;
  }

  @Override
  public @Nullable Errno transmit(Ifnet ifp, Mbuf m) {
    Vnet here = ifp.vnet();
    EpairEnd far = twin;
    Ifnet to = far == null ? null : far.self;
    if ((ifp.flags() & READY) != READY || to == null) {
      ifp.counters().oqdrops++;
      here.drop(m, DropReason.INTERFACE_DOWN);
      return Errno.ENETDOWN;
    }
    if (!pair.plugged()) {
      lost(ifp, m, DropReason.NO_CARRIER);
      return null;
    }
    LinkQueue cable = link;
    if (cable != null) {
      return cable.transmit(ifp, m);
    }
    int bytes = m.len;
    int flags = m.flags;
    DropReason why = offer(to, m, here.lane());
    if (why == null) {
      ifp.sent(bytes, flags);
      return null;
    }
    lost(ifp, m, why);
    return why == DropReason.INBOX_FULL ? Errno.ENOBUFS : null;
  }

  /**
   * The crossing: offers a frame to the inbox of the lane that {@code to} is in. Null, or why it
   * could not be; the frame is still the caller's then.
   */
  private static @Nullable DropReason offer(Ifnet to, Mbuf m, Lane from) {
    int generation = to.generation(); // before the vnet: a move meanwhile makes it stale, not wrong
    if (!to.attached() || (to.flags() & READY) != READY) {
      return DropReason.INTERFACE_DOWN;
    }
    m.flags = 0;
    m.csumFlags = delivered(m.csumFlags);
    m.direct(to, generation);
    return to.vnet().lane().offer(m, from) ? null : DropReason.INBOX_FULL;
  }

  /** A frame comes out of a cable with a model; the sender has counted it long ago. */
  private void deliver(Ifnet ifp, Mbuf m) {
    EpairEnd far = twin;
    Ifnet to = far == null ? null : far.self;
    DropReason why =
        to == null || !pair.plugged() ? DropReason.NO_CARRIER : offer(to, m, ifp.vnet().lane());
    if (why != null) {
      ifp.vnet().drop(m, why);
    }
  }

  @Nullable LinkQueue link() {
    return link;
  }

  /**
   * Sets what the cable does, or takes it away. A cable with a model asks for frames of their true
   * size, and one that corrupts for checksums.
   */
  void link(Ifnet ifp, LinkModel model) {
    LinkQueue cable = link;
    if (model.equals(LinkModel.NONE)) {
      link = null;
      if (cable != null) {
        cable.release(ifp);
      }
      assist(ifp, ifp.capEnabled());
      return;
    }
    if (cable == null) {
      cable = new LinkQueue(seed(ifp), this::deliver);
      link = cable;
    }
    cable.model(model);
    assist(ifp, ifp.capEnabled());
  }

  @Override
  public void setCapabilities(Ifnet ifp, int enabled) {
    assist(ifp, enabled);
  }

  /** What the link does follows from what is enabled and from what its cable asks for. */
  private void assist(Ifnet ifp, int enabled) {
    int bits = IfFacts.assistOf(enabled);
    LinkQueue cable = link;
    if (cable != null) {
      bits &= ~(IfFacts.ASSIST_TSO4 | IfFacts.ASSIST_TSO6);
      if (cable.model().corruptPpm() > 0) {
        bits = 0;
      }
    }
    ifp.facts().hwassist(bits);
  }

  /** The machine's seed, split by unit and end. */
  private long seed(Ifnet ifp) {
    long key = EpairModule.EPAIR_KEY.of(ifp.vnet().machine());
    return key ^ (2L * pair.unit() + (ifp == pair.a() ? 1 : 2)) * 0x9e3779b97f4a7c15L;
  }

  @Override
  public void detached(Ifnet ifp) {
    LinkQueue cable = link;
    if (cable != null) {
      cable.drain(ifp);
    }
  }

  /** Nothing gets lost in memory: a checksum left undone is as good as a right one. */
  private static int delivered(int csum) {
    return (csum & Mbuf.CSUM_DATA_DELAYED) == 0 ? 0 : Mbuf.CSUM_DATA_DELAYED | Mbuf.CSUM_DATA_VALID;
  }

  /** The cable ate it: the sender is told nothing, unless it sent too much. */
  private static void lost(Ifnet ifp, Mbuf m, DropReason reason) {
    ifp.counters().oqdrops++;
    ifp.vnet().drop(m, reason);
  }

  /** Running from its creation on, up or down. */
  @Override
  public void stop(Ifnet ifp) {}

  @Override
  public void attached(Ifnet ifp) {
    ifp.running(true);
    ifp.linkStateChange(pair.plugged() ? LinkState.UP : LinkState.DOWN);
  }

  @Override
  public String media(Ifnet ifp) {
    return "Ethernet 10Gbase-T (10Gbase-T <full-duplex>)";
  }

  @Override
  public String status(Ifnet ifp) {
    return pair.plugged() ? "active" : "no carrier";
  }

  @Override
  public void plug(Ifnet ifp, boolean plugged) {
    pair.plug(plugged);
    followCable();
    EpairEnd far = twin;
    if (far != null) {
      far.post();
    }
  }

  private void post() {
    Ifnet ifp = self;
    if (ifp != null) {
      ifp.vnet().lane().post(follow);
    }
  }

  /** In the lane of the vnet; where the end has moved on meanwhile, the news follows it. */
  private void followCable() {
    Ifnet ifp = self;
    if (ifp == null) {
      return;
    }
    if (Lane.CURRENT.get() == ifp.vnet().lane()) {
      ifp.linkStateChange(pair.plugged() ? LinkState.UP : LinkState.DOWN);
    } else {
      post();
    }
  }
}
