package cellblock.inet.icmp6;

import cellblock.kern.sysctl.IntCell;

/** The knobs of ICMPv6 in one vnet, net.inet6.icmp6.*, FreeBSD's defaults. Threading: volatile. */
public final class Icmp6Settings {
  public final IntCell rediraccept = new IntCell(1);
  public final IntCell redirtimeout = new IntCell(600);
  public final IntCell errppslimit = new IntCell(100);
  public final IntCell nd6Delay = new IntCell(5);
  public final IntCell nd6Umaxtries = new IntCell(3);
  public final IntCell nd6Mmaxtries = new IntCell(3);
  public final IntCell nd6Gctimer = new IntCell(86400);
  public final IntCell nd6Maxqueuelen = new IntCell(16);
  public final IntCell nd6Debug = new IntCell(0);
  public final IntCell nd6OnlinkNsRfc4861 = new IntCell(0);
}
