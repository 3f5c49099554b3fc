package cellblock.inet.tcp;

import cellblock.kern.sysctl.IntCell;

/** The knobs of TCP in one vnet, net.inet.tcp.*, with FreeBSD's defaults; times in ms. */
public final class TcpSettings {
  public final IntCell tso = new IntCell(1);
  public final IntCell rfc1323 = new IntCell(1);
  public final IntCell sack = new IntCell(1);
  public final IntCell mssdflt = new IntCell(536);
  public final IntCell v6mssdflt = new IntCell(1220);
  public final IntCell minmss = new IntCell(216);
  public final IntCell sendspace = new IntCell(32768);
  public final IntCell recvspace = new IntCell(65536);
  public final IntCell sendbufAuto = new IntCell(1);
  public final IntCell sendbufMax = new IntCell(2097152);
  public final IntCell sendbufInc = new IntCell(8192);
  public final IntCell recvbufAuto = new IntCell(1);
  public final IntCell recvbufMax = new IntCell(2097152);
  public final IntCell delayedAck = new IntCell(1);
  public final IntCell delacktime = new IntCell(40);
  public final IntCell initcwndSegments = new IntCell(10);
  public final IntCell abcLVar = new IntCell(2);
  public final IntCell msl = new IntCell(30000);
  public final IntCell rexmitInitial = new IntCell(1000);
  public final IntCell rexmitMin = new IntCell(30);
  public final IntCell rexmitSlop = new IntCell(200);
  public final IntCell persmin = new IntCell(5000);
  public final IntCell persmax = new IntCell(60000);
  public final IntCell keepinit = new IntCell(75000);
  public final IntCell keepidle = new IntCell(7200000);
  public final IntCell keepintvl = new IntCell(75000);
  public final IntCell keepcnt = new IntCell(8);
  public final IntCell alwaysKeepalive = new IntCell(1);
  public final IntCell finwait2Timeout = new IntCell(60000);
  public final IntCell fastFinwait2Recycle = new IntCell(0);
  public final IntCell maxpersistidle = new IntCell(7200000);
  public final IntCell blackhole = new IntCell(0);
  public final IntCell dropSynfin = new IntCell(0);
  public final IntCell insecureRst = new IntCell(0);
  public final IntCell challengeAckLimit = new IntCell(5);
  public final IntCell rfc3042 = new IntCell(1);
  public final IntCell pathMtuDiscovery = new IntCell(1);
  public final IntCell icmpMayRst = new IntCell(1);
  public final IntCell somaxconn = new IntCell(128);
  public final IntCell syncacheLimit = new IntCell(15375);
  public final IntCell syncacheRexmtlimit = new IntCell(3);
  public final IntCell reassMaxqueuelen = new IntCell(100);

  public final IntCell ecnEnable = new IntCell(2);
  public final IntCell ecnMaxretries = new IntCell(1);
  public final IntCell syncookies = new IntCell(1);
  public final IntCell syncookiesOnly = new IntCell(0);
  public final IntCell syncacheRstOnFail = new IntCell(1);
  public final IntCell insecureSyn = new IntCell(0);
  public final IntCell insecureAck = new IntCell(0);
  public final IntCell tolerateMissingTs = new IntCell(0);
  public final IntCell rexmitDropOptions = new IntCell(0);
  public final IntCell udpTunnelingPort = new IntCell(0);
  public final IntCell udpTunnelingOverhead = new IntCell(8);
  public final IntCell pmtudBlackholeDetection = new IntCell(0);
  public final IntCell pmtudBlackholeMss = new IntCell(1200);
  public final IntCell v6pmtudBlackholeMss = new IntCell(1220);
  public final IntCell doPrr = new IntCell(1);
  public final IntCell doLrd = new IntCell(1);
  public final IntCell sackMaxholes = new IntCell(128);
  public final IntCell nolocaltimewait = new IntCell(1);
  public final IntCell blackholeLocal = new IntCell(0);
  public final IntCell hostcacheEnable = new IntCell(1);
  public final IntCell hostcacheCachelimit = new IntCell(15360);
  public final IntCell hostcacheExpire = new IntCell(3600);
  public final IntCell hostcachePrune = new IntCell(300);
  public final IntCell hostcachePurge = new IntCell(0);
  public final IntCell fastopenServerEnable = new IntCell(0);
  public final IntCell fastopenAcceptany = new IntCell(0);
  public final IntCell fastopenAutokey = new IntCell(120);
  public final IntCell fastopenPathDisableTime = new IntCell(900);
  public final IntCell fastopenCcacheLimit = new IntCell(16);

  /** The congestion control of new connections: net.inet.tcp.cc.algorithm. */
  volatile String algorithm = "cubic";

  /** The stack of new connections: net.inet.tcp.functions_default. */
  volatile String stack = "freebsd";
}
