package cellblock.inet.ip;

import cellblock.kern.ledger.Ledger;
import cellblock.net.ifnet.IfMulticast;
import cellblock.wire.Ip4Address;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A multicast group on one interface, with all who are members of it (ancestor: struct in_multi).
 * What the members together want is computed anew at each change. Threading: the vnet's lane.
 */
public final class InMulti {
  /**
   * What the members together want: all but {@code sources}, or only them. No member at all is
   * INCLUDE of nothing.
   *
   * @param sources ascending as unsigned numbers
   */
  @SuppressWarnings("ArrayRecordComponent") // never changed after it was made
  public record Wanted(boolean include, int[] sources) {
    /** Nobody is a member. */
    public static final Wanted NOTHING = new Wanted(true, new int[0]);

    /** Whether both want the same. */
    public boolean sameAs(Wanted other) {
      return include == other.include && Arrays.equals(sources, other.sources);
    }

    /** Whether {@code source} is in the list. */
    public boolean lists(int source) {
      for (int s : sources) {
        if (s == source) {
          return true;
        }
      }
      return false;
    }
  }

  private final InIfinfo in;
  private final int group;
  private final List<SourceFilter> members = new ArrayList<>(2);
  final IfMulticast link;
  Ledger.@Nullable Entry line;
  private Wanted wanted = Wanted.NOTHING;

  InMulti(InIfinfo in, int group, IfMulticast link) {
    this.in = in;
    this.group = group;
    this.link = link;
  }

  public InIfinfo in() {
    return in;
  }

  /** The group, as bits. */
  public int group() {
    return group;
  }

  /** How many members there are. */
  public int references() {
    return members.size();
  }

  /** What they want. */
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
    TreeSet<Integer> included = new TreeSet<>(Integer::compareUnsigned);
    TreeSet<Integer> excluded = null;
    for (SourceFilter m : members) {
      TreeSet<Integer> own = new TreeSet<>(Integer::compareUnsigned);
      for (int s : m.sources()) {
        own.add(s);
      }
      if (m.include()) {
        included.addAll(own);
      } else if (excluded == null) {
        excluded = own;
      } else {
        excluded.retainAll(own);
      }
    }
    if (excluded == null) {
      return included.isEmpty() ? Wanted.NOTHING : new Wanted(true, array(included));
    }
    excluded.removeAll(included);
    return new Wanted(false, array(excluded));
  }

  private static int[] array(TreeSet<Integer> set) {
    return set.stream().mapToInt(Integer::intValue).toArray();
  }

  @Override
  public String toString() {
    return Ip4Address.toString(group) + " on " + in;
  }
}
