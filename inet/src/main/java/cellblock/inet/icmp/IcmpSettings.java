package cellblock.inet.icmp;

/** The knobs of ICMP in one vnet, net.inet.icmp.*, with FreeBSD's defaults. */
public final class IcmpSettings {
  public int maskrepl = 0;
  public int icmplim = 200;
  public int icmplimJitter = 16;
  public int icmplimOutput = 1;
  public int dropRedirect = 0;
  public int logRedirect = 0;
  public int redirtimeout = 600;
  public int bmcastecho = 0;
  public int quotelen = 548;
  public int tstamprepl = 1;
}
