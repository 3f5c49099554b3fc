package cellblock.inet.raw;

/** The knobs of raw sockets in one vnet, net.inet.raw.*, with FreeBSD's defaults. */
public final class RawSettings {
  public int maxdgram = 9216;
  public int recvspace = 9216;
}
