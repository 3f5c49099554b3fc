package cellblock.inet.raw;

import cellblock.kern.sysctl.IntCell;

/** The knobs of raw sockets in one vnet, net.inet.raw.*, with FreeBSD's defaults. */
public final class RawSettings {
  public final IntCell maxdgram = new IntCell(9216);
  public final IntCell recvspace = new IntCell(9216);
}
