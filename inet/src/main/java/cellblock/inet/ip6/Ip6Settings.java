package cellblock.inet.ip6;

/**
 * The knobs of IPv6 in one vnet, net.inet6.ip6.*, FreeBSD's defaults. Threading: the vnet's lane.
 */
public final class Ip6Settings {
  /** What the fragment limits derive from: mbuf clusters of a small host. */
  private static final int CLUSTERS = 65536;

  public int forwarding = 0;
  public int redirect = 1;
  public int hlim = 64;
  public int defmcasthlim = 1;
  public int acceptRtadv = 0;
  public int noRadr = 0;
  public int rfc6204w3 = 0;
  public int autoLinklocal = 1;
  public int dadCount = 1;
  public int hdrnestlimit = 15;
  public int useDeprecated = 1;
  public int sourceAddressValidation = 1;
  public int maxfragpackets = CLUSTERS / 32;
  public int maxfrags = CLUSTERS / 32;
  public int maxfragsperpacket = 64;
  public int maxfragbucketsize = Math.max(CLUSTERS / 32 / 512, 4);
  public int fraglifetime = 60_000;
  public int v6only = 1;
  public int useTempaddr = 0;
  public int tempvltime = 2 * 86_400;
  public int temppltime = 86_400;
  public int preferTempaddr = 0;
  public int mcastLoop = 1;
  public int mcastMaxSocketSources = 128;
}
