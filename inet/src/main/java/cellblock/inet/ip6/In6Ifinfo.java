package cellblock.inet.ip6;

import cellblock.inet.mcast.GroupIfinfo;
import cellblock.inet.mcast.InMulti;
import cellblock.inet.mcast.SourceFilter;
import cellblock.net.ifnet.IfFlags;
import cellblock.net.ifnet.Ifnet;
import cellblock.wire.Ip6Header;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What IPv6 keeps of one interface (ancestor: struct in6_ifextra and nd_ifinfo,
 * if_afdata[AF_INET6]): addresses, groups, ND options and what routers said of the link. Threading:
 * the vnet's lane.
 */
public final class In6Ifinfo implements GroupIfinfo {
  /** ND6_IFF_PERFORMNUD. */
  public static final int PERFORMNUD = 0x1;

  /** ND6_IFF_ACCEPT_RTADV. */
  public static final int ACCEPT_RTADV = 0x2;

  /** ND6_IFF_IFDISABLED: IPv6 is off here. */
  public static final int IFDISABLED = 0x8;

  /** ND6_IFF_AUTO_LINKLOCAL. */
  public static final int AUTO_LINKLOCAL = 0x20;

  /** ND6_IFF_NO_RADR. */
  public static final int NO_RADR = 0x40;

  /** ND6_IFF_NO_PREFER_IFACE. */
  public static final int NO_PREFER_IFACE = 0x80;

  /** ND6_IFF_NO_DAD. */
  public static final int NO_DAD = 0x100;

  private static final In6Address[] NO_ADDRESSES = {};
  private static final InMulti[] NO_GROUPS = {};

  private final Ifnet ifnet;
  private final boolean loopback;
  private In6Address[] addresses = NO_ADDRESSES;
  private InMulti[] groups = NO_GROUPS;
  private int options;

  /** What a router said that the link carries, 0 = nothing. */
  public int advertisedMtu;

  /** Hop limit of packets sent here, 0 = the host's own. */
  public int hopLimit;

  /** Nanoseconds that a neighbour counts as reachable, and between solicitations. */
  public long reachableTime = 30_000_000_000L;

  public long retransTimer = 1_000_000_000L;

  /** ff02::1, while the interface has an address. */
  @Nullable SourceFilter allNodes;

  In6Ifinfo(Ifnet ifnet, int options) {
    this.ifnet = ifnet;
    this.loopback = (ifnet.flags() & IfFlags.LOOPBACK) != 0;
    this.options = options;
  }

  @Override
  public Ifnet ifnet() {
    return ifnet;
  }

  @Override
  public boolean isLoopback() {
    return loopback;
  }

  /** Whether neighbours have link addresses here. */
  public boolean isEther() {
    return ifnet.isEther();
  }

  public int options() {
    return options;
  }

  /** Whether an ND option is on. */
  public boolean option(int bit) {
    return (options & bit) != 0;
  }

  void options(int now) {
    options = now;
  }

  public boolean disabled() {
    return (options & IFDISABLED) != 0;
  }

  public boolean up() {
    return (ifnet.flags() & IfFlags.UP) != 0;
  }

  /** The largest packet that leaves here whole: IN6_LINKMTU. */
  public int mtu() {
    int mtu = ifnet.mtu();
    int said = advertisedMtu;
    return said >= Ip6Header.MINIMUM_MTU && said < mtu ? said : mtu;
  }

  // ---- addresses ----

  /** The addresses, oldest first; must not be changed. */
  public In6Address[] addresses() {
    return addresses;
  }

  /** The address (hi, lo) here, or null. */
  public @Nullable In6Address address(long hi, long lo) {
    for (In6Address a : addresses) {
      if (a.lo() == lo && a.hi() == hi) {
        return a;
      }
    }
    return null;
  }

  /** The first link-local address, or null; tentative ones too if asked for. */
  public @Nullable In6Address linkLocal(boolean unready) {
    for (In6Address a : addresses) {
      if (a.isLinkLocal() && (unready || a.ready()) && !a.is(In6Address.ANYCAST)) {
        return a;
      }
    }
    return null;
  }

  void add(In6Address a) {
    In6Address[] now = Arrays.copyOf(addresses, addresses.length + 1);
    now[addresses.length] = a;
    addresses = now;
  }

  void remove(In6Address a) {
    addresses = Arrays.stream(addresses).filter(other -> other != a).toArray(In6Address[]::new);
  }

  // ---- groups ----

  /** The groups that somebody here is a member of, in order of joining; must not be changed. */
  @Override
  public InMulti[] groups() {
    return groups;
  }

  /** The membership of a group, or null. */
  @Override
  public @Nullable InMulti group(long hi, long lo) {
    for (InMulti g : groups) {
      if (g.lo() == lo && g.hi() == hi) {
        return g;
      }
    }
    return null;
  }

  @Override
  public void add(InMulti g) {
    InMulti[] now = Arrays.copyOf(groups, groups.length + 1);
    now[groups.length] = g;
    groups = now;
  }

  @Override
  public void remove(InMulti g) {
    groups = Arrays.stream(groups).filter(other -> other != g).toArray(InMulti[]::new);
  }

  @Override
  public String toString() {
    return ifnet.name();
  }
}
