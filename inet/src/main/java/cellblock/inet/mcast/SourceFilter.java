package cellblock.inet.mcast;

/**
 * One member of a group, and which senders it wants to hear (ancestor: struct in_mfilter and
 * in6_mfilter of a socket). Threading: the vnet's lane.
 */
public final class SourceFilter {
  private final InMulti group;
  private Wanted wanted;

  SourceFilter(InMulti group, Wanted wanted) {
    this.group = group;
    this.wanted = wanted;
  }

  public InMulti group() {
    return group;
  }

  public Wanted wanted() {
    return wanted;
  }

  void wanted(Wanted now) {
    wanted = now;
  }

  /** Whether it is a member of the group with this left-aligned key on {@code in}. */
  public boolean of(GroupIfinfo in, long hi, long lo) {
    return group.in() == in && group.lo() == lo && group.hi() == hi;
  }
}
