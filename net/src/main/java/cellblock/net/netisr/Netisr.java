package cellblock.net.netisr;

import cellblock.kern.drop.DropReason;
import cellblock.kern.ledger.Ledger;
import cellblock.kern.ledger.LedgerKind;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.kern.vnet.VnetVariable;
import cellblock.net.ifnet.IfRegistration;
import cellblock.net.ifnet.Ifnet;
import cellblock.wire.EtherHeader;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which protocol takes which Ethernet type in one vnet (ancestor: net/netisr.c). Threading: the
 * lane.
 */
public final class Netisr {
  public static final VnetVariable<Netisr> V_NETISR = VnetVariable.define("netisr", Netisr::new);

  private record Other(int etherType, ProtocolInput input) {}

  private static final Other[] NONE = {};

  private final Vnet vnet;
  private @Nullable ProtocolInput ip4;
  private @Nullable ProtocolInput arp;
  private @Nullable ProtocolInput ip6;
  private Other[] others = NONE;
  private @Nullable NetisrQueue queue; // most vnets never talk to themselves by a real interface

  Netisr(Vnet vnet) {
    this.vnet = vnet;
  }

  public static Netisr of(Vnet vnet) {
    return V_NETISR.of(vnet);
  }

  /** Registers a protocol (netisr_register); one for each type. */
  public IfRegistration register(int etherType, ProtocolInput input) {
    if (find(etherType) != null) {
      throw new IllegalStateException("ether type " + Integer.toHexString(etherType) + " is taken");
    }
    set(etherType, input);
    Ledger.Entry entry = vnet.ledger().enter(LedgerKind.PROTOCOL, input, null);
    return () -> {
      set(etherType, null);
      entry.leave();
    };
  }

  private void set(int etherType, @Nullable ProtocolInput input) {
    switch (etherType) {
      case EtherHeader.TYPE_IP -> ip4 = input;
      case EtherHeader.TYPE_ARP -> arp = input;
      case EtherHeader.TYPE_IPV6 -> ip6 = input;
      default -> {
        Other[] now =
            Arrays.stream(others).filter(o -> o.etherType != etherType).toArray(Other[]::new);
        if (input != null) {
          now = Arrays.copyOf(now, now.length + 1);
          now[now.length - 1] = new Other(etherType, input);
        }
        others = now;
      }
    }
  }

  private @Nullable ProtocolInput find(int etherType) {
    switch (etherType) {
      case EtherHeader.TYPE_IP -> {
        return ip4;
      }
      case EtherHeader.TYPE_ARP -> {
        return arp;
      }
      case EtherHeader.TYPE_IPV6 -> {
        return ip6;
      }
      default -> {
        for (Other o : others) {
          if (o.etherType == etherType) {
            return o.input;
          }
        }
        return null;
      }
    }
  }

  /** The Ethernet type of an IP packet without a link header, by its version; 0 = neither. */
  public static int typeOf(Mbuf m) {
    return m.len == 0
        ? 0
        : switch (m.buf[m.off] >> 4 & 0xf) {
          case 4 -> EtherHeader.TYPE_IP;
          case 6 -> EtherHeader.TYPE_IPV6;
          default -> 0;
        };
  }

  /**
   * Takes an IP packet of this host's own in by {@code ifp}, after the turn's current item
   * (netisr_queue).
   */
  public void queue(Ifnet ifp, Mbuf m) {
    NetisrQueue q = queue;
    if (q == null) {
      q = new NetisrQueue(vnet, this);
      queue = q;
    }
    q.add(ifp, m);
  }

  /** Drops what waits: the shutdown stage. */
  public void drain() {
    if (queue != null) {
      queue.drain();
    }
  }

  /** Hands a packet to its protocol (netisr_dispatch); one that nobody wants is dropped. */
  public void dispatch(Ifnet rcvif, Mbuf m, int etherType) {
    ProtocolInput input = find(etherType);
    if (input == null) {
      rcvif.counters().noproto++;
      vnet.drop(m, DropReason.ETHER_UNKNOWN_TYPE);
    } else {
      input.input(rcvif, m);
    }
  }
}
