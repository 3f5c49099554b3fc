package cellblock.inet.igmp;

/** The knobs of IGMP in one vnet, net.inet.igmp.*, with FreeBSD's defaults. */
public final class IgmpSettings {
  public int sendra = 1;
  public int sendlocal = 1;
  public int v1enable = 1;
  public int v2enable = 1;
  public int defaultVersion = 3;
  public int gsrdelay = 10;
}
