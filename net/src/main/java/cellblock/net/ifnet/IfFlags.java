package cellblock.net.ifnet;

/** IFF_* of net/if.h: what ifconfig(8) prints after "flags=", with FreeBSD's values. */
public final class IfFlags {
  public static final int UP = 0x1;
  public static final int BROADCAST = 0x2;
  public static final int DEBUG = 0x4;
  public static final int LOOPBACK = 0x8;
  public static final int POINTOPOINT = 0x10;

  /** IFF_DRV_RUNNING: the driver's own. */
  public static final int RUNNING = 0x40;

  public static final int NOARP = 0x80;
  public static final int PROMISC = 0x100;
  public static final int ALLMULTI = 0x200;

  /** IFF_DRV_OACTIVE: the driver's own. */
  public static final int OACTIVE = 0x400;

  public static final int SIMPLEX = 0x800;
  public static final int LINK0 = 0x1000;
  public static final int LINK1 = 0x2000;
  public static final int LINK2 = 0x4000;
  public static final int MULTICAST = 0x8000;

  /** Asked for by the user, not by a tap (IFF_PPROMISC). */
  public static final int PPROMISC = 0x20000;

  public static final int MONITOR = 0x40000;
  public static final int STATICARP = 0x80000;
  public static final int STICKYARP = 0x100000;

  /** Leaving for good. */
  public static final int DYING = 0x200000;

  /** What setting flags from outside never touches (IFF_CANTCHANGE). */
  public static final int CANTCHANGE =
      BROADCAST
          | POINTOPOINT
          | RUNNING
          | OACTIVE
          | SIMPLEX
          | MULTICAST
          | ALLMULTI
          | PROMISC
          | DYING
          | LOOPBACK;

  private IfFlags() {}
}
