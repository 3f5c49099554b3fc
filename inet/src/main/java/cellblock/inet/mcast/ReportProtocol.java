package cellblock.inet.mcast;

import cellblock.wire.IpAddress;

/**
 * How memberships are told to routers: IGMP or MLD. The types of records are IGMP's, of which MLD's
 * have the values. Threading: turns of the vnet's lane.
 *
 * @param <I> what its family keeps of an interface
 */
public interface ReportProtocol<I extends GroupIfinfo> {
  /** The version that knows sources: 3 of IGMP, 2 of MLD. */
  int newest();

  /** The version spoken while no router of an older one is heard. */
  int defaultVersion();

  /** How often a query for sources is taken, seconds: gsrdelay. */
  int sourceQueryDelay();

  /** Nanoseconds that a first state change report waits, so that several share it; 0 = none. */
  long firstDelay();

  /** Whether reports can leave by {@code in} now; what changes meanwhile is told never. */
  boolean ready(I in);

  /** Adds a group record to the report that is being built for {@code in}. */
  void record(I in, int type, IpAddress group, SourceList sources);

  /** Sends what {@link #record} gathered. */
  void flush(I in);

  /** A report of an old version. */
  void report(I in, int version, IpAddress group);

  /** That nobody is a member any more, in an old version, if that has a word for it. */
  void leave(I in, int version, IpAddress group);
}
