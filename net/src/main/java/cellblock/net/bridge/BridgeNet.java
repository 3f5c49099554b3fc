package cellblock.net.bridge;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.sysctl.IntCell;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.IfEvent;
import cellblock.net.ifnet.IfListener;
import cellblock.net.ifnet.IfRegistration;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bridges of one vnet and their sysctls (ancestor: V_bridge_list, bridge_ifdetach). It listens
 * to what happens to interfaces while there is a bridge. Threading: turns of the vnet's lane.
 */
public final class BridgeNet {
  /** MAC addresses that may be told to have moved in a second. */
  private static final int FLAPS = 5;

  final Vnet vnet;

  /** net.link.bridge.inherit_mac. */
  public final IntCell inheritMac = new IntCell(0);

  /** net.link.bridge.member_ifaddrs. */
  public final IntCell memberAddresses = new IntCell(1);

  final IntCell overlap = new IntCell(0);
  final IntCell logFlaps = new IntCell(1);
  final IntCell pfilOnlyIp = new IntCell(1);
  final IntCell pfilBridge = new IntCell(1);
  final IntCell pfilMember = new IntCell(1);
  final IntCell pfilLocal = new IntCell(0);
  private final List<Bridge> bridges = new ArrayList<>(0);
  private @Nullable IfRegistration listening;
  private long flapSecond;
  private int flaps;

  BridgeNet(Vnet vnet) {
    this.vnet = vnet;
  }

  public static BridgeNet of(Vnet vnet) {
    return BridgeModule.V_BRIDGE.of(vnet);
  }

  void add(Bridge b) {
    if (bridges.isEmpty()) {
      listening = Interfaces.of(vnet).listen(0, new Changes());
    }
    bridges.add(b);
  }

  void remove(Bridge b) {
    bridges.remove(b);
    IfRegistration heard = listening;
    if (bridges.isEmpty() && heard != null) {
      listening = null;
      heard.close();
    }
  }

  /** The bridge that an interface is a member of, or null (if_bridge). */
  @Nullable Bridge of(Ifnet ifp) {
    for (int i = 0; i < bridges.size(); i++) {
      if (bridges.get(i).members.port(ifp) != null) {
        return bridges.get(i);
      }
    }
    return null;
  }

  /** EINVAL: an interface may not be given addresses, since it is a member of a bridge. */
  public static void checkAddress(Ifnet ifp) throws ErrnoException {
    if (ifp.vnet().has(BridgeModule.V_BRIDGE)) {
      BridgeNet here = of(ifp.vnet());
      if (here.memberAddresses.get() == 0 && here.of(ifp) != null) {
        throw new ErrnoException(Errno.EINVAL);
      }
    }
  }

  /** EOPNOTSUPP: the MTU of a member is its bridge's to say (SIOCSIFMTU of ifhwioctl). */
  public static void checkMtu(Ifnet ifp) throws ErrnoException {
    if (ifp.vnet().has(BridgeModule.V_BRIDGE) && of(ifp.vnet()).of(ifp) != null) {
      throw new ErrnoException(Errno.EOPNOTSUPP);
    }
  }

  /** Whether one more address that moved may be told of (ppsratecheck). */
  boolean tells(long now) {
    long second = now / 1_000_000_000L;
    if (second != flapSecond) {
      flapSecond = second;
      flaps = 0;
    }
    return logFlaps.get() != 0 && flaps++ < FLAPS;
  }

  /** What happens to the members. */
  private final class Changes implements IfListener {
    @Override
    public void event(Ifnet ifp, IfEvent event) {
      switch (event) {
        case DEPARTURE -> List.copyOf(bridges).forEach(b -> b.members.departed(ifp));
        case LINK_STATE, LLADDR -> bridges.forEach(b -> b.members.changed(ifp));
        default -> {}
      }
    }

    @Override
    public String toString() {
      return "members of bridges";
    }
  }
}
