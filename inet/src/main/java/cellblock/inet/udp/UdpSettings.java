package cellblock.inet.udp;

/** The knobs of UDP in one vnet, net.inet.udp.*, with FreeBSD's defaults. */
public final class UdpSettings {
  public int checksum = 1;
  public int maxdgram = 9216;
  public int recvspace = 42080;
  public int blackhole = 0;
  public int blackholeLocal = 0;
  public int logInVain = 0;
}
