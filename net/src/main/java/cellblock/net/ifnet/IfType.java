package cellblock.net.ifnet;

/** IFT_* of net/if_types.h. */
public final class IfType {
  public static final int OTHER = 0x1;
  public static final int ETHER = 0x6;
  public static final int PPP = 0x17;
  public static final int LOOP = 0x18;
  public static final int TUNNEL = 0x83;
  public static final int L2VLAN = 0x87;
  public static final int BRIDGE = 0xd1;
  public static final int WIREGUARD = 0xf9;
  public static final int GIF = 0xf0;

  private IfType() {}
}
