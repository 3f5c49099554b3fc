package cellblock.inet.ip;

import cellblock.inet.mcast.GroupIfinfo;
import cellblock.inet.mcast.InMulti;
import cellblock.inet.mcast.SourceFilter;
import cellblock.net.ifnet.IfFlags;
import cellblock.net.ifnet.Ifnet;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What IPv4 keeps of one interface (ancestor: struct in_ifinfo, if_afdata[AF_INET]): its addresses,
 * the first one primary, and its multicast groups. Made when the interface is attached to the vnet,
 * left behind when it is detached. Threading: turns of the vnet's lane.
 */
public final class InIfinfo implements GroupIfinfo {
  private static final InAddress[] NO_ADDRESSES = {};
  private static final InMulti[] NO_GROUPS = {};

  private final Ifnet ifnet;
  private final boolean loopback;
  private InAddress[] addresses = NO_ADDRESSES;
  private InMulti[] groups = NO_GROUPS;
  private @Nullable SourceFilter allHosts;

  public InIfinfo(Ifnet ifnet) {
    this.ifnet = ifnet;
    this.loopback = (ifnet.flags() & IfFlags.LOOPBACK) != 0;
  }

  @Override
  public Ifnet ifnet() {
    return ifnet;
  }

  @Override
  public boolean isLoopback() {
    return loopback;
  }

  /** Whether all bits of {@code flags} are set in if_flags. */
  public boolean has(int flags) {
    return (ifnet.flags() & flags) == flags;
  }

  // ---- addresses ----

  /** The addresses, primary first; must not be changed. */
  public InAddress[] addresses() {
    return addresses;
  }

  /** The primary address, or null. */
  public @Nullable InAddress primary() {
    return addresses.length == 0 ? null : addresses[0];
  }

  /** An address here in the network of {@code other}, else the primary one, else null. */
  public @Nullable InAddress sourceFor(int other) {
    for (InAddress a : addresses) {
      if (a.near(other)) {
        return a;
      }
    }
    return primary();
  }

  /** Whether {@code address} means everybody on this link: in_ifnet_broadcast. */
  public boolean isBroadcast(int address, boolean lowest) {
    if (address == -1 || address == 0) {
      return true;
    }
    for (InAddress a : addresses) {
      if (a.isBroadcast(address, lowest)) {
        return true;
      }
    }
    return false;
  }

  void add(InAddress a, boolean first) {
    InAddress[] now = Arrays.copyOf(addresses, addresses.length + 1);
    if (first) {
      System.arraycopy(addresses, 0, now, 1, addresses.length);
    }
    now[first ? 0 : addresses.length] = a;
    addresses = now;
  }

  void remove(InAddress a) {
    addresses = Arrays.stream(addresses).filter(other -> other != a).toArray(InAddress[]::new);
  }

  // ---- groups ----

  /** The groups that somebody here is a member of, by value; must not be changed. */
  @Override
  public InMulti[] groups() {
    return groups;
  }

  /** The membership of {@code group}, or null: inm_lookup. */
  public @Nullable InMulti group(int group) {
    int at = search(group);
    return at < 0 ? null : groups[at];
  }

  @Override
  public @Nullable InMulti group(long hi, long lo) {
    return group((int) (hi >>> 32));
  }

  private int search(int group) {
    int low = 0;
    int high = groups.length - 1;
    while (low <= high) {
      int middle = low + high >>> 1;
      int order = Integer.compareUnsigned((int) (groups[middle].hi() >>> 32), group);
      if (order == 0) {
        return middle;
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return ~low;
  }

  @Override
  public void add(InMulti group) {
    int at = ~search((int) (group.hi() >>> 32));
    InMulti[] now = new InMulti[groups.length + 1];
    System.arraycopy(groups, 0, now, 0, at);
    now[at] = group;
    System.arraycopy(groups, at, now, at + 1, groups.length - at);
    groups = now;
  }

  @Override
  public void remove(InMulti group) {
    groups = Arrays.stream(groups).filter(other -> other != group).toArray(InMulti[]::new);
  }

  /** The host's own membership of 224.0.0.1: ii_allhosts. */
  @Nullable SourceFilter allHosts() {
    return allHosts;
  }

  void allHosts(@Nullable SourceFilter now) {
    allHosts = now;
  }

  @Override
  public String toString() {
    return ifnet.name();
  }
}
