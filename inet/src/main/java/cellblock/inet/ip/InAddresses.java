package cellblock.inet.ip;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Every IPv4 address of one vnet, by value and in order (ancestor: V_in_ifaddrhashtbl and
 * V_in_ifaddrhead). Threading: turns of the vnet's lane.
 */
public final class InAddresses {
  private @Nullable InAddress[] buckets = new InAddress[4];
  private @Nullable InAddress[] nets = new InAddress[4];
  private final List<InAddress> ordered = new ArrayList<>(4);

  private static int spread(int address) {
    int h = address * 0x9e3779b1;
    return h ^ h >>> 15;
  }

  void add(InAddress a) {
    if (ordered.size() >= buckets.length) {
      grow();
    }
    ordered.add(a);
    link(a);
  }

  private void link(InAddress a) {
    int at = spread(a.address()) & buckets.length - 1;
    // Behind those of the same value: the first one wins a lookup.
    InAddress last = null;
    for (InAddress b = buckets[at]; b != null; b = b.nextInHash) {
      last = b;
    }
    a.nextInHash = null;
    if (last == null) {
      buckets[at] = a;
    } else {
      last.nextInHash = a;
    }
    int net = spread(a.net()) & nets.length - 1;
    a.nextByNet = nets[net];
    nets[net] = a;
  }

  private void grow() {
    buckets = new InAddress[buckets.length * 2];
    nets = new InAddress[buckets.length];
    for (InAddress a : ordered) {
      link(a);
    }
  }

  void remove(InAddress a) {
    ordered.remove(a);
    unlinkNet(a);
    int at = spread(a.address()) & buckets.length - 1;
    InAddress b = buckets[at];
    if (b == a) {
      buckets[at] = a.nextInHash;
      return;
    }
    while (b != null && b.nextInHash != a) {
      b = b.nextInHash;
    }
    if (b != null) {
      b.nextInHash = a.nextInHash;
    }
  }

  private void unlinkNet(InAddress a) {
    int at = spread(a.net()) & nets.length - 1;
    InAddress b = nets[at];
    if (b == a) {
      nets[at] = a.nextByNet;
      return;
    }
    while (b != null && b.nextByNet != a) {
      b = b.nextByNet;
    }
    if (b != null) {
      b.nextByNet = a.nextByNet;
    }
  }

  /** An address whose network begins at {@code net}, or null; the others follow it. */
  @Nullable InAddress inNet(int net) {
    InAddress a = nets[spread(net) & nets.length - 1];
    while (a != null && a.net() != net) {
      a = a.nextByNet;
    }
    return a;
  }

  /** The first address of this value, or null: in_localip. */
  public @Nullable InAddress find(int address) {
    InAddress a = buckets[spread(address) & buckets.length - 1];
    while (a != null && a.address() != address) {
      a = a.nextInHash;
    }
    return a;
  }

  /** The address of this value on {@code in}, or null. */
  public @Nullable InAddress find(int address, InIfinfo in) {
    InAddress a = buckets[spread(address) & buckets.length - 1];
    while (a != null && (a.address() != address || a.in() != in)) {
      a = a.nextInHash;
    }
    return a;
  }

  /** Whether the host has this address. */
  public boolean isLocal(int address) {
    return find(address) != null;
  }

  /** An address whose value or broadcast address is {@code address}: ifa_ifwithaddr. */
  public @Nullable InAddress withAddress(int address, boolean lowest) {
    InAddress own = find(address);
    if (own != null) {
      return own;
    }
    for (InAddress a : ordered) {
      if (a.isBroadcast(address, lowest)) {
        return a;
      }
    }
    return null;
  }

  /** The address whose network holds {@code address} most closely: ifa_ifwithnet. */
  public @Nullable InAddress withNet(int address) {
    InAddress best = null;
    for (InAddress a : ordered) {
      boolean holds = a.hasDestination() ? a.destination() == address : a.near(address);
      if (holds && (best == null || a.prefixLength() > best.prefixLength())) {
        best = a;
      }
    }
    return best;
  }

  /** All, oldest first; a copy. */
  public List<InAddress> list() {
    return List.copyOf(ordered);
  }

  /** The oldest one, or null. */
  public @Nullable InAddress first() {
    return ordered.isEmpty() ? null : ordered.getFirst();
  }
}
