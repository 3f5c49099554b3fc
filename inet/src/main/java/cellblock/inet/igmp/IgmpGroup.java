package cellblock.inet.igmp;

import cellblock.inet.ip.InMulti;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What IGMP still has to say about one group on one interface (RFC 3376 section 5; ancestor:
 * inm_timer, inm_scrv and the st[] states of struct in_multi). It outlives the last member until
 * the leaving has been told often enough. Threading: the vnet's lane.
 */
final class IgmpGroup {
  static final long NEVER = Long.MAX_VALUE;

  final int group;
  InMulti.Wanted wanted = InMulti.Wanted.NOTHING;

  /** When to answer a query, or to repeat a version 1 or 2 report. */
  long reportAt = NEVER;

  /** When to send the next state change record. */
  long changeAt = NEVER;

  /** How often a change of mode is still to be told. */
  int modeLeft;

  /** Sources whose change is still to be told, and how often. */
  final TreeMap<Integer, Integer> sourcesLeft = new TreeMap<>(Integer::compareUnsigned);

  /** Sources that were asked for; empty means the whole group. */
  final TreeSet<Integer> asked = new TreeSet<>(Integer::compareUnsigned);

  /** Versions 1 and 2: we were the last to report, so a leave is ours to send. */
  boolean lastReporter;

  /** When a group-and-source query was last taken. */
  long sourceQueryAt = Long.MIN_VALUE;

  IgmpGroup(int group) {
    this.group = group;
  }

  boolean isMember() {
    return !wanted.include() || wanted.sources().length > 0;
  }

  /** Notes what changed, to be told {@code robustness} times (RFC 3376 section 5.1). */
  void changed(InMulti.Wanted before, InMulti.Wanted now, int robustness) {
    wanted = now;
    if (before.include() != now.include()) {
      modeLeft = robustness;
      sourcesLeft.clear();
      return;
    }
    for (int s : before.sources()) {
      if (!now.lists(s)) {
        sourcesLeft.put(s, robustness);
      }
    }
    for (int s : now.sources()) {
      if (!before.lists(s)) {
        sourcesLeft.put(s, robustness);
      }
    }
  }

  boolean changePending() {
    return modeLeft > 0 || !sourcesLeft.isEmpty();
  }

  /** Sources among those to be told that are let through now, or those that are not. */
  int[] changedSources(boolean allowed) {
    return sourcesLeft.keySet().stream()
        .filter(s -> (wanted.lists(s) == wanted.include()) == allowed)
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** One more telling is done. */
  void told() {
    if (modeLeft > 0) {
      modeLeft--;
    }
    sourcesLeft.replaceAll((s, left) -> left - 1);
    sourcesLeft.values().removeIf(left -> left <= 0);
  }

  void forgetChanges() {
    modeLeft = 0;
    sourcesLeft.clear();
    changeAt = NEVER;
  }

  long nextDeadline() {
    return Math.min(reportAt, changeAt);
  }
}
