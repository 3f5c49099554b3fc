package cellblock.inet.icmp;

import cellblock.kern.sysctl.IntCell;

/** The knobs of ICMP in one vnet, net.inet.icmp.*, with FreeBSD's defaults. */
public final class IcmpSettings {
  public final IntCell maskrepl = new IntCell(0);
  public final IntCell icmplim = new IntCell(200);
  public final IntCell icmplimJitter = new IntCell(16);
  public final IntCell icmplimOutput = new IntCell(1);
  public final IntCell dropRedirect = new IntCell(0);
  public final IntCell logRedirect = new IntCell(0);
  public final IntCell redirtimeout = new IntCell(600);
  public final IntCell bmcastecho = new IntCell(0);
  public final IntCell quotelen = new IntCell(548);
  public final IntCell tstamprepl = new IntCell(1);
}
