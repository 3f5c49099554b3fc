package cellblock.inet.igmp;

import cellblock.kern.sysctl.IntCell;

/** The knobs of IGMP in one vnet, net.inet.igmp.*, with FreeBSD's defaults. */
public final class IgmpSettings {
  public final IntCell sendra = new IntCell(1);
  public final IntCell sendlocal = new IntCell(1);
  public final IntCell v1enable = new IntCell(1);
  public final IntCell v2enable = new IntCell(1);
  public final IntCell defaultVersion = new IntCell(3);
  public final IntCell gsrdelay = new IntCell(10);
}
