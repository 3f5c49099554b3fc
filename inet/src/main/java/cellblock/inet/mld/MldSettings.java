package cellblock.inet.mld;

/** The knobs of MLD in one vnet, net.inet6.mld.*, with FreeBSD's defaults. */
public final class MldSettings {
  public int v1enable = 1;
  public int v2enable = 1;
  public int gsrdelay = 10;
}
