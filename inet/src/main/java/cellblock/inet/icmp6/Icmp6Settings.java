package cellblock.inet.icmp6;

/**
 * The knobs of ICMPv6 in one vnet, net.inet6.icmp6.*, FreeBSD's defaults. Threading: the vnet's
 * lane.
 */
public final class Icmp6Settings {
  public int rediraccept = 1;
  public int redirtimeout = 600;
  public int errppslimit = 100;
  public int nd6Delay = 5;
  public int nd6Umaxtries = 3;
  public int nd6Mmaxtries = 3;
  public int nd6Gctimer = 86400;
  public int nd6Maxqueuelen = 16;
  public int nd6Debug = 0;
  public int nd6OnlinkNsRfc4861 = 0;
}
