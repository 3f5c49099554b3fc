package cellblock.inet.ip;

import cellblock.kern.sysctl.IntCell;

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

  public final IntCell forwarding = new IntCell(0);
  public final IntCell redirect = new IntCell(1);
  public final IntCell ttl = new IntCell(64);
  public final IntCell sourceroute = new IntCell(0);
  public final IntCell acceptSourceroute = new IntCell(0);
  public final IntCell processOptions = new IntCell(1);
  public final IntCell strongEs = new IntCell(0);
  public final IntCell sourceAddressValidation = new IntCell(1);
  public final IntCell loopbackPrefixlen = new IntCell(8);
  public final IntCell allowNet0 = new IntCell(0);
  public final IntCell allowNet240 = new IntCell(0);
  public final IntCell broadcastLowest = new IntCell(0);
  public final IntCell randomId = new IntCell(0);
  public final IntCell rfc6864 = new IntCell(1);
  public final IntCell connectInaddrWild = new IntCell(1);
  public final IntCell samePrefixCarpOnly = new IntCell(0);
  public final IntCell mcastLoop = new IntCell(1);
  public final IntCell mcastMaxGroupSources = new IntCell(512);
  public final IntCell mcastMaxSocketSources = new IntCell(128);
  public final IntCell maxfragpackets = new IntCell(CLUSTERS / 32);
  public final IntCell maxfragsperpacket = new IntCell(16);
  public final IntCell maxfrags = new IntCell(CLUSTERS / 32);
  public final IntCell fragttl = new IntCell(30);
  public final IntCell portFirst = new IntCell(10000);
  public final IntCell portLast = new IntCell(65535);
  public final IntCell portHiFirst = new IntCell(49152);
  public final IntCell portHiLast = new IntCell(65535);
  public final IntCell portLowFirst = new IntCell(1023);
  public final IntCell portLowLast = new IntCell(600);
  public final IntCell portReservedHigh = new IntCell(1023);
  public final IntCell portReservedLow = new IntCell(0);
  public final IntCell portRandomized = new IntCell(1);
}
