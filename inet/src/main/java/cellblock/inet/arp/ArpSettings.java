package cellblock.inet.arp;

/**
 * The knobs of ARP in one vnet, net.link.ether.inet.* and net.link.ether.arp.*, FreeBSD's defaults.
 */
public final class ArpSettings {
  public int maxAge = 1200;
  public int maxtries = 5;
  public int proxyall = 0;
  public int wait = 20;
  public int maxhold = 16;
  public int maxLogPerSecond = 1;
  public int logArpMovements = 1;
  public int logArpPermanentModify = 1;
  public int allowMulticast = 0;
  public int garpRexmitCount = 0;
  public int logLevel = 6;
}
