package cellblock.inet.mcast;

import cellblock.kern.ledger.Ledger;
import cellblock.net.ifnet.IfMulticast;
import cellblock.wire.Family;
import cellblock.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A multicast group on one interface, with all who are members of it (ancestor: struct in_multi and
 * in6_multi). What the members together want is computed anew at each change. Threading: the vnet's
 * lane.
 */
public final class InMulti {
  private final GroupIfinfo in;
  private final IpAddress address;
  private final List<SourceFilter> members = new ArrayList<>(2);
  final IfMulticast link;
  Ledger.@Nullable Entry line;
  private Wanted wanted = Wanted.NOTHING;

  InMulti(GroupIfinfo in, Family family, long hi, long lo, IfMulticast link) {
    this.in = in;
    this.address = IpAddress.ofKey(family, hi, lo);
    this.link = link;
  }

  public GroupIfinfo in() {
    return in;
  }

  /** The group, without zone. */
  public IpAddress address() {
    return address;
  }

  /** The upper half of its left-aligned key. */
  public long hi() {
    return address.hi();
  }

  /** The lower half of its left-aligned key. */
  public long lo() {
    return address.lo();
  }

  /** How many members there are. */
  public int references() {
    return members.size();
  }

  /** What they want together. */
  public Wanted wanted() {
    return wanted;
  }

  void add(SourceFilter member) {
    members.add(member);
  }

  void remove(SourceFilter member) {
    members.remove(member);
  }

  /** Computes what is wanted now; returns what was wanted before: inm_merge and inm_commit. */
  Wanted merge() {
    Wanted before = wanted;
    wanted = merged();
    return before;
  }

  private Wanted merged() {
    SourceList included = SourceList.NONE;
    SourceList excluded = null;
    for (SourceFilter m : members) {
      SourceList own = m.wanted().sources();
      if (m.wanted().include()) {
        included = included.plus(own);
      } else {
        excluded = excluded == null ? own : excluded.both(own);
      }
    }
    if (excluded == null) {
      return included.isEmpty() ? Wanted.NOTHING : new Wanted(true, included);
    }
    return new Wanted(false, excluded.minus(included));
  }

  @Override
  public String toString() {
    return address + " on " + in;
  }
}
