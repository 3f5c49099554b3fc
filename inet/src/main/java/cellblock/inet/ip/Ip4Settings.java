package cellblock.inet.ip;

/**
 * The knobs of IPv4 in one vnet, net.inet.ip.*, with FreeBSD's defaults. Threading: cells are
 * volatile.
 */
public final class Ip4Settings {
  /**
   * Mbuf clusters that the fragment limits derive from, as kern.ipc.nmbclusters does on a small
   * host.
   */
  private static final int CLUSTERS = 65536;

  public int forwarding = 0;
  public int redirect = 1;
  public int ttl = 64;
  public int sourceroute = 0;
  public int acceptSourceroute = 0;
  public int processOptions = 1;
  public int strongEs = 0;
  public int sourceAddressValidation = 1;
  public int loopbackPrefixlen = 8;
  public int allowNet0 = 0;
  public int allowNet240 = 0;
  public int broadcastLowest = 0;
  public int randomId = 0;
  public int rfc6864 = 1;
  public int connectInaddrWild = 1;
  public int samePrefixCarpOnly = 0;
  public int mcastLoop = 1;
  public int mcastMaxGroupSources = 512;
  public int mcastMaxSocketSources = 128;
  public int maxfragpackets = CLUSTERS / 32;
  public int maxfragsperpacket = 16;
  public int maxfrags = CLUSTERS / 32;
  public int fragttl = 30;
  public int portFirst = 10000;
  public int portLast = 65535;
  public int portHiFirst = 49152;
  public int portHiLast = 65535;
  public int portLowFirst = 1023;
  public int portLowLast = 600;
  public int portReservedHigh = 1023;
  public int portReservedLow = 0;
  public int portRandomized = 1;
}
