package cellblock.net.bridge;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.net.ifnet.IfAddress;
import cellblock.net.ifnet.IfCap;
import cellblock.net.ifnet.IfType;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.net.ifnet.LinkState;
import cellblock.wire.Family;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The members and span ports of one bridge, the newest first (ancestor: bridge_ioctl_add,
 * bridge_delete_member, bridge_ioctl_addspan, bridge_mutecaps, bridge_linkcheck). Threading: the
 * lane.
 */
final class BridgeMembers {
  private static final BridgePort[] NONE = {};

  /** BRIDGE_IFCAPS_MASK: what every member must have, or none uses; and BRIDGE_IFCAPS_STRIP. */
  private static final int COMMON = IfCap.TXCSUM | IfCap.TXCSUM_IPV6 | IfCap.TSO4 | IfCap.TSO6;

  private static final int STRIP = IfCap.LRO;

  private final Bridge bridge;

  /** Snapshots: sending may lead to a change. */
  BridgePort[] ports = NONE;

  BridgePort[] spans = NONE;

  /** Whose address the bridge has, with inherit_mac. */
  private @Nullable BridgePort addressOf;

  BridgeMembers(Bridge bridge) {
    this.bridge = bridge;
  }

  /** The port of an interface, or null. */
  @Nullable BridgePort port(Ifnet ifp) {
    for (BridgePort p : ports) {
      if (p.isOf(ifp)) {
        return p;
      }
    }
    return null;
  }

  /** The port of a member by name; ENOENT. */
  BridgePort named(String name) throws ErrnoException {
    return named(ports, name);
  }

  private static BridgePort named(BridgePort[] among, String name) throws ErrnoException {
    for (BridgePort p : among) {
      Ifnet ifp = p.ifnet();
      if (ifp != null && ifp.name().equals(name)) {
        return p;
      }
    }
    throw new ErrnoException(Errno.ENOENT);
  }

  // ---- coming ----

  /**
   * BRDGADD: ENOENT (no such interface), EEXIST (a member already), EBUSY (of another bridge, or a
   * span port), EINVAL (neither Ethernet nor gif, or of an MTU that cannot be changed).
   */
  void add(String name) throws ErrnoException {
    Ifnet ifp = candidate(name);
    Ifnet self = self();
    if (port(ifp) != null) {
      throw new ErrnoException(Errno.EEXIST);
    }
    if (bridge.net().of(ifp) != null) {
      throw new ErrnoException(Errno.EBUSY);
    }
    checkType(ifp);
    if (bridge.net().memberAddresses.get() == 0 && ifp.addresses().length > 0) {
      throw new ErrnoException(Errno.EINVAL);
    }
    agreeOnMtu(self, ifp);
    BridgePort p =
        new BridgePort(
            bridge,
            ifp,
            BridgePort.LEARNING | BridgePort.DISCOVER | BridgePort.AUTOEDGE | BridgePort.AUTOPTP);
    ifp.addHook(p);
    ports = with(ports, p);
    separateZones(self);
    boolean own = self.lladdr() != bridge.defaultAddress;
    boolean ether = ifp.type() == IfType.ETHER;
    if (bridge.net().inheritMac.get() != 0 && ports.length == 1 && !own && ether) {
      takeAddress(self, p);
    }
    muteCapabilities();
    checkLink();
    ifp.promisc(true);
  }

  private Ifnet self() throws ErrnoException {
    Ifnet self = bridge.self();
    if (self == null) {
      throw new ErrnoException(Errno.ENXIO);
    }
    return self;
  }

  private Ifnet candidate(String name) throws ErrnoException {
    Ifnet ifp = Interfaces.of(bridge.net().vnet).attachedByName(name);
    if (ifp == null) {
      throw new ErrnoException(Errno.ENOENT);
    }
    for (BridgePort p : spans) {
      if (p.isOf(ifp)) {
        throw new ErrnoException(Errno.EBUSY);
      }
    }
    return ifp;
  }

  private static void checkType(Ifnet ifp) throws ErrnoException {
    if (ifp.type() != IfType.ETHER && ifp.type() != IfType.GIF) {
      throw new ErrnoException(Errno.EINVAL);
    }
  }

  /** The first member says it, the others take it over. */
  private void agreeOnMtu(Ifnet self, Ifnet ifp) throws ErrnoException {
    if (ports.length == 0) {
      self.setMtu(ifp.mtu());
    } else if (ifp.mtu() != self.mtu()) {
      int was = ifp.mtu();
      try {
        ifp.setMtu(self.mtu());
      } catch (ErrnoException e) {
        bridge.log("invalid MTU: " + was + " for new member " + ifp);
        throw new ErrnoException(Errno.EINVAL);
      }
    }
  }

  /** SIOCSIFMTU of the bridge: EINVAL, and all as before, when a member refuses. */
  void setMtu(int mtu, int before) throws ErrnoException {
    for (BridgePort p : ports) {
      Ifnet ifp = p.ifnet();
      try {
        if (ifp != null) {
          ifp.setMtu(mtu);
        }
      } catch (ErrnoException e) {
        bridge.log("invalid MTU: " + mtu + " for member " + ifp);
        restoreMtu(before);
        throw new ErrnoException(Errno.EINVAL);
      }
    }
  }

  private void restoreMtu(int mtu) throws ErrnoException {
    for (BridgePort p : ports) {
      Ifnet ifp = p.ifnet();
      if (ifp != null && ifp.mtu() != mtu) {
        ifp.setMtu(mtu);
      }
    }
  }

  /** Link-local addresses are on the bridge or on its members, not on both. */
  private void separateZones(Ifnet self) {
    if (bridge.net().overlap.get() != 0 || !hasLinkLocal(self)) {
      return;
    }
    for (BridgePort p : ports) {
      Ifnet ifp = p.ifnet();
      if (ifp != null && hasLinkLocal(ifp)) {
        Interfaces.of(bridge.net().vnet).purge(ifp, Family.INET6);
        bridge.log(
            "IPv6 addresses on "
                + ifp
                + " have been removed before adding it as a member to prevent IPv6 address scope"
                + " violation.");
      }
    }
  }

  private static boolean hasLinkLocal(Ifnet ifp) {
    for (IfAddress a : ifp.addresses()) {
      if (a.family() == Family.INET6 && a.hi() >>> 54 == 0x3fa) {
        return true;
      }
    }
    return false;
  }

  /** BRDGADDS: everything that comes in is sent there, too. */
  void addSpan(String name) throws ErrnoException {
    Ifnet ifp = candidate(name);
    if (bridge.net().of(ifp) != null) {
      throw new ErrnoException(Errno.EBUSY);
    }
    checkType(ifp);
    spans = with(spans, new BridgePort(bridge, ifp, BridgePort.SPAN));
  }

  // ---- going ----

  /** BRDGDEL: ENOENT. */
  void delete(String name) throws ErrnoException {
    BridgePort p = named(name);
    remove(p, p.ifnet(), false);
  }

  /** BRDGDELS: ENOENT. */
  void deleteSpan(String name) throws ErrnoException {
    spans = without(spans, named(spans, name));
  }

  /** An interface leaves the vnet. */
  void departed(Ifnet gone) {
    BridgePort p = port(gone);
    if (p != null) {
      remove(p, gone, true);
    }
    for (BridgePort s : spans) {
      if (s.isOf(gone)) {
        spans = without(spans, s);
      }
    }
  }

  /** All go: the bridge leaves. */
  void clear() {
    spans = NONE;
    while (ports.length > 0) {
      remove(ports[0], ports[0].ifnet(), false);
    }
  }

  private void remove(BridgePort p, @Nullable Ifnet ifp, boolean gone) {
    p.end();
    ports = without(ports, p);
    Ifnet self = bridge.self();
    if (addressOf == p && self != null) {
      takeAddress(self, ports.length == 0 ? null : ports[0]);
    }
    bridge.table.remove(e -> e.port == p);
    muteCapabilities();
    checkLink();
    if (ifp != null) {
      ifp.removeHook(p);
      if (!gone) {
        ifp.promisc(false);
        enable(ifp, p.savedCapabilities);
      }
    }
  }

  // ---- what follows from who is there ----

  /**
   * The bridge has the address of {@code p} from now on, or its own again. One that is leaving
   * tells nobody: those who would hear of it have no data of it any more (D28860).
   */
  private void takeAddress(Ifnet self, @Nullable BridgePort p) {
    addressOf = p;
    try {
      self.setLladdr(p == null ? bridge.defaultAddress : p.lladdr);
    } catch (ErrnoException leaving) {
      addressOf = null;
      self.facts().lladdr(bridge.defaultAddress);
    }
  }

  /** Its link is up while a member's is. */
  private void checkLink() {
    Ifnet self = bridge.self();
    if (self == null) {
      return;
    }
    LinkState now = LinkState.DOWN;
    boolean tells = ports.length == 0;
    for (BridgePort p : ports) {
      Ifnet ifp = p.ifnet();
      LinkState state = ifp == null ? LinkState.DOWN : ifp.linkState();
      tells |= state != LinkState.UNKNOWN;
      if (state == LinkState.UP) {
        now = LinkState.UP;
      }
    }
    self.linkStateChange(tells ? now : LinkState.UP);
  }

  /** Something of an interface changed: its link, its address. */
  void changed(Ifnet ifp) {
    BridgePort p = port(ifp);
    if (p == null) {
      return;
    }
    checkLink();
    if (p.lladdr != ifp.lladdr()) {
      p.lladdr = ifp.lladdr();
    }
  }

  private void muteCapabilities() {
    int common = COMMON;
    for (BridgePort p : ports) {
      common &= p.savedCapabilities;
    }
    for (BridgePort p : ports) {
      Ifnet ifp = p.ifnet();
      if (ifp != null) {
        enable(ifp, ifp.capEnabled() & ~STRIP & ~COMMON | common);
      }
    }
  }

  private void enable(Ifnet ifp, int wanted) {
    int now = ifp.capEnabled();
    int set = wanted & ~now & ifp.capabilities();
    int clear = now & ~wanted;
    if ((set | clear) == 0 || !ifp.attached()) {
      return;
    }
    try {
      ifp.setCapabilities(set, clear);
    } catch (ErrnoException e) {
      bridge.log("error setting capabilities on " + ifp + ": " + e.errno().number());
    }
  }

  private static BridgePort[] with(BridgePort[] now, BridgePort p) {
    BridgePort[] more = new BridgePort[now.length + 1];
    System.arraycopy(now, 0, more, 1, now.length);
    more[0] = p;
    return more;
  }

  private static BridgePort[] without(BridgePort[] now, BridgePort p) {
    return Arrays.stream(now).filter(other -> other != p).toArray(BridgePort[]::new);
  }
}
