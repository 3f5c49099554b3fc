package cellblock.inet.ip6;

import cellblock.kern.sysctl.IntCell;

/** The knobs of IPv6 in one vnet, net.inet6.ip6.*, FreeBSD's defaults. Threading: volatile. */
public final class Ip6Settings {
  /** What the fragment limits derive from: mbuf clusters of a small host. */
  private static final int CLUSTERS = 65536;

  public final IntCell forwarding = new IntCell(0);
  public final IntCell redirect = new IntCell(1);
  public final IntCell hlim = new IntCell(64);
  public final IntCell defmcasthlim = new IntCell(1);
  public final IntCell acceptRtadv = new IntCell(0);
  public final IntCell noRadr = new IntCell(0);
  public final IntCell rfc6204w3 = new IntCell(0);
  public final IntCell autoLinklocal = new IntCell(1);
  public final IntCell dadCount = new IntCell(1);
  public final IntCell hdrnestlimit = new IntCell(15);
  public final IntCell useDeprecated = new IntCell(1);
  public final IntCell sourceAddressValidation = new IntCell(1);
  public final IntCell maxfragpackets = new IntCell(CLUSTERS / 32);
  public final IntCell maxfrags = new IntCell(CLUSTERS / 32);
  public final IntCell maxfragsperpacket = new IntCell(64);
  public final IntCell maxfragbucketsize = new IntCell(Math.max(CLUSTERS / 32 / 512, 4));
  public final IntCell fraglifetime = new IntCell(60_000);
  public final IntCell v6only = new IntCell(1);
  public final IntCell mcastLoop = new IntCell(1);
}
