package cellblock.inet.arp;

import cellblock.kern.sysctl.IntCell;

/**
 * The knobs of ARP in one vnet, net.link.ether.inet.* and net.link.ether.arp.*, FreeBSD's defaults.
 */
public final class ArpSettings {
  public final IntCell maxAge = new IntCell(1200);
  public final IntCell maxtries = new IntCell(5);
  public final IntCell proxyall = new IntCell(0);
  public final IntCell wait = new IntCell(20);
  public final IntCell maxhold = new IntCell(16);
  public final IntCell maxLogPerSecond = new IntCell(1);
  public final IntCell logArpMovements = new IntCell(1);
  public final IntCell logArpPermanentModify = new IntCell(1);
  public final IntCell allowMulticast = new IntCell(0);
  public final IntCell garpRexmitCount = new IntCell(0);
  public final IntCell logLevel = new IntCell(6);
}
