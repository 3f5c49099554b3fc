package cellblock.net.bridge;

import cellblock.kern.mbuf.Mbuf;
import cellblock.net.ifnet.EtherHook;
import cellblock.net.ifnet.IfHandle;
import cellblock.net.ifnet.Ifnet;
import org.jspecify.annotations.Nullable;

/**
 * A member or span port (ancestor: struct bridge_iflist). It names its interface weakly: from the
 * moment at which that is unlinked nothing is sent to it any more. Threading: the lane.
 */
final class BridgePort implements EtherHook {
  /** IFBIF_*. */
  static final int LEARNING = 0x1;

  static final int DISCOVER = 0x2;
  static final int STP = 0x4;
  static final int SPAN = 0x8;
  static final int STICKY = 0x10;
  static final int EDGE = 0x20;
  static final int AUTOEDGE = 0x40;
  static final int PTP = 0x80;
  static final int AUTOPTP = 0x100;
  static final int PRIVATE = 0x800;

  /** BSTP_DEFAULT_PORT_PRIORITY and BSTP_DEFAULT_PATH_COST. */
  private static final int PRIORITY = 128;

  private static final int PATH_COST = 55;
  private static final long MAX_PATH_COST = 200_000_000;

  private final Bridge bridge;
  private final IfHandle handle;

  /** What was enabled on the interface before it came. */
  final int savedCapabilities;

  int flags;
  int priority = PRIORITY;

  /** Set by hand; 0 = by the speed of the link. */
  int pathCost;

  /** Addresses behind it, and how many may be; 0 = any number. */
  int addresses;

  long maxAddresses;

  /** The interface's own address, as it is now. */
  long lladdr;

  private boolean live = true;

  BridgePort(Bridge bridge, Ifnet ifp, int flags) {
    this(bridge, ifp.handle(), ifp.capEnabled(), flags);
    this.lladdr = ifp.lladdr();
  }

  BridgePort(Bridge bridge, IfHandle handle, int savedCapabilities, int flags) {
    this.bridge = bridge;
    this.handle = handle;
    this.savedCapabilities = savedCapabilities;
    this.flags = flags;
  }

  /** Its interface while that is attached where it was; for use in this turn. */
  @Nullable Ifnet ifnet() {
    return bridge.resolve(handle);
  }

  /** Whether this is the port of an interface, which may be leaving. */
  boolean isOf(Ifnet ifp) {
    return handle.index() == ifp.index();
  }

  /** ifbr_portno. */
  int number() {
    return handle.index() & 0xfff;
  }

  boolean has(int flag) {
    return (flags & flag) != 0;
  }

  /** It is no port any more, whatever still names it. */
  void end() {
    live = false;
  }

  /** bstp_calc_path_cost. */
  long pathCost(Ifnet ifp) {
    if (pathCost != 0) {
      return pathCost;
    }
    long kilobits = ifp.baudrate() / 1000;
    return kilobits == 0 ? PATH_COST : Math.min(MAX_PATH_COST, 20_000_000_000L / kilobits);
  }

  @Override
  public boolean input(Ifnet ifp, Mbuf m) {
    return live && bridge.forward.input(this, ifp, m);
  }

  @Override
  public boolean output(Ifnet ifp, Mbuf m) {
    return live && bridge.forward.output(this, ifp, m);
  }

  @Override
  public String toString() {
    Ifnet ifp = ifnet();
    return "port of " + (ifp == null ? "an interface that left" : ifp.name());
  }
}
