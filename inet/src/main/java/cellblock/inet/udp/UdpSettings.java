package cellblock.inet.udp;

import cellblock.kern.sysctl.IntCell;

/** The knobs of UDP in one vnet, net.inet.udp.*, with FreeBSD's defaults. */
public final class UdpSettings {
  public final IntCell checksum = new IntCell(1);
  public final IntCell maxdgram = new IntCell(9216);
  public final IntCell recvspace = new IntCell(42080);
  public final IntCell blackhole = new IntCell(0);
  public final IntCell blackholeLocal = new IntCell(0);
  public final IntCell logInVain = new IntCell(0);
}
