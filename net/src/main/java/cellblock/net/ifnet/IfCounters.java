package cellblock.net.ifnet;

/**
 * struct if_data's counters. Plain longs: written in turns of the lane, read as a snapshot. Every
 * packet passes them, so they are public fields.
 */
public final class IfCounters {
  public long ipackets;
  public long ierrors;
  public long opackets;
  public long oerrors;
  public long collisions;
  public long ibytes;
  public long obytes;
  public long imcasts;
  public long omcasts;
  public long iqdrops;
  public long oqdrops;
  public long noproto;
}
