package cellblock.net.ifnet;

/** IFCAP_* of net/if.h: what ifconfig(8) prints after "options=", with FreeBSD's values. */
public final class IfCap {
  public static final int RXCSUM = 0x1;
  public static final int TXCSUM = 0x2;
  public static final int NETCONS = 0x4;
  public static final int VLAN_MTU = 0x8;
  public static final int VLAN_HWTAGGING = 0x10;
  public static final int JUMBO_MTU = 0x20;
  public static final int POLLING = 0x40;
  public static final int VLAN_HWCSUM = 0x80;
  public static final int TSO4 = 0x100;
  public static final int TSO6 = 0x200;
  public static final int LRO = 0x400;
  public static final int WOL_UCAST = 0x800;
  public static final int WOL_MCAST = 0x1000;
  public static final int WOL_MAGIC = 0x2000;
  public static final int VLAN_HWFILTER = 0x10000;
  public static final int VLAN_HWTSO = 0x40000;
  public static final int LINKSTATE = 0x80000;
  public static final int RXCSUM_IPV6 = 0x200000;
  public static final int TXCSUM_IPV6 = 0x400000;

  private IfCap() {}
}
