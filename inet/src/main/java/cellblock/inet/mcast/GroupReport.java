package cellblock.inet.mcast;

import cellblock.wire.IpAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What is still to be said about one group on one interface (RFC 3376 section 5, RFC 3810 section
 * 6; ancestor: inm_timer, inm_scrv and the st[] states of struct in_multi and in6_multi). It
 * outlives the last member until the leaving has been told often enough. Threading: the vnet's
 * lane.
 */
final class GroupReport {
  static final long NEVER = Long.MAX_VALUE;

  /** Sources asked for that are remembered (MLD_MAX_GS_SOURCES). */
  private static final int MOST_ASKED = 256;

  final IpAddress group;
  Wanted wanted = Wanted.NOTHING;

  /** When to answer a query, or to repeat a report of an old version. */
  long reportAt = NEVER;

  /** When to send the next state change record. */
  long changeAt = NEVER;

  /** How often a change of mode is still to be told. */
  int modeLeft;

  /** Sources whose change is still to be told, and how often. */
  private Map<IpAddress, Integer> sourcesLeft = Map.of(); // of most groups there are none

  /** Sources that were asked for; empty means the whole group. */
  private Set<IpAddress> asked = Set.of();

  /** Old versions: we were the last to report, so a leave is ours to send. */
  boolean lastReporter;

  /** When a group-and-source query was last taken. */
  long sourceQueryAt = Long.MIN_VALUE;

  GroupReport(IpAddress group) {
    this.group = group;
  }

  boolean isMember() {
    return wanted.anything();
  }

  /** Notes what changed, to be told {@code robustness} times. */
  void changed(Wanted before, Wanted now, int robustness) {
    wanted = now;
    if (before.include() != now.include()) {
      modeLeft = robustness;
      sourcesLeft = Map.of();
      return;
    }
    SourceList gone = before.sources().minus(now.sources());
    SourceList come = now.sources().minus(before.sources());
    if (sourcesLeft.isEmpty()) {
      sourcesLeft = gone.isEmpty() && come.isEmpty() ? Map.of() : new TreeMap<>();
    }
    gone.all().forEach(s -> sourcesLeft.put(s, robustness));
    come.all().forEach(s -> sourcesLeft.put(s, robustness));
  }

  boolean changePending() {
    return modeLeft > 0 || !sourcesLeft.isEmpty();
  }

  /** Sources among those to be told that are let through now, or those that are not. */
  SourceList changedSources(boolean allowed) {
    return SourceList.of(
        sourcesLeft.keySet().stream().filter(s -> wanted.passes(s) == allowed).toList());
  }

  /** Whether some sources were asked for, and not the whole group. */
  boolean asksForSources() {
    return !asked.isEmpty();
  }

  /** Notes sources asked for; too many are the whole group. */
  void ask(List<? extends IpAddress> sources) {
    if (asked.isEmpty()) {
      asked = new TreeSet<>();
    }
    asked.addAll(sources);
    if (asked.size() > MOST_ASKED) {
      asked = Set.of();
    }
  }

  /** The whole group is asked for, or nothing any more. */
  void askAll() {
    asked = Set.of();
  }

  /** Those of the sources asked for that are let through. */
  SourceList heard() {
    return SourceList.of(asked.stream().filter(wanted::passes).toList());
  }

  /** One more telling is done. */
  void told() {
    if (modeLeft > 0) {
      modeLeft--;
    }
    if (!sourcesLeft.isEmpty()) {
      sourcesLeft.replaceAll((s, left) -> left - 1);
      sourcesLeft.values().removeIf(left -> left <= 0);
      sourcesLeft = sourcesLeft.isEmpty() ? Map.of() : sourcesLeft;
    }
  }

  void forgetChanges() {
    modeLeft = 0;
    sourcesLeft = Map.of();
    changeAt = NEVER;
  }

  long nextDeadline() {
    return Math.min(reportAt, changeAt);
  }
}
